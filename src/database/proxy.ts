/** A stand-in for a database that is chosen, or exchanged, while the program runs. */
import { InterfaceError } from '../errors.ts';
import type { Database } from './database.ts';

/** What a proxy has besides everything its database has. */
export interface ProxyControls<D extends Database> {
  /** Makes the proxy stand for `database` from now on; queries and transactions under way finish where they began. */
  initialize(database: D): void;
  /** Has `callback` called with the database at every `initialize` from now on, and returns it (peewee's `attach_callback`). */
  attachCallback<F extends (database: D) => void>(callback: F): F;
  /** The database it stands for now, or null. */
  readonly obj: D | null;
}

/** Everything `D` has, and `initialize`. */
export type DatabaseProxy<D extends Database = Database> = D & ProxyControls<D>;

class Controls<D extends Database> implements ProxyControls<D> {
  obj: D | null = null;
  readonly #callbacks: ((database: D) => void)[] = [];

  initialize(database: D): void {
    this.obj = database;
    for (const callback of this.#callbacks) callback(database);
  }

  attachCallback<F extends (database: D) => void>(callback: F): F {
    this.#callbacks.push(callback);
    return callback;
  }
}

const OWN: ReadonlySet<PropertyKey> = new Set<keyof ProxyControls<Database>>(['initialize', 'attachCallback', 'obj']);
/** How whoever runs something in several steps asks for the database itself. */
const TARGET = '~target';

const handler: ProxyHandler<Controls<Database>> = {
  get(controls, key) {
    if (OWN.has(key)) return bound(controls, key);
    if (key === TARGET) return target(controls);
    // Whoever looks at the proxy as a value (a promise, a console) gets no error for it.
    if (controls.obj === null && (typeof key === 'symbol' || key === 'then' || key === 'constructor')) return undefined;
    return bound(target(controls), key);
  },
  set(controls, key, value) {
    return Reflect.set(target(controls), key, value);
  },
  has(controls, key) {
    return OWN.has(key) || (controls.obj !== null && key in controls.obj);
  },
  getPrototypeOf(controls) {
    return Object.getPrototypeOf(controls.obj ?? controls);
  },
};

function target(controls: Controls<Database>): Database {
  if (controls.obj !== null) return controls.obj;
  throw new InterfaceError('This database proxy stands for no database yet: call initialize(database) before it is used.');
}

function bound(object: object, key: PropertyKey): unknown {
  const value: unknown = Reflect.get(object, key);
  return typeof value === 'function' ? value.bind(object) : value;
}

/**
 * A database to be chosen later: models are bound to the proxy, `initialize` says what it stands for, any number of times.
 *
 * ```ts
 * const database = new DatabaseProxy<SqliteDatabase>();
 * class Note extends Model.define('note', { text: TextField() }) { static meta = { database }; }
 * database.initialize(new SqliteDatabase(testing ? ':memory:' : 'notes.db'));
 * ```
 * Used before, it throws an InterfaceError.
 */
export const DatabaseProxy: new <D extends Database = Database>() => DatabaseProxy<D> = class {
  constructor() {
    // biome-ignore lint/correctness/noConstructorReturn: a proxy is what is made here.
    return new Proxy(new Controls<Database>(), handler);
  }
} as never;
