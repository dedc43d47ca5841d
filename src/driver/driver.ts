/** What an engine is to everything above it: connections that run text and bytes. */
import type { ConnectionClosedError } from '../errors.ts';
import type { Durability, OnProgress, StorageKind, StorageState } from '../storage/backend.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';

/** One connection: its own transaction, temporary tables and settings. */
export interface Connection {
  /**
   * Runs the statements in order and resolves when what they committed is stored as the database's durability says.
   * With `onRows`, result rows come in slices (about 1,000 rows) as the engine makes them, and the outcomes hold none.
   * Calls on one connection run in the order they were made; only outside a transaction, reads do not wait for writes
   * that wait for the lock.
   * @throws the WaxwingError of the first statement that failed.
   */
  run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]>;
  /**
   * Rows of one reading statement in slices of at most `size`, made as they are asked for.
   * Outside a transaction it reads a snapshot of its own, whatever others commit meanwhile. Leaving early frees it.
   */
  stream(statement: Statement, size: number): AsyncIterable<Rows>;
  /** Rolls back what is open and gives the connection back. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Who this is, for the error another one gets who waits too long for the lock. */
  readonly label?: string;
  /** What was set since the opening, for further sessions of the connection, which only one to a server has. */
  readonly preamble?: () => readonly Statement[];
  /** Told when a server ended the session of the connection; its next statement has another, which listens to nothing. */
  readonly onLost?: (error: ConnectionClosedError) => void;
}

export interface DriverEvents {
  /** The engine is gone (its worker died, say); every later call fails with this error. */
  readonly lost: (error: Error) => void;
  /** Storage failed after a commit was applied. */
  readonly storage: (error: Error) => void;
  /** Another connection, or this one, sent a message to a channel that a connection of this driver listens to. */
  readonly notification: (notification: Notification) => void;
}

/** A message of Postgres's NOTIFY. */
export interface Notification {
  /** The channel it was sent to. */
  readonly channel: string;
  /** The text that was sent; empty when there was none. */
  readonly payload: string;
}

/** One opened database. */
export interface Driver {
  /** The engine's own version, "3.54.0" say. */
  readonly version: string;
  /** Never waits: a connection that cannot be had fails when it is first used. */
  connect(options?: ConnectOptions): Connection;
  storage(): Promise<StorageState>;
  setDurability(durability: Durability): Promise<void>;
  /** Everything committed is stored when this resolves. */
  flush(): Promise<void>;
  /** Asks the platform not to evict the data. */
  persist(): Promise<boolean>;
  /**
   * The database as one file, a consistent snapshot: SQLite's own file; of Postgres the cluster, which only the same
   * engine opens; of a Berkeley database a file of Berkeley DB, or SQLite's.
   */
  exportFile(options?: ExportOptions): Promise<Blob>;
  /**
   * Replaces the database by a file in the engine's standard format, after checking it. All connections are
   * given up: their transactions roll back, also when storing the file fails then; their next statement tells which it was.
   * @throws DatabaseError when the file is not sound; nothing is changed then.
   */
  importFile(file: Blob, options?: TransferOptions): Promise<void>;
  on<K extends keyof DriverEvents>(event: K, listener: DriverEvents[K]): () => void;
  close(): Promise<void>;
}

/** Options of exports and imports. */
export interface TransferOptions {
  /** Bytes done and, where it is known, in all. */
  readonly onProgress?: OnProgress | undefined;
  /**
   * Gives it up: what is being replaced stays as it was, and the call throws AbortedError. An import can be given up until
   * the storage has been handed all of the file; after that it takes place, and the call resolves.
   */
  readonly signal?: AbortSignal | undefined;
}

export interface ExportOptions extends TransferOptions {
  /** SQLite's own file, also where the database is stored in another form. */
  readonly as?: 'sqlite' | undefined;
  /** Not the database but this file, checked as an import is; where files are converted. */
  readonly of?: Blob | undefined;
}

/** A worker whose module calls `expose` (`waxwing/worker`), or how one is started when it is first needed. */
export type WorkerSource = Worker | (() => Worker);

/** The systems a driver can be for; each has a worker of its own, so that an app ships only the engine it uses. */
export type System = 'sqlite' | 'berkeley' | 'postgresql';

/** A database server to connect to, instead of an engine here. */
export interface Server {
  /** A URL, `postgresql://user@host:5432/name?sslmode=require`; the others say what it does not, or say it better. */
  readonly url?: string | undefined;
  /** Its name or address; `localhost` unless told. */
  readonly host?: string | undefined;
  /** Its port; 5432 unless told. */
  readonly port?: number | undefined;
  /** Who connects; the user of the operating system unless told. */
  readonly user?: string | undefined;
  /** The password, or what gets it each time a connection is made. */
  readonly password?: string | (() => string | Promise<string>) | undefined;
  /** TLS, whatever a URL's `sslmode` says: true verifies the certificate and the host, or what Node's `tls.connect` takes. */
  readonly ssl?: boolean | object | undefined;
  /** False where the next statement may meet another session: a proxy that pools transactions. True unless told. */
  readonly prepare?: boolean | undefined;
}

/** Everything needed to open a database here; plain data, so that it crosses to a worker, but for `onProgress`, `engine` and `worker`. */
export interface OpenOptions {
  /** `sqlite` unless told. */
  readonly system?: System | undefined;
  readonly name: string;
  readonly storage: StorageKind;
  readonly durability: Durability;
  /** Milliseconds a write waits for another's transaction before LockTimeoutError. */
  readonly lockTimeout: number;
  /** Where the engine's wasm file is, when the bundler does not say. */
  readonly wasmUrl?: string | undefined;
  /** Bytes of a page of a file of Berkeley DB. */
  readonly pageSize?: number | undefined;
  /** Postgres's extensions to make available, by name: `hstore`, `pg_trgm`. */
  readonly extensions?: readonly string[] | undefined;
  /** Statements run on every new connection (pragmas). */
  readonly setup: readonly string[];
  readonly onProgress?: OnProgress | undefined;
  /** The engine compiled elsewhere, or null when that failed; left out, the driver compiles it. */
  readonly engine?: Promise<WebAssembly.Module | null> | undefined;
  /** The app's own worker that shall host the database; left out, a page starts one of ours. No meaning off the page. */
  readonly worker?: WorkerSource | undefined;
}

/** How a database class gets its engine; the entry that a user imports decides which. */
export type OpenDriver = (options: OpenOptions) => Promise<Driver>;
