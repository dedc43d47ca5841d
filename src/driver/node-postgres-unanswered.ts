/** What became of statements whose connection was lost before the server answered: undone, or nobody knows. */
import { ConnectionClosedError, type ErrorDetails } from '../errors.ts';
import type { Statement } from '../wire/statement.ts';
import { beginsTransaction, endsTransaction, undoes } from './node-postgres-sql.ts';

/** SQLSTATEs. Postgres manual, appendix "PostgreSQL Error Codes": connection_failure, transaction_resolution_unknown. */
const FAILED = '08006';
const UNKNOWN = '08007';

/** The error of statements sent together; `inside` tells whether a transaction was open before them. */
export function unanswered(
  lost: ConnectionClosedError,
  statements: readonly Statement[],
  inside: boolean,
): ConnectionClosedError {
  const [first, last] = [statements[0], statements.at(-1)];
  const sql = statements.length === 1 ? last?.sql : undefined;
  if (last !== undefined && endsTransaction(last) && !undoes(last)) return unknown(lost, 'the transaction was committed', sql);
  if (inside || (first !== undefined && beginsTransaction(first))) return rolledBack(lost, sql);
  if (statements.every(({ mode }) => mode === 'read')) return told(lost, lost.message, { code: FAILED, sql });
  return unknown(lost, 'the statement was carried out', sql);
}

/** The error of what is asked of a transaction that went with its connection. */
export function rolledBack(lost: ConnectionClosedError, sql: string | undefined): ConnectionClosedError {
  return told(lost, `The transaction was rolled back: ${lost.message} Begin it again.`, { code: FAILED, sql });
}

function unknown(lost: ConnectionClosedError, what: string, sql: string | undefined): ConnectionClosedError {
  const message = `${lost.message} Whether ${what} is unknown: look before you do it again.`;
  return told(lost, message, { code: UNKNOWN, sql });
}

/** One of its own for everybody who is told, with the stack of whoever asked. */
function told(lost: ConnectionClosedError, message: string, details: ErrorDetails): ConnectionClosedError {
  return new ConnectionClosedError(message, { ...details, database: lost.database, cause: lost.cause });
}
