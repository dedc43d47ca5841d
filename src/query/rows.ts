/** From an engine's columns to the rows a caller asked for. */
import type { Dialect } from '../dialect/dialect.ts';
import { DataError } from '../errors.ts';
import type { ColumnData, DriverValue, Expect, Rows } from '../wire/statement.ts';
import type { Selected } from './expr.ts';

/** A slice of a result, decoded, column by column. */
export interface Slice {
  readonly length: number;
  readonly names: readonly string[];
  readonly columns: readonly ArrayLike<unknown>[];
  /** The same as the engine gave them. */
  readonly given: readonly ColumnData[];
}

/** Makes rows of a slice. */
export type RowBuilder<Row> = (slice: Slice) => Row[];

/** Knows what each result column holds; without a selection values are what the engine says of its columns. */
export interface RowReader {
  readonly expects: readonly Expect[] | undefined;
  read(rows: Rows): Slice;
}

type Decode = (value: Exclude<DriverValue, null>) => unknown;

/** A reader of the results of this selection on this engine. */
export function rowReader(selection: readonly Selected[] | undefined, dialect: Dialect): RowReader {
  if (!selection) {
    const read = (rows: Rows): Slice => ({
      length: rows.length,
      names: rows.names,
      columns: rows.data.map((data, at) => decodeColumn(data, unknownColumn(dialect, rows, at), 'any')),
      given: rows.data,
    });
    return { expects: undefined, read };
  }
  const expects: Expect[] = [];
  const decodes: (Decode | null)[] = [];
  const converts: (((value: unknown) => unknown) | null)[] = [];
  for (const selected of selection) {
    const { type, convert } = selected['~typing'];
    const codec = type ? dialect.codec(type) : undefined;
    expects.push(codec?.expect ?? 'any');
    decodes.push(codec?.decode ?? null);
    converts.push((convert?.toJs as ((value: unknown) => unknown) | undefined) ?? null);
  }
  const read = (rows: Rows): Slice => ({
    length: rows.length,
    names: selection.map((selected, at) => selected['~name'] ?? rows.names[at] ?? String(at)),
    columns: rows.data.map((data, at) => {
      try {
        const expect = expects[at] ?? 'any';
        const decode = decodes[at] ?? (expect === 'any' ? unknownColumn(dialect, rows, at) : null);
        return decodeColumn(data, chain(decode, converts[at] ?? null), expect);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        throw new DataError(`"${selection[at]?.['~name'] ?? rows.names[at]}": ${error.message}`, { cause: error });
      }
    }),
    given: rows.data,
  });
  return { expects, read };
}

/** What reads a column of which nobody said what it holds, by the engine's own number for its type. */
function unknownColumn(dialect: Dialect, { types }: Rows, at: number): Decode | null {
  const type = types?.[at];
  return type === undefined ? null : (dialect.decoder?.(type) ?? null);
}

function chain(decode: Decode | null, toJs: ((value: unknown) => unknown) | null): Decode | null {
  if (!toJs) return decode;
  return decode ? (value) => toJs(decode(value)) : toJs;
}

function decodeColumn(data: ColumnData, decode: Decode | null, expect: Expect): ArrayLike<unknown> {
  // Packed numbers are what they should be; of text the engine makes sure itself.
  if (Array.isArray(data) && expect !== 'any' && expect !== 'text') requireType(data, expect);
  if (!decode) return data;
  const out = new Array<unknown>(data.length);
  for (let at = 0; at < data.length; at++) {
    const value = data[at] as DriverValue;
    out[at] = value === null ? null : decode(value);
  }
  return out;
}

/** The type of a value is the table's affair in SQLite, and the table need not be the model's. Checked by the column: it costs less. */
function requireType(data: readonly DriverValue[], expect: Exclude<Expect, 'any' | 'text'>): void {
  const type = expect === 'blob' ? 'object' : expect === 'bigint' ? 'bigint' : 'number';
  for (const value of data) {
    if (value === null || typeof value === type) continue;
    if (typeof value === 'bigint') {
      throw new DataError(
        `${value} is too large for a number without losing digits: select it as text, or use a BigIntegerField`,
      );
    }
    throw new DataError(
      `Expected a ${type === 'object' ? 'blob' : 'number'}, the table holds ${typeof value} ${value}`.slice(0, 150),
    );
  }
}

/** Rows as objects: one key per selected column. */
export const asDicts: RowBuilder<Record<string, unknown>> = (slice) => {
  const { length, names, columns } = slice;
  const rows: Record<string, unknown>[] = new Array(length);
  for (let at = 0; at < length; at++) rows[at] = {};
  // Column by column: each inner loop stores under one key, in objects of one shape.
  columns.forEach((column, index) => fill(rows, names[index] as string, column));
  return rows;
};

/** Sets `key` of every row, also when it is `__proto__`. */
export function fill(rows: readonly object[], key: string, column: ArrayLike<unknown>): void {
  if (key === '__proto__') {
    rows.forEach((row, at) => {
      Object.defineProperty(row, key, { value: column[at], writable: true, enumerable: true, configurable: true });
    });
    return;
  }
  for (let at = 0; at < rows.length; at++) (rows[at] as Record<string, unknown>)[key] = column[at];
}

/** Rows as arrays, in the order of the selection. */
export const asTuples: RowBuilder<unknown[]> = ({ length, columns }) => {
  const rows: unknown[][] = new Array(length);
  const width = columns.length;
  for (let at = 0; at < length; at++) {
    const row: unknown[] = new Array(width);
    for (let index = 0; index < width; index++) row[index] = (columns[index] as ArrayLike<unknown>)[at];
    rows[at] = row;
  }
  return rows;
};

/** Rows as the values of their first column. */
export const asScalars: RowBuilder<unknown> = ({ length, columns }) =>
  Array.from({ length }, (_, at) => columns[0]?.[at] ?? null);
