/** Postgres as a dialect: 15 and later. */
import { ImproperlyConfigured } from '../../errors.ts';
import type { DriverValue, Statement } from '../../wire/statement.ts';
import type { Capabilities, Dialect, TransactionMode } from '../dialect.ts';
import { castOf } from './cast.ts';
import { PostgresCompiler } from './compiler.ts';
import { convertPostgresError } from './errors.ts';
import { postgresIntrospection } from './introspect.ts';
import { decoderOf } from './oids.ts';
import { isNumbered, placeholders } from './tokens.ts';

const CAN: Capabilities = {
  returning: true,
  lastInsertId: false,
  maxParams: 65_535,
  forUpdate: true,
  writingCtes: true,
  distinctOn: true,
  lateral: true,
};

const BEGIN: Statement = { sql: 'BEGIN', mode: 'begin' };
/** What is read is of one moment, whatever others commit meanwhile. */
const BEGIN_READ: Statement = { sql: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', mode: 'read' };
const COMMIT: Statement = { sql: 'COMMIT', mode: 'end' };
const ROLLBACK: Statement = { sql: 'ROLLBACK', mode: 'end' };

function postgresDialect(): Dialect {
  const compiler = new PostgresCompiler(CAN);
  const named =
    (words: string) =>
    (name: string): Statement => ({ sql: `${words} ${compiler.quote(name)}`, mode: 'read' });
  return {
    name: 'postgres',
    can: compiler.can,
    compile: (node) => compiler.compile(node),
    codec: (type) => compiler.codec(type),
    decoder: decoderOf,
    begin,
    commit: COMMIT,
    rollback: ROLLBACK,
    savepoint: named('SAVEPOINT'),
    releaseSavepoint: named('RELEASE SAVEPOINT'),
    rollbackTo: named('ROLLBACK TO SAVEPOINT'),
    bracket: { begin: BEGIN, commit: COMMIT, rollback: ROLLBACK },
    raw: (sql, params) => compiler.checked({ sql: numbered(sql, params), params, mode: compiler.modeOf(sql) }),
    quote: (identifier) => compiler.quote(identifier),
    error: convertPostgresError,
    introspect: postgresIntrospection,
  };
}

const LEVELS: ReadonlySet<string> = new Set(['READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE']);

/** `isolation` is one of the levels of SQL. Postgres manual: "Transaction Isolation". */
function begin(mode: TransactionMode, isolation?: string): Statement {
  if (isolation === undefined) return mode === 'write' ? BEGIN : BEGIN_READ;
  const level = isolation.toUpperCase().replace(/[\s_-]+/g, ' ');
  if (!LEVELS.has(level)) {
    throw new ImproperlyConfigured(`PostgreSQL isolates transactions by ${[...LEVELS].join(', ')}, not by "${isolation}"`);
  }
  return {
    sql: `BEGIN ISOLATION LEVEL ${level}${mode === 'write' ? '' : ' READ ONLY'}`,
    mode: mode === 'write' ? 'begin' : 'read',
  };
}

/** Question marks become `$1` and so on, so that the same text runs on every engine; numbered text stays as it is. */
function numbered(sql: string, params: readonly DriverValue[]): string {
  if (params.length === 0 || isNumbered(sql)) return sql;
  const parts = placeholders(sql);
  return parts.reduce((text, part, at) => {
    const value = params[at - 1];
    const cast = typeof value === 'string' || value == null ? '' : `::${castOf(value, undefined)}`;
    return `${text}$${at}${cast}${part}`;
  });
}

/** The dialect of Postgres. */
export const postgres: Dialect = /* @__PURE__ */ postgresDialect();
