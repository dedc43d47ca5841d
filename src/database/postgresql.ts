/** Postgres: its settings, its channels, its sequences, its plans. Where the engine comes from is for the entry to say. */
import type { Dialect } from '../dialect/dialect.ts';
import { postgres } from '../dialect/postgres/dialect.ts';
import {
  analyze,
  askSetting,
  createExtension,
  currval,
  type IsolationLevel,
  nextval,
  notify,
  type Settings,
  type SettingValue,
  setting,
  vacuum,
} from '../dialect/postgres/settings.ts';
import type { Driver, OpenOptions, Server, TransferOptions } from '../driver/driver.ts';
import { ImproperlyConfigured } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import { runSchema } from '../query/run-schema.ts';
import type { DriverValue, Outcome, Statement } from '../wire/statement.ts';
import { Listeners } from './listeners.ts';
import type { Notifications } from './notifications.ts';
import type { PlanStep } from './plan.ts';
import { postgresPlan } from './postgres-plan.ts';
import { type CreateOptions, type DropOptions, schemaOf, type TableLike } from './schema.ts';
import { readName, serverOf } from './server.ts';
import { type DatabaseFile, type Explainable, StoredDatabase, type StoredOptions } from './stored.ts';

/** Options of a Postgres database. */
export interface PostgresqlOptions extends StoredOptions, Server {
  /** Nothing is stored: as the name `':memory:'`. */
  readonly memory?: boolean;
  /** How much a transaction sees of what others commit meanwhile; `read committed` unless told. */
  readonly isolationLevel?: IsolationLevel;
  /** The session's time zone, 'Europe/Berlin' say, for timestamps with a zone; UTC unless told. */
  readonly timezone?: string;
  /** Schemas in which names without one are looked for, in order. */
  readonly searchPath?: string | readonly string[];
  /** Any other setting, by its name in Postgres or in camelCase: `{ workMem: '64MB' }`. In force on every connection. */
  readonly settings?: Settings;
  /** Extensions to add to the database when it is opened: `['pg_trgm']`. Those that fields need come with `createTables`. */
  readonly extensions?: readonly string[];
}

/** What VACUUM shall do besides. */
export interface VacuumOptions {
  /** Rewrites the tables, which gives their room back to the storage. */
  readonly full?: boolean;
  /** Counts what is there as well. */
  readonly analyze?: boolean;
}

/** Which sequence is meant, and whether it matters that it exists. */
export interface SequenceOptions {
  /** The schema it is in; the first one of the search path unless told. */
  readonly schema?: string;
  /** False: it fails when the sequence exists already, or does not. True unless told. */
  readonly safe?: boolean;
}

/** How a plan is asked for. */
export interface ExplainOptions {
  /** Runs the query, and tells how long each step took and how many rows it made. */
  readonly analyze?: boolean;
}

/** A Postgres database, whatever runs it. */
export abstract class Postgresql extends StoredDatabase<PostgresqlOptions> {
  /** That of Postgres, 15 and later. */
  readonly dialect: Dialect = postgres;
  readonly #listeners: Listeners = new Listeners(this.host);
  /** Of the server, when the name was a URL. */
  #url: string | undefined;

  constructor(name: string | null, options: PostgresqlOptions = {}) {
    const read = readName(name);
    super(read.name, options);
    this.#url = read.url;
  }

  /** Opens an engine here or in a worker. */
  protected abstract openEngine(options: OpenOptions): Promise<Driver>;

  /** Connects to a server. */
  protected abstract openServer(options: OpenOptions, server: Server): Promise<Driver>;

  override init(name: string | null, options?: Partial<PostgresqlOptions>): void {
    const read = readName(name);
    this.#listeners.end();
    super.init(read.name, options);
    this.#url = read.url;
  }

  override async close(): Promise<boolean> {
    this.#listeners.end();
    return super.close();
  }

  protected override async open(name: string, options: PostgresqlOptions): Promise<Driver> {
    const server = serverOf(this.#url === undefined ? options : { ...options, url: this.#url });
    const { memory, storage, extensions = [] } = options;
    if (memory && (storage ?? 'memory') !== 'memory')
      throw new ImproperlyConfigured(`A Postgres database has either memory: true or storage: '${storage}'.`);
    if (server !== undefined && (memory || storage !== undefined))
      throw new ImproperlyConfigured('A server keeps its data itself: leave out storage and memory, or host, user and the like.');
    const opening = this.openOptions(name, memory ? { ...options, storage: 'memory' } : options, setupOf(options));
    const all: OpenOptions = { ...opening, system: 'postgresql', extensions };
    const driver = await (server === undefined ? this.openEngine(all) : this.openServer(all, server));
    try {
      await extend(driver, extensions);
      return driver;
    } catch (error) {
      await driver.close().catch(() => {});
      throw error;
    }
  }

  /**
   * Asks for one of Postgres's settings, or sets it for all connections: `await db.setting('workMem')`, `await db.setting('workMem', '64MB')`.
   * @throws NotSupportedError for a setting that says how values are written, which is the driver's.
   */
  async setting(name: string, value?: SettingValue): Promise<string> {
    if (value !== undefined) await this.set(name, setting(name, value));
    const rows = await this.set(name, askSetting(name), false);
    return String(rows.data[0]?.[0]);
  }

  /** The session's time zone from now on, 'Europe/Berlin' say (peewee's `set_time_zone`). */
  async setTimeZone(timezone: string): Promise<void> {
    await this.set('timezone', setting('timezone', timezone));
    this.amend({ timezone });
  }

  /** How much each transaction sees of what others commit meanwhile, from now on (peewee's `set_isolation_level`). */
  async setIsolationLevel(isolationLevel: IsolationLevel): Promise<void> {
    await this.set('isolation', setting('defaultTransactionIsolation', isolationLevel));
    this.amend({ isolationLevel });
  }

  /** Schemas in which names without one are looked for, in order, from now on. */
  async setSearchPath(...searchPath: string[]): Promise<void> {
    await this.set('searchPath', setting('searchPath', searchPath));
    this.amend({ searchPath });
  }

  /**
   * The messages sent to a channel from now on (Postgres manual, LISTEN). Leaving the loop ends it.
   *
   * ```ts
   * for await (const { payload } of database.listen('jobs')) await work(payload);
   * ```
   */
  listen(channel: string): Notifications {
    return this.#listeners.listen(channel);
  }

  /**
   * Sends a message to all who listen to the channel (Postgres manual, NOTIFY); in a transaction, when it commits:
   * `await database.notify('jobs', '17', tx)`.
   */
  async notify(channel: string, payload = '', executor: Executor = this): Promise<void> {
    await executor.run({ statements: [notify(channel, payload)] });
  }

  /** The next number of a sequence, which nobody else gets. Its name is SQL: `'"Order_id_seq"'`, `'shop.order_id_seq'`. */
  async nextval(sequence: string): Promise<number | bigint> {
    return (await this.#ask(nextval(sequence))) as number | bigint;
  }

  /** The number that this database got last from a sequence. @throws OperationalError when it has not got one yet */
  async currval(sequence: string): Promise<number | bigint> {
    return (await this.#ask(currval(sequence))) as number | bigint;
  }

  /** Names of the sequences, those of columns included, in order (peewee's `get_sequences`). */
  getSequences(schema?: string): Promise<string[]> {
    return this.ask(this.dialect.introspect.sequences(schema));
  }

  /** Names of the schemas, in order. */
  getSchemas(): Promise<string[]> {
    return this.ask(this.dialect.introspect.schemas());
  }

  /** Creates a schema; `safe` leaves one that exists alone (the default). */
  async createSchema(name: string, { safe = true }: CreateOptions = {}): Promise<void> {
    await runSchema(this, [{ kind: 'createSchema', name, safe }]);
  }

  /** Drops a schema; with `cascade`, all that is in it as well. */
  async dropSchema(name: string, { safe = true, cascade = false }: DropOptions = {}): Promise<void> {
    await runSchema(this, [{ kind: 'dropSchema', name, safe, cascade }]);
  }

  /** Creates a sequence, whose numbers `nextval` takes. */
  async createSequence(name: string, { safe = true, schema }: SequenceOptions = {}): Promise<void> {
    await runSchema(this, [{ kind: 'createSequence', name, schema, safe }]);
  }

  /** Drops a sequence. @throws ProgrammingError when there is none and `safe` is false */
  async dropSequence(name: string, { safe = true, schema }: SequenceOptions = {}): Promise<void> {
    await runSchema(this, [{ kind: 'dropSequence', name, schema, safe }]);
  }

  /** How Postgres would run a query, or SQL text with its params, as a tree of steps. */
  async explain(
    query: Explainable,
    params: readonly unknown[] = [],
    { analyze = false }: ExplainOptions = {},
  ): Promise<PlanStep[]> {
    return postgresPlan(await this.explained(query, params, { analyze }));
  }

  /** Gives back the room of rows that are gone. It happens by itself as well, when there is nothing else to do. */
  async vacuum(tables: readonly (string | TableLike)[] = [], { full, analyze }: VacuumOptions = {}): Promise<void> {
    const options = [...(full ? ['FULL'] : []), ...(analyze ? ['ANALYZE'] : [])];
    await this.run({ statements: [vacuum(this.#named(tables), options)] });
  }

  /** Counts what is in the tables, for planning. It happens by itself as well, when there is nothing else to do. */
  async analyze(tables: readonly (string | TableLike)[] = []): Promise<void> {
    await this.run({ statements: [analyze(this.#named(tables))] });
  }

  /**
   * The whole database as a script of SQL, one snapshot of it, which `psql` loads into any Postgres from 15 on, and
   * `importSql` into this one (Postgres manual, pg_dump). Owners and privileges are left out.
   * @throws NotSupportedError naming what cannot be written as SQL here: aggregates and operators of your own, say.
   * @throws AbortedError when `signal` was aborted.
   */
  async exportSql(options?: TransferOptions): Promise<Blob> {
    const { dumpSql } = await import('./postgres-dump.ts');
    try {
      return await this.atomic((tx) => dumpSql(tx, options), { mode: 'read', label: 'exportSql()' });
    } catch (error) {
      throw this.fail(error);
    }
  }

  /**
   * Replaces the whole database by what a script of SQL makes: one of `exportSql`, of `pg_dump` in plain format, or written
   * by hand. All of it is done, or nothing. Owners and privileges in it are passed over.
   * @throws DatabaseError of the statement that failed; nothing is changed then.
   * @throws NotSupportedError for commands of psql, such as \connect, and for rows that are not in COPY's text format.
   * @throws AbortedError when `signal` was aborted; nothing is changed then.
   */
  async importSql(script: DatabaseFile | string, options?: TransferOptions): Promise<void> {
    const { loadSql } = await import('./postgres-load.ts');
    const file = script instanceof Blob ? script : new Blob([script as BlobPart]);
    try {
      await this.atomic((tx) => loadSql(tx, file, options), { label: 'importSql()' });
    } catch (error) {
      throw this.fail(error);
    }
  }

  #named(tables: readonly (string | TableLike)[]): string[] {
    return tables.map((table) => {
      const { name, schema } = typeof table === 'string' ? { name: table } : schemaOf(table);
      return `${schema === undefined ? '' : `${this.dialect.quote(schema)}.`}${this.dialect.quote(name)}`;
    });
  }

  async #ask(statement: Statement): Promise<DriverValue> {
    const [outcome] = await this.run({ statements: [statement] });
    return (outcome as Outcome).rows.data[0]?.[0] ?? null;
  }
}

/** The statements by which each new session is as the options say. */
function setupOf({ isolationLevel, timezone, searchPath, settings = {} }: PostgresqlOptions): string[] {
  const all: Settings = {
    ...settings,
    defaultTransactionIsolation: isolationLevel,
    timezone,
    searchPath: typeof searchPath === 'string' ? [searchPath] : searchPath,
  };
  const set = Object.entries(all).filter((entry): entry is [string, SettingValue] => entry[1] !== undefined);
  return set.map(([name, value]) => setting(name, value).sql);
}

async function extend(driver: Driver, extensions: readonly string[]): Promise<void> {
  if (extensions.length === 0) return;
  const connection = driver.connect({ label: 'opening' });
  await connection.run({ statements: extensions.map(createExtension) });
  await connection.close();
}
