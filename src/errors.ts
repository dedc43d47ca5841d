/** Every error Waxwing throws, and how one crosses between threads whole. */

/** What an error knows besides its message. */
export interface ErrorDetails {
  /** The engine's own code: SQLite's extended result code, an SQLSTATE, an errno. */
  readonly code?: string | number | undefined;
  /** The statement that failed. */
  readonly sql?: string | undefined;
  /** The name of the database it happened to. */
  readonly database?: string | undefined;
  /** The error behind it, as any `Error` has one. */
  readonly cause?: unknown;
  /** IntegrityError: which kind of constraint, on what. */
  readonly constraint?: 'unique' | 'primaryKey' | 'foreignKey' | 'notNull' | 'check' | 'other' | undefined;
  /** IntegrityError: the table, where the engine tells. */
  readonly table?: string | undefined;
  /** IntegrityError: the columns, where the engine tells. */
  readonly columns?: readonly string[] | undefined;
}

/** The root of all errors of Waxwing: `catch (e) { if (e instanceof WaxwingError) … }`. */
export class WaxwingError extends Error {
  /** The engine's own code: SQLite's result code, an SQLSTATE of Postgres, an errno; undefined where there is none. */
  readonly code: string | number | undefined;
  /** The statement that failed; undefined for an error that is of no statement. */
  readonly sql: string | undefined;
  /** The name of the database it happened to, where it is known. */
  readonly database: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.sql = details.sql;
    this.database = details.database;
  }

  // On the prototype, so that the name survives minification and costs nothing per error.
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'WaxwingError', configurable: true, writable: true });
  }
}

/** The library was asked for something that makes no sense: a wrong option, a model that contradicts itself. */
export class ImproperlyConfigured extends WaxwingError {}
/** The database object was used wrongly: not initialized, closed. */
export class InterfaceError extends WaxwingError {}
/** The root of what a database refuses. */
export class DatabaseError extends WaxwingError {}
/** A value does not fit its column: wrong type, out of range, text that is not Unicode. */
export class DataError extends DatabaseError {}
/** A constraint was violated; tells which kind, on which table and columns. */
export class IntegrityError extends DatabaseError {
  /** Which kind was violated; `other` for one that the engine does not name. */
  readonly constraint: NonNullable<ErrorDetails['constraint']>;
  /** The table that has the constraint, where the engine tells. */
  readonly table: string | undefined;
  /** Its columns, as they are called in the database; empty where the engine does not tell. */
  readonly columns: readonly string[];

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details);
    this.constraint = details.constraint ?? 'other';
    this.table = details.table;
    this.columns = details.columns ?? [];
  }
}
/** The database could not do it now: locked, full, gone, damaged. */
export class OperationalError extends DatabaseError {}
/** Another transaction held the lock longer than `lockTimeout`. */
export class LockTimeoutError extends OperationalError {}
/** A write waited for the transaction it is itself part of. */
export class DeadlockError extends OperationalError {}
/** The platform's storage quota is used up. */
export class StorageFullError extends OperationalError {}
/** The storage that was asked for cannot be had here. */
export class StorageUnavailableError extends OperationalError {}
/** The connection, its worker or its database is closed or gone. */
export class ConnectionClosedError extends OperationalError {}
/** Another tab or process has the database open. */
export class DatabaseInUseError extends OperationalError {}
/** The stored or imported bytes are not a sound database. */
export class CorruptDatabaseError extends OperationalError {}
/** The engine is another one than this version of Waxwing knows. */
export class EngineMismatchError extends OperationalError {}
/** The engine could not be loaded: its wasm file is missing, is not wasm, or may not run. */
export class EngineLoadError extends OperationalError {}
/** The SQL is wrong: a syntax error, an unknown table or column, too many parameters. */
export class ProgrammingError extends DatabaseError {}
/** This engine cannot do what was asked. */
export class NotSupportedError extends DatabaseError {}
/** Waxwing or its engine broke; please report it. */
export class InternalError extends DatabaseError {}
/** A row that had to exist does not. Each model has its own subclass: `User.DoesNotExist`. */
export class DoesNotExist extends WaxwingError {}
/** The caller's AbortSignal was aborted. */
export class AbortedError extends WaxwingError {}

type ErrorClass = new (message: string, details?: ErrorDetails) => WaxwingError;

const CLASSES: Readonly<Record<string, ErrorClass>> = {
  WaxwingError,
  ImproperlyConfigured,
  InterfaceError,
  DatabaseError,
  DataError,
  IntegrityError,
  OperationalError,
  LockTimeoutError,
  DeadlockError,
  StorageFullError,
  StorageUnavailableError,
  ConnectionClosedError,
  DatabaseInUseError,
  CorruptDatabaseError,
  EngineMismatchError,
  EngineLoadError,
  ProgrammingError,
  NotSupportedError,
  InternalError,
  DoesNotExist,
  AbortedError,
};
for (const [name, type] of Object.entries(CLASSES)) {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** An error as plain data, for a message between threads. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly details: ErrorDetails;
}

/** Any thrown value as data; what is not a WaxwingError keeps its name, message and stack. */
export function toWire(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined, details: {} };
  const cause = error.cause === undefined ? undefined : toWire(error.cause);
  if (!(error instanceof WaxwingError))
    return { name: error.name, message: error.message, stack: error.stack, details: { cause } };
  const { code, sql, database } = error;
  const integrity =
    error instanceof IntegrityError ? { constraint: error.constraint, table: error.table, columns: error.columns } : {};
  return { name: error.name, message: error.message, stack: error.stack, details: { code, sql, database, cause, ...integrity } };
}

/** The error again, of its own class, with the stack of where it was first thrown kept under `cause` and the caller's on top. */
export function fromWire(wire: WireError): Error {
  const { cause } = wire.details;
  const details = { ...wire.details, cause: isWire(cause) ? fromWire(cause) : cause };
  const type = Object.hasOwn(CLASSES, wire.name) ? CLASSES[wire.name] : undefined;
  if (type) return new type(wire.message, details);
  const error = new Error(wire.message, details.cause === undefined ? undefined : { cause: details.cause });
  error.name = wire.name;
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

function isWire(value: unknown): value is WireError {
  return typeof value === 'object' && value !== null && 'details' in value && 'message' in value;
}
