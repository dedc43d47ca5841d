/** SQLite: its settings, its file, its plans. Where the engine comes from is for the entry to say. */
import type { Node } from '../ast/node.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { sqlite } from '../dialect/sqlite/dialect.ts';
import { isOfConnection, type Pragmas, type PragmaValue, pragma } from '../dialect/sqlite/pragma.ts';
import type { Driver, OpenOptions, TransferOptions, WorkerSource } from '../driver/driver.ts';
import { ConnectionClosedError, ImproperlyConfigured, InterfaceError, NotSupportedError } from '../errors.ts';
import type { Durability, OnProgress, StorageKind } from '../storage/backend.ts';
import type { DriverValue, Outcome, Statement } from '../wire/statement.ts';
import { type DatabaseOptions, LOCK_TIMEOUT } from './core.ts';
import { Database } from './database.ts';
import { type PlanStep, planOf } from './plan.ts';
import { DatabaseStorage } from './storage-handle.ts';

/** Options of a SQLite database. */
export interface SqliteOptions extends DatabaseOptions {
  /**
   * Where the data survives. In a browser `indexeddb` unless told, or `opfs`; on Node `file`. `memory` nowhere, and
   * never unasked: storage that cannot be had is a StorageUnavailableError.
   */
  readonly storage?: StorageKind;
  /** When a write counts as done; `strict` unless told. */
  readonly durability?: Durability;
  /** SQLite's settings, in force on every connection. `foreignKeys` is on unless told, other than in peewee. */
  readonly pragmas?: Pragmas;
  /** Where the engine's wasm file is, when the bundler does not say. */
  readonly wasmUrl?: string | URL;
  /** On a page: the app's own worker that shall host the database; see `waxwing/worker`. */
  readonly worker?: WorkerSource;
  /** Bytes read and bytes in all while the stored database is opened. */
  readonly onProgress?: OnProgress;
}

/** A database file as an import takes it. */
export type DatabaseFile = Blob | Uint8Array | ArrayBuffer;

type Setting = readonly [name: string, value: PragmaValue];

const MEMORY = ':memory:';

/** A SQLite database, whatever runs it. */
export abstract class Sqlite extends Database<SqliteOptions> {
  readonly dialect: Dialect = sqlite;
  /** Where the data is, and whether it is safe there. */
  readonly storage: DatabaseStorage;
  /** Settings made since the database was opened, for the connections to come. */
  readonly #settings: Map<string, Statement> = new Map();

  constructor(name: string | null, options: SqliteOptions = {}) {
    super(name, options);
    const self = this;
    this.storage = new DatabaseStorage({
      driver: async () => (await this.lifecycle.ready()).driver,
      get opened() {
        return self.lifecycle.link?.driver ?? null;
      },
      get durability() {
        return self.options.durability ?? 'strict';
      },
      set durability(durability) {
        self.amend({ durability });
      },
      fail: (error) => this.fail(error),
      onWrite: (listener) => this.on('write', listener),
    });
  }

  /** Opens the engine here or elsewhere. */
  protected abstract openDriver(options: OpenOptions): Promise<Driver>;

  /** Where data survives on this platform, for who does not say. */
  protected abstract defaultStorage(): StorageKind;

  protected override async open(name: string, options: SqliteOptions): Promise<Driver> {
    const { pragmas = {}, lockTimeout = LOCK_TIMEOUT, durability = 'strict', wasmUrl } = options;
    const all = Object.entries({ foreignKeys: true, ...pragmas }) as [string, PragmaValue | undefined][];
    const settings = all.filter((setting): setting is [string, PragmaValue] => setting[1] !== undefined);
    const setup = settings.filter(([key]) => isOfConnection(key)).map(([key, value]) => pragma(key, value).sql);
    this.#settings.clear();
    const driver = await this.openDriver({
      name,
      storage: this.#storageOf(name, options.storage),
      durability,
      lockTimeout,
      setup,
      wasmUrl: wasmUrl === undefined ? undefined : String(wasmUrl),
      onProgress: options.onProgress,
      worker: options.worker,
    });
    try {
      await keepInFile(
        driver,
        settings.filter(([key]) => !isOfConnection(key)),
      );
      return driver;
    } catch (error) {
      await driver.close().catch(() => {});
      throw error;
    }
  }

  protected override preamble(): readonly Statement[] {
    return [...this.#settings.values()];
  }

  protected override deferKeys(): readonly Statement[] {
    return [pragma('deferForeignKeys', true)];
  }

  /**
   * Asks for one of SQLite's settings, or sets it for all connections: `await db.pragma('userVersion')`, `await db.pragma('cacheSize', -8000)`.
   * @throws NotSupportedError for a setting that the engine decides here, with the reason.
   */
  async pragma(name: string, value?: PragmaValue): Promise<DriverValue> {
    const statement = pragma(name, value);
    const keeps = value !== undefined && isOfConnection(name);
    if (keeps && this.session !== null) throw new InterfaceError('A setting cannot change inside a session: end it first.');
    const [outcome] = await this.run({ statements: [statement] });
    if (keeps) this.#settings.set(name, statement);
    return (outcome as Outcome).rows.data[0]?.[0] ?? null;
  }

  /** Pages kept in memory when positive, KiB when negative. */
  async cacheSize(value?: number): Promise<number> {
    return this.#number('cacheSize', value);
  }

  /** Whether foreign keys are enforced. */
  async foreignKeys(value?: boolean): Promise<boolean> {
    return (await this.#number('foreignKeys', value)) === 1;
  }

  /** How the file is written: "wal". */
  async journalMode(): Promise<string> {
    return String(await this.pragma('journalMode'));
  }

  /** Bytes of a page of the file. */
  async pageSize(): Promise<number> {
    return this.#number('pageSize');
  }

  /** A number of the application's own, kept in the file. */
  async userVersion(value?: number): Promise<number> {
    return this.#number('userVersion', value);
  }

  /** What kind of file this is, kept in the file. */
  async applicationId(value?: number): Promise<number> {
    return this.#number('applicationId', value);
  }

  /** Another number whenever another connection has changed the data. */
  async dataVersion(): Promise<number> {
    return this.#number('dataVersion');
  }

  /** @throws NotSupportedError always: see the message. */
  async attach(file: string, name: string): Promise<never> {
    throw new NotSupportedError(
      `Attaching "${file}" as "${name}" is not possible: SQLite attaches to one connection, and here every transaction has its own. ` +
        'Open it as a database of its own, or copy its tables.',
      { database: this.name },
    );
  }

  /** Everything committed is stored when this resolves, whatever the durability. */
  flush(): Promise<void> {
    return this.storage.flush();
  }

  /** How SQLite would run a query, or SQL text with its params, as a tree of steps. */
  async explain(query: string | { readonly '~query': true }, params: readonly unknown[] = []): Promise<PlanStep[]> {
    const node = typeof query === 'string' ? rawNode(query, params) : (query as object as { readonly '~node': Node })['~node'];
    const statements = this.dialect.compile({ kind: 'explain', node } as Node);
    const [outcome] = await this.run({ statements });
    return planOf((outcome as Outcome).rows);
  }

  /**
   * The whole database as a file that every SQLite reads: a consistent snapshot, while others go on.
   * @throws AbortedError when `signal` was aborted.
   */
  async exportFile(options?: TransferOptions): Promise<Blob> {
    try {
      const { driver } = await this.lifecycle.ready();
      return await driver.exportFile(options);
    } catch (error) {
      throw this.fail(error);
    }
  }

  /**
   * Replaces the whole database by a SQLite file, after checking it. Statements called meanwhile wait; open transactions end.
   * @throws CorruptDatabaseError when the file is not a sound database; nothing is changed then.
   * @throws AbortedError when `signal` was aborted; nothing is changed then.
   */
  async importFile(file: DatabaseFile, options?: TransferOptions): Promise<void> {
    const blob = file instanceof Blob ? file : new Blob([file as BlobPart]);
    const reason = new ConnectionClosedError('The database was replaced by importFile() while this transaction was open.', {
      database: this.name,
    });
    try {
      await this.lifecycle.replace((driver) => driver.importFile(blob, options), reason);
      this.announceWrite();
    } catch (error) {
      throw this.fail(error);
    }
  }

  #storageOf(name: string, storage: StorageKind | undefined): StorageKind {
    if (name !== MEMORY) return storage ?? this.defaultStorage();
    if (storage === undefined || storage === 'memory') return 'memory';
    throw new ImproperlyConfigured(`"${MEMORY}" is a database in memory: give it a name to keep it in storage '${storage}'.`);
  }

  async #number(name: string, value?: number | boolean): Promise<number> {
    const answer = await this.pragma(name, value);
    return Number(value === undefined ? answer : value);
  }
}

function rawNode(text: string, params: readonly unknown[]): Node {
  return { kind: 'raw', text, params: params.map((value) => ({ kind: 'value', value })) };
}

/** Sets what is kept in the file, where the file has another value. */
async function keepInFile(driver: Driver, settings: readonly Setting[]): Promise<void> {
  if (settings.length === 0) return;
  const connection = driver.connect({ label: 'opening' });
  const outcomes = await connection.run({ statements: settings.map(([key]) => pragma(key)) });
  const other = settings.filter(([, value], at) => Number(outcomes[at]?.rows.data[0]?.[0]) !== Number(value));
  if (other.length > 0) await connection.run({ statements: other.map(([key, value]) => pragma(key, value)) });
  await connection.close();
}
