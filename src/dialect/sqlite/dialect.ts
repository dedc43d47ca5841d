/** SQLite as a dialect. */
import { ImproperlyConfigured } from '../../errors.ts';
import type { DriverValue, Statement } from '../../wire/statement.ts';
import type { Capabilities, Dialect, TransactionMode } from '../dialect.ts';
import { SqliteCompiler } from './compiler.ts';
import { convertSqliteError } from './errors.ts';
import { sqliteIntrospection } from './introspect.ts';

const CAN: Capabilities = {
  returning: true,
  lastInsertId: true,
  maxParams: 32_766,
  forUpdate: false,
  writingCtes: false,
  distinctOn: false,
  lateral: false,
};

const BEGIN_WRITE: Statement = { sql: 'BEGIN IMMEDIATE', mode: 'begin' };
const COMMIT: Statement = { sql: 'COMMIT', mode: 'end' };
const ROLLBACK: Statement = { sql: 'ROLLBACK', mode: 'end' };

function sqliteDialect(): Dialect {
  const compiler = new SqliteCompiler(CAN);
  const named =
    (words: string) =>
    (name: string): Statement => ({ sql: `${words} ${compiler.quote(name)}`, mode: 'read' });
  return {
    name: 'sqlite',
    can: compiler.can,
    compile: (node) => compiler.compile(node),
    codec: (type) => compiler.codec(type),
    begin,
    commit: COMMIT,
    rollback: ROLLBACK,
    savepoint: named('SAVEPOINT'),
    releaseSavepoint: named('RELEASE SAVEPOINT'),
    rollbackTo: named('ROLLBACK TO SAVEPOINT'),
    bracket: { begin: BEGIN_WRITE, commit: COMMIT, rollback: ROLLBACK },
    raw: (sql: string, params: readonly DriverValue[]) => compiler.checked({ sql, params, mode: compiler.modeOf(sql) }),
    quote: (identifier) => compiler.quote(identifier),
    error: convertSqliteError,
    introspect: sqliteIntrospection,
  };
}

/** `isolation` is one of SQLite's kinds of transaction; peewee: `lock_type`. */
function begin(mode: TransactionMode, isolation?: string): Statement {
  const kind = isolation?.toUpperCase();
  if (kind === undefined) return mode === 'write' ? BEGIN_WRITE : { sql: 'BEGIN', mode: 'read' };
  if (kind !== 'DEFERRED' && kind !== 'IMMEDIATE' && kind !== 'EXCLUSIVE') {
    throw new ImproperlyConfigured(`SQLite begins a transaction DEFERRED, IMMEDIATE or EXCLUSIVE, not "${isolation}"`);
  }
  return { sql: `BEGIN ${kind}`, mode: mode === 'write' ? 'begin' : 'read' };
}

/** The dialect of stock SQLite. */
export const sqlite: Dialect = /* @__PURE__ */ sqliteDialect();
