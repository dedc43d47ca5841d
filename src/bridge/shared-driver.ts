/** One opened engine per database name in a thread, shared by all who open it there and closed with the last of them. */
import type {
  Connection,
  ConnectOptions,
  Driver,
  DriverEvents,
  ExportOptions,
  OpenDriver,
  OpenOptions,
  TransferOptions,
} from '../driver/driver.ts';
import { ConnectionClosedError, ImproperlyConfigured } from '../errors.ts';
import type { Durability, StorageState } from '../storage/backend.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';

interface Shared {
  readonly driver: Promise<Driver>;
  /** What each of its connections, or its one session, was set up with. */
  readonly setup: readonly string[];
  users: number;
}

const open = new Map<string, Shared>();
/** Databases on their way to being closed: who opens one again waits for it. */
const closing = new Map<string, Promise<void>>();

/**
 * Opens a database in this thread, or joins whoever has it open here already: in an app's own worker the models
 * and the page's port work on one engine and one file. `:memory:` is never shared. Durability is the last one asked for.
 * @throws ImproperlyConfigured when it is open here with other settings, which would hold in the place of those asked for.
 */
export async function openShared(options: OpenOptions, openDriver: OpenDriver): Promise<Driver> {
  if (options.name === ':memory:') return openDriver(options);
  const key = `${options.system ?? 'sqlite'}:${options.storage}:${options.name}`;
  await closing.get(key);
  const shared = open.get(key) ?? { driver: openDriver(options), setup: options.setup, users: 0 };
  requireSettings(options, shared.setup);
  open.set(key, shared);
  const joined = shared.users++ > 0;
  try {
    const driver = await shared.driver;
    if (joined) await driver.setDurability(options.durability);
    return new SharedDriver(driver, () => leave(key, shared));
  } catch (error) {
    await leave(key, shared);
    throw error;
  }
}

function requireSettings({ name: database, setup }: OpenOptions, made: readonly string[]): void {
  const missing = setup.filter((statement) => !made.includes(statement));
  if (missing.length === 0) return;
  throw new ImproperlyConfigured(`"${database}" is open here without ${missing.join('; ')}: open it with the same settings.`, {
    database,
  });
}

async function leave(key: string, shared: Shared): Promise<void> {
  if (--shared.users > 0) return;
  open.delete(key);
  const closed = shared.driver.then(
    (driver) => driver.close(),
    () => {},
  );
  const gone = closed.catch(() => {}).then(() => void closing.delete(key));
  closing.set(key, gone);
  await closed;
}

/** One user's share: it knows its own connections, and gives them back when it is closed. */
class SharedDriver implements Driver {
  readonly version: string;
  readonly #driver: Driver;
  readonly #leave: () => Promise<void>;
  readonly #connections = new Set<Connection>();
  readonly #listening: (() => void)[] = [];
  #closing: Promise<void> | null = null;

  constructor(driver: Driver, leave: () => Promise<void>) {
    this.version = driver.version;
    this.#driver = driver;
    this.#leave = leave;
  }

  connect(options?: ConnectOptions): Connection {
    if (this.#closing) return CLOSED;
    const connection = this.#driver.connect(options);
    this.#connections.add(connection);
    return new SharedConnection(connection, () => this.#connections.delete(connection));
  }

  async storage(): Promise<StorageState> {
    return this.#use().storage();
  }

  async setDurability(durability: Durability): Promise<void> {
    return this.#use().setDurability(durability);
  }

  async flush(): Promise<void> {
    return this.#use().flush();
  }

  async persist(): Promise<boolean> {
    return this.#use().persist();
  }

  async exportFile(options?: ExportOptions): Promise<Blob> {
    return this.#use().exportFile(options);
  }

  async importFile(file: Blob, options?: TransferOptions): Promise<void> {
    return this.#use().importFile(file, options);
  }

  on<K extends keyof DriverEvents>(event: K, listener: DriverEvents[K]): () => void {
    const forget = this.#driver.on(event, listener);
    this.#listening.push(forget);
    return forget;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled([...this.#connections].map((connection) => connection.close()));
    try {
      await this.#leave();
    } finally {
      for (const forget of this.#listening) forget();
    }
  }

  #use(): Driver {
    if (this.#closing) throw closed();
    return this.#driver;
  }
}

function closed(): Error {
  return new ConnectionClosedError('The database is closed.');
}

/** What a closed database connects to: it fails when it is used. */
const CLOSED: Connection = {
  run: async () => {
    throw closed();
  },
  stream: async function* () {
    yield Promise.reject(closed());
  },
  close: async () => {},
};

class SharedConnection implements Connection {
  readonly #connection: Connection;
  readonly #forget: () => void;

  constructor(connection: Connection, forget: () => void) {
    this.#connection = connection;
    this.#forget = forget;
  }

  run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    return this.#connection.run(batch, onRows);
  }

  stream(statement: Statement, size: number): AsyncIterable<Rows> {
    return this.#connection.stream(statement, size);
  }

  close(): Promise<void> {
    return this.#connection.close().finally(this.#forget);
  }
}
