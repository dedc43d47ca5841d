/** What `executeSql` answers: the rows as the engine gives them, without models. */
import type { DriverValue, Outcome } from '../wire/statement.ts';

/** Rows of plain values; `for (const row of result)` goes through them. */
export class SqlResult implements Iterable<DriverValue[]> {
  /** The names of the result columns. */
  readonly columns: readonly string[];
  readonly rows: readonly DriverValue[][];
  /** Rows inserted, updated or deleted. */
  readonly changes: number;
  /** The key of the row inserted last, when the engine tells. */
  readonly lastInsertId: number | bigint | null;

  constructor({ rows, changes, lastInsertId }: Outcome) {
    this.columns = rows.names;
    this.rows = Array.from({ length: rows.length }, (_, at) => rows.data.map((column) => column[at] as DriverValue));
    this.changes = changes;
    this.lastInsertId = lastInsertId;
  }

  /** The rows as objects keyed by column name; of columns with one name the last counts. */
  dicts(): Record<string, DriverValue>[] {
    return this.rows.map((row) => Object.fromEntries(this.columns.map((name, at) => [name, row[at] as DriverValue])));
  }

  /** The first value of the first row, or null. */
  scalar(): DriverValue {
    return this.rows[0]?.[0] ?? null;
  }

  [Symbol.iterator](): IterableIterator<DriverValue[]> {
    return this.rows[Symbol.iterator]();
  }
}
