/** Postgres's SQLSTATEs as classes of error. Postgres manual, appendix "PostgreSQL Error Codes". */
import {
  ConnectionClosedError,
  CorruptDatabaseError,
  DatabaseError,
  DataError,
  DeadlockError,
  type ErrorDetails,
  InternalError,
  LockTimeoutError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  StorageFullError,
  WaxwingError,
} from '../../errors.ts';

type ErrorClass = new (message: string, details?: ErrorDetails) => WaxwingError;

/** Whole codes that mean something else than the class they are in. */
const CODES: Readonly<Record<string, ErrorClass>> = {
  '08P01': ProgrammingError, // protocol_violation: as many values as were not asked for
  '40P01': DeadlockError, // deadlock_detected
  '53100': StorageFullError, // disk_full
  '54001': ProgrammingError, // statement_too_complex
  '54011': ProgrammingError, // too_many_columns
  '54023': ProgrammingError, // too_many_arguments
  '55P03': LockTimeoutError, // lock_not_available
  '57P01': ConnectionClosedError, // admin_shutdown
  '57P02': ConnectionClosedError, // crash_shutdown
  XX001: CorruptDatabaseError, // data_corrupted
  XX002: CorruptDatabaseError, // index_corrupted
};

/** By the first two characters. Violated constraints, 23, are IntegrityErrors from the driver on. */
const CLASSES: Readonly<Record<string, ErrorClass>> = {
  '03': ProgrammingError, // SQL statement not yet complete
  '08': ConnectionClosedError, // connection exception
  '0A': NotSupportedError, // feature not supported
  '0B': ProgrammingError, // invalid transaction initiation
  '0F': ProgrammingError, // locator exception
  '20': ProgrammingError, // case not found
  '21': ProgrammingError, // cardinality violation
  '22': DataError, // data exception
  '24': ProgrammingError, // invalid cursor state
  '25': OperationalError, // invalid transaction state
  '26': ProgrammingError, // invalid SQL statement name
  '28': OperationalError, // invalid authorization
  '2B': ProgrammingError, // dependent objects still exist
  '2D': OperationalError, // invalid transaction termination
  '34': ProgrammingError, // invalid cursor name
  '3B': OperationalError, // savepoint exception
  '3D': OperationalError, // invalid catalog name
  '3F': ProgrammingError, // invalid schema name
  '40': OperationalError, // transaction rollback
  '42': ProgrammingError, // syntax error or access rule violation
  '53': OperationalError, // insufficient resources
  '54': OperationalError, // program limit exceeded
  '55': OperationalError, // object not in prerequisite state
  '57': OperationalError, // operator intervention
  '58': OperationalError, // system error
  F0: OperationalError, // configuration file error
  XX: InternalError, // internal error
};

/** A driver's error as what its SQLSTATE stands for; one that is of a class of its own already, or has no SQLSTATE, stays. */
export function convertPostgresError(error: unknown): unknown {
  if (!(error instanceof WaxwingError) || !PLAIN.has(error.constructor)) return error;
  const { code, message, sql, database, cause, stack } = error;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return error;
  const type = CODES[code] ?? CLASSES[code.slice(0, 2)] ?? DatabaseError;
  if (type === error.constructor) return error;
  const converted = new type(message, { code, sql, database, cause });
  if (stack !== undefined) converted.stack = stack.replace(/^\w+/, converted.name);
  return converted;
}

/** Classes that say no more than that an engine failed. */
const PLAIN: ReadonlySet<unknown> = new Set([WaxwingError, DatabaseError, OperationalError]);
