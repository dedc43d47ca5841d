/** Makes questions of one statement each, and reads their answers row by row. */
import type { DriverValue, Rows } from '../wire/statement.ts';
import type { IndexMetadata, Question } from './introspection.ts';

type Row = readonly DriverValue[];

/** A question whose answer is made of all rows of one statement. */
export function question<T>(sql: string, params: readonly DriverValue[], read: (rows: readonly Row[]) => T): Question<T> {
  return { statements: [{ sql, mode: 'read', params }], read: ([rows]) => read(rows ? rowsOf(rows) : []) };
}

/** A question whose answer is made of each row of one statement. */
export function each<T>(sql: string, params: readonly DriverValue[], read: (row: Row) => T): Question<T[]> {
  return question(sql, params, (rows) => rows.map(read));
}

function rowsOf({ length, data }: Rows): Row[] {
  return Array.from({ length }, (_, at) => data.map((column) => column[at] as DriverValue));
}

export const text = (value: DriverValue | undefined): string => String(value);

export const textOrNull = (value: DriverValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

/** The indexes of a table, of rows of name, uniqueness, SQL and column: a row for each of an index's columns, in order. */
export function indexesOf(rows: readonly Row[], table: string): IndexMetadata[] {
  const found = new Map<string, IndexMetadata & { readonly columns: (string | null)[] }>();
  for (const [name, unique, sql, column] of rows) {
    const key = text(name);
    const index = found.get(key) ?? { name: key, sql: textOrNull(sql), columns: [], unique: Boolean(unique), table };
    index.columns.push(textOrNull(column));
    found.set(key, index);
  }
  return [...found.values()];
}
