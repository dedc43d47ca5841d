/** SQLite's result codes and messages as classes of error. */
import {
  CorruptDatabaseError,
  DatabaseError,
  DataError,
  type ErrorDetails,
  IntegrityError,
  InternalError,
  LockTimeoutError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  StorageFullError,
  WaxwingError,
} from '../../errors.ts';

type ErrorClass = new (message: string, details?: ErrorDetails) => WaxwingError;

/** By primary result code: the low byte of an extended one. */
const CLASSES: Readonly<Record<number, ErrorClass>> = {
  1: ProgrammingError, // ERROR
  2: InternalError, // INTERNAL
  3: OperationalError, // PERM
  4: OperationalError, // ABORT
  5: LockTimeoutError, // BUSY
  6: LockTimeoutError, // LOCKED
  7: OperationalError, // NOMEM
  8: OperationalError, // READONLY
  9: OperationalError, // INTERRUPT
  10: OperationalError, // IOERR
  11: CorruptDatabaseError, // CORRUPT
  12: InternalError, // NOTFOUND
  13: StorageFullError, // FULL
  14: OperationalError, // CANTOPEN
  15: OperationalError, // PROTOCOL
  17: OperationalError, // SCHEMA
  18: DataError, // TOOBIG
  19: IntegrityError, // CONSTRAINT
  20: DataError, // MISMATCH
  21: ProgrammingError, // MISUSE
  22: NotSupportedError, // NOLFS
  23: OperationalError, // AUTH
  25: ProgrammingError, // RANGE
  26: CorruptDatabaseError, // NOTADB
};

/** SQLite's own names of failures that its code 1 does not tell apart from wrong SQL. */
const OPERATIONAL =
  /^(cannot (start|commit|rollback|VACUUM)|no such savepoint|database .* is (already|locked)|too many attached|unable to (open|close|delete\/modify))/i;
const DATA =
  /^(integer overflow|malformed JSON|bad JSON path|string or blob too big|JSON path|LIKE or GLOB pattern too complex)/i;

/**
 * The error of a result code and its message.
 * stock sql.js tells only primary codes: what kind of constraint failed is read off the message, which names it.
 */
export function sqliteError(code: number, message: string, sql?: string, database?: string, cause?: unknown): WaxwingError {
  const details: ErrorDetails = { code, sql, database, cause };
  const primary = code & 0xff;
  // A strict table refuses a value of another type as a constraint: SQLITE_CONSTRAINT_DATATYPE.
  if (primary === 19 && message.startsWith('cannot store')) return new DataError(message, details);
  if (primary === 19) return new IntegrityError(message, { ...details, ...constraintOf(message) });
  if (primary === 1 && DATA.test(message)) return new DataError(message, details);
  if (primary === 1 && OPERATIONAL.test(message)) return new OperationalError(message, details);
  return new (CLASSES[primary] ?? DatabaseError)(message, details);
}

/** A driver's error as what it stands for; one that is of a class of its own already, or has no result code, stays. */
export function convertSqliteError(error: unknown): unknown {
  if (!(error instanceof WaxwingError) || !PLAIN.has(error.constructor) || typeof error.code !== 'number') return error;
  const converted = sqliteError(error.code, error.message, error.sql, error.database, error.cause);
  if (error.stack !== undefined) converted.stack = error.stack.replace(/^\w+/, converted.name);
  return converted;
}

/** Classes that say no more than that an engine failed. */
const PLAIN: ReadonlySet<unknown> = new Set([WaxwingError, DatabaseError, OperationalError]);

type Constraint = Pick<ErrorDetails, 'constraint' | 'table' | 'columns'>;

/** What "UNIQUE constraint failed: user.name, user.city" and its like say. */
function constraintOf(message: string): Constraint {
  const [, kind = '', rest = ''] = /^(?:.*?: )?([A-Z ]+) constraint failed(?:: (.*))?$/s.exec(message) ?? [];
  if (kind === 'FOREIGN KEY') return { constraint: 'foreignKey' };
  if (kind === 'CHECK') return { constraint: 'check', columns: [] };
  if (kind === 'NOT NULL') return { constraint: 'notNull', ...columnsOf(rest) };
  if (kind === 'PRIMARY KEY') return { constraint: 'primaryKey', ...columnsOf(rest) };
  if (kind === 'UNIQUE') return { constraint: 'unique', ...(/^index '/.test(rest) ? {} : columnsOf(rest)) };
  return { constraint: 'other' };
}

function columnsOf(list: string): Constraint {
  const names = list.split(', ');
  const dot = (names[0] as string).indexOf('.');
  if (dot < 0) return { columns: names };
  const table = (names[0] as string).slice(0, dot);
  return { table, columns: names.map((name) => (name.startsWith(`${table}.`) ? name.slice(dot + 1) : name)) };
}
