/** What `executeSql` answers: the rows as the engine gives them, without models. */
import type { Codec, Dialect } from '../dialect/dialect.ts';
import type { Executor } from '../query/executor.ts';
import type { ColumnData, Outcome } from '../wire/statement.ts';

/**
 * Rows of plain values; `for (const row of result)` goes through them. What they are the engine says: SQLite knows numbers,
 * texts and blobs, Postgres booleans, timestamps (a Date), arrays and JSON as well.
 */
export class SqlResult implements Iterable<unknown[]> {
  /** The names of the result columns. */
  readonly columns: readonly string[];
  /** Each row an array with a value for each of `columns`; empty when the statement gives none. */
  readonly rows: readonly unknown[][];
  /** Rows inserted, updated or deleted. */
  readonly changes: number;
  /** The key of the row inserted last, when the engine tells. */
  readonly lastInsertId: number | bigint | null;

  constructor({ rows, changes, lastInsertId }: Outcome, dialect: Dialect) {
    this.columns = rows.names;
    const data = rows.data.map((column, at) => decoded(column, dialect.decoder?.(rows.types?.[at] ?? 0) ?? null));
    this.rows = Array.from({ length: rows.length }, (_, at) => data.map((column) => column[at]));
    this.changes = changes;
    this.lastInsertId = lastInsertId;
  }

  /** The rows as objects keyed by column name; of columns with one name the last counts. */
  dicts(): Record<string, unknown>[] {
    return this.rows.map((row) => Object.fromEntries(this.columns.map((name, at) => [name, row[at]])));
  }

  /** The first value of the first row, or null. */
  scalar(): unknown {
    return this.rows[0]?.[0] ?? null;
  }

  [Symbol.iterator](): IterableIterator<unknown[]> {
    return this.rows[Symbol.iterator]();
  }
}

/** Runs SQL as it is written on a database or a transaction, with one param for each placeholder. */
export async function runSql(
  executor: Pick<Executor, 'dialect' | 'run'>,
  sql: string,
  params: readonly unknown[] = [],
): Promise<SqlResult> {
  const { dialect } = executor;
  const codec = dialect.codec({ name: 'any' });
  const bound = params.map((value) => (value == null ? null : codec.encode(value)));
  const [outcome] = await executor.run({ statements: [dialect.raw(sql, bound)] });
  return new SqlResult(outcome as Outcome, dialect);
}

function decoded(column: ColumnData, decode: Codec['decode']): ArrayLike<unknown> {
  return decode === null ? column : Array.from(column, (value) => (value === null ? null : decode(value)));
}
