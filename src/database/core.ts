/** A database as something that opens, runs statements and closes. */
/// <reference lib="esnext.disposable" preserve="true" />
import type { Dialect } from '../dialect/dialect.ts';
import type { Connection, Driver } from '../driver/driver.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { Emitter } from '../util/emitter.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { DatabaseEvents, QueryEvent } from './events.ts';
import { failure } from './failure.ts';
import { Lifecycle } from './lifecycle.ts';
import type { Link } from './link.ts';
import { observe, observeStream } from './observe.ts';
import type { Host } from './scope.ts';
import { runSql, type SqlResult } from './sql-result.ts';
import type { TransactionScope } from './transaction-scope.ts';

/** Options every database has. */
export interface DatabaseOptions {
  /** Opens the database when it is first used (the default); otherwise `connect()` has to come first. */
  readonly autoconnect?: boolean;
  /** Milliseconds a write waits for another's transaction before LockTimeoutError; 5000 unless told. */
  readonly lockTimeout?: number;
}

/** Milliseconds, for who names no `lockTimeout`. */
export const LOCK_TIMEOUT = 5000;
const SLICE = 1000;

export abstract class DatabaseCore<O extends DatabaseOptions> {
  /** How queries are spelled for this engine; `db.dialect.name` tells which it is: `sqlite` or `postgres`. */
  abstract readonly dialect: Dialect;
  #name: string | null;
  #options: O;
  readonly #events: Emitter<DatabaseEvents> = new Emitter();
  /** Opening and closing. */
  protected readonly lifecycle: Lifecycle;
  /** What transactions see of this database. */
  protected readonly host: Host;
  /** The transaction of `sessionStart`, in which everything unbound then runs. */
  protected session: TransactionScope | null = null;

  /** With `null` for a name the database is initialized later, by `init`. */
  constructor(name: string | null, options: O) {
    this.#name = checked(name);
    this.#options = options;
    const self = this;
    this.lifecycle = new Lifecycle({
      get name() {
        return self.#name;
      },
      get autoconnect() {
        return self.#options.autoconnect ?? true;
      },
      open: (current) => this.open(current, this.#options),
      preamble: () => this.preamble(),
      opened: (driver) => this.#opened(driver),
    });
    this.host = {
      get dialect() {
        return self.dialect;
      },
      get name() {
        return self.name;
      },
      get patience() {
        return self.#options.lockTimeout ?? LOCK_TIMEOUT;
      },
      link: () => this.lifecycle.link ?? this.lifecycle.ready(),
      preamble: () => this.preamble(),
      send: (link, connection, batch, onRows) => this.#send(link, connection, batch, onRows),
      read: (link, connection, statement, size) => this.#read(link, connection, statement, size),
      fail: (error) => this.fail(error),
    };
  }

  /** Opens the engine: once per `connect`, never for an uninitialized database. */
  protected abstract open(name: string, options: O): Promise<Driver>;

  /** Statements every further connection begins with, for settings made since the database was opened. */
  protected preamble(): readonly Statement[] {
    return [];
  }

  /** The options the database was made or initialized with. */
  protected get options(): O {
    return this.#options;
  }

  /** Changes options for the next opening. */
  protected amend(options: Partial<O>): void {
    this.#options = { ...this.#options, ...options };
  }

  /** Tells those who listen that something may have changed. */
  protected announceWrite(): void {
    this.#events.emit('write');
  }

  /** The database's name; empty before `init`. */
  get name(): string {
    return this.#name ?? '';
  }

  /**
   * Says which database this is, for one made with `null`, or makes it another one: what was open is closed.
   * Options not given stay as they were.
   *
   * ```ts
   * const database = new SqliteDatabase(null);
   * database.init('notes.db', { durability: 'relaxed' });
   * ```
   */
  init(name: string | null, options?: Partial<O>): void {
    const next = checked(name);
    this.lifecycle.reset();
    this.session = null;
    this.#name = next;
    if (options !== undefined) this.amend(options);
  }

  /**
   * Opens the database, which its first use does as well: here a failure can be caught where it is expected.
   * Returns false when it was open already.
   * @throws InterfaceError when it was not initialized.
   */
  async connect(): Promise<boolean> {
    try {
      return await this.lifecycle.connect();
    } catch (error) {
      throw this.fail(error);
    }
  }

  /**
   * Closes the database; false when it was not open. What was called before finishes, open transactions roll back,
   * and all that was committed is stored. Every use afterwards is a ConnectionClosedError, until `connect()`.
   */
  async close(): Promise<boolean> {
    this.session = null;
    try {
      return await this.lifecycle.close();
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** True unless the database is open. */
  isClosed(): boolean {
    return this.lifecycle.link === null && !this.lifecycle.replacing;
  }

  /** The engine's version, "3.54.0" say; null while the database is closed. */
  get serverVersion(): string | null {
    return this.lifecycle.link?.driver.version ?? null;
  }

  /** `await using database = …` closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Listens; what it returns stops it: `db.on('query', ({ sql, duration }) => console.log(duration, sql))`. */
  on<K extends keyof DatabaseEvents>(event: K, listener: DatabaseEvents[K]): () => void {
    return this.#events.on(event, listener);
  }

  /** Runs compiled statements; queries call it. */
  async run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    if (this.session !== null) return this.session.run(batch, onRows);
    try {
      const link = this.lifecycle.link ?? (await this.lifecycle.ready());
      return await link.onMain(this.#send(link, link.main, batch, onRows));
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** The rows of one reading statement in slices, made as they are asked for. */
  async *stream(statement: Statement, size: number = SLICE): AsyncGenerator<Rows, void, undefined> {
    if (this.session !== null) return yield* this.session.stream(statement, size);
    try {
      const link = await this.lifecycle.ready();
      yield* this.#read(link, link.main, statement, size);
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** Runs SQL as it is written, with one param for each placeholder (peewee's `execute_sql`). */
  executeSql(sql: string, params?: readonly unknown[]): Promise<SqlResult> {
    return runSql(this, sql, params);
  }

  /** The error for the user; called in the async function the user awaits. */
  protected fail(error: unknown): unknown {
    return failure(error, this.dialect, this.name, this.fail);
  }

  #opened(driver: Driver): void {
    driver.on('lost', (error) => {
      this.lifecycle.lose(driver, error);
      this.#events.emit('lost', error);
    });
    driver.on('storage', (error) => this.#events.emit('storage', error));
  }

  #send(link: Link, connection: Connection, batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    link.requireOpen();
    const heard = this.#events.has('query') || this.#events.has('write');
    return heard ? this.#sendObserved(connection, batch, onRows) : connection.run(batch, onRows);
  }

  async #sendObserved(connection: Connection, batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    const outcomes = await observe(connection, batch, onRows, (event) => this.#tell(event));
    if (batch.statements.some(({ mode }) => mode === 'write' || mode === 'end')) this.#events.emit('write');
    return outcomes;
  }

  #tell(event: QueryEvent): void {
    const error = event.error && (this.dialect.error(event.error) as Error);
    this.#events.emit('query', { ...event, error });
  }

  #read(link: Link, connection: Connection, statement: Statement, size: number = SLICE): AsyncIterable<Rows> {
    link.requireOpen();
    if (!this.#events.has('query')) return connection.stream(statement, size);
    return observeStream(connection, statement, size, (event) => this.#tell(event));
  }
}

function checked(name: string | null): string | null {
  if (name === null || (typeof name === 'string' && name !== '')) return name;
  throw new ImproperlyConfigured(`A database's name is text, or null when init() gives it later; not ${JSON.stringify(name)}.`);
}
