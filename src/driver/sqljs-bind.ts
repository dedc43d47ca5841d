/** Binds JavaScript values to the placeholders of a prepared statement. */
import { DataError } from '../errors.ts';
import type { DriverValue } from '../wire/statement.ts';
import type { Engine } from './sqljs-engine.ts';

/** Tells SQLite to copy the bytes before the call returns. */
const COPY = -1;
const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

/**
 * Binds one value; returns SQLite's result code.
 * A bigint is exact in columns of integer affinity; past 53 bits it arrives as its digits, since sql.js cannot bind 64 bits.
 * @throws DataError for what SQLite has no value for.
 */
export function bindValue(engine: Engine, statement: number, index: number, value: DriverValue): number {
  const { c, writer } = engine;
  switch (typeof value) {
    case 'number':
      if ((value | 0) === value && !Object.is(value, -0)) return c._sqlite3_bind_int(statement, index, value);
      if (Number.isNaN(value)) throw new DataError('NaN cannot be stored: SQLite would keep NULL in its place.');
      return c._sqlite3_bind_double(statement, index, value);
    case 'string': {
      const length = writer.text(value);
      return c._sqlite3_bind_text(statement, index, writer.pointer, length, COPY);
    }
    case 'bigint':
      return bindBig(engine, statement, index, value);
    default:
      if (value === null) return c._sqlite3_bind_text(statement, index, 0, 0, 0);
      if (value instanceof Uint8Array) {
        const length = writer.blob(value);
        return c._sqlite3_bind_blob(statement, index, writer.pointer, length, COPY);
      }
      throw new DataError(`A value of type ${describe(value)} cannot be bound: null, number, bigint, string and Uint8Array can.`);
  }
}

function bindBig({ c, writer }: Engine, statement: number, index: number, value: bigint): number {
  const number = Number(value);
  if ((number | 0) === number) return c._sqlite3_bind_int(statement, index, number);
  if (Number.isSafeInteger(number)) return c._sqlite3_bind_double(statement, index, number);
  if (value < LEAST || value > GREATEST) throw new DataError(`${value} does not fit 64 bits.`);
  const length = writer.text(String(value));
  return c._sqlite3_bind_text(statement, index, writer.pointer, length, COPY);
}

function describe(value: unknown): string {
  return typeof value === 'object' ? ((value as object).constructor?.name ?? 'object') : typeof value;
}
