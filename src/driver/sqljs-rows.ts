/** Reads the rows of a running statement into columns. */

import { PackedTexts } from '../util/packed-texts.ts';
import { readText } from '../util/utf8.ts';
import type { ColumnData, DriverValue, Expect } from '../wire/statement.ts';
import type { Engine } from './sqljs-engine.ts';

export const ROW = 100;

/** What SQLite says a value is. */
const INTEGER = 1;
const FLOAT = 2;
const TEXT = 3;
const BLOB = 4;

const ANY = 0;
const NUMBER = 1;
const EXACT = 2;
const BIG = 3;
const STRING = 4;
const BYTES = 5;
const PACKED = 6;
const KINDS: Readonly<Record<Expect, number>> = {
  any: ANY,
  number: NUMBER,
  integer: EXACT,
  bigint: BIG,
  text: STRING,
  blob: BYTES,
};

/** Below this many rows a typed array costs more than it saves. */
const WORTH_PACKING = 32;

/** Where the texts of each column come together. Shared by all readers: what one reads it takes before another one's turn. */
const packing: PackedTexts[] = [];

/** The rows of one statement, column by column, taken out in slices. */
export class RowReader {
  readonly #engine: Engine;
  readonly #statement: number;
  readonly #kinds: readonly number[];
  #columns: DriverValue[][];
  /** Rows read and not yet taken. */
  length = 0;

  /** With `packed`, columns of texts are taken as bytes. */
  constructor(engine: Engine, statement: number, width: number, expects: readonly Expect[] | undefined, packed: boolean) {
    this.#engine = engine;
    this.#statement = statement;
    this.#kinds = Array.from({ length: width }, (_, index) => {
      const kind = KINDS[expects?.[index] ?? 'any'] ?? ANY;
      if (kind !== STRING || !packed) return kind;
      packing[index] ??= new PackedTexts();
      // A reader that failed may have left something.
      packing[index].clear();
      return PACKED;
    });
    this.#columns = this.#kinds.map(() => []);
  }

  /** Reads rows from the one the statement stands on, until `limit` are held or there is none; returns the last result code. */
  read(limit: number): number {
    const { c } = this.#engine;
    const statement = this.#statement;
    let code = ROW;
    while (code === ROW && this.length < limit) {
      this.#readRow();
      this.length++;
      code = c._sqlite3_step(statement);
    }
    return code;
  }

  /** The columns read so far, packed texts as a buffer; the reader starts over with none. */
  take(): readonly (ColumnData | ArrayBuffer)[] {
    const columns = this.#columns;
    this.#columns = this.#kinds.map(() => []);
    const packs = this.length >= WORTH_PACKING;
    this.length = 0;
    return columns.map((values, index) => {
      const kind = this.#kinds[index]!;
      if (kind === PACKED) return packs ? packing[index]!.take() : packing[index]!.takeTexts();
      return packs ? pack(values, kind) : values;
    });
  }

  #readRow(): void {
    const engine = this.#engine;
    const { c, heap } = engine;
    const statement = this.#statement;
    const kinds = this.#kinds;
    const columns = this.#columns;
    for (let i = 0; i < kinds.length; i++) {
      const values = columns[i]!;
      switch (kinds[i]) {
        case NUMBER: {
          const number = c._sqlite3_column_double(statement, i);
          values.push(number === 0 ? readZero(engine, statement, i) : number);
          break;
        }
        case STRING: {
          const pointer = c._sqlite3_column_text(statement, i);
          values.push(pointer === 0 ? null : readText(heap.u8, pointer, c._sqlite3_column_bytes(statement, i)));
          break;
        }
        case PACKED: {
          const pointer = c._sqlite3_column_text(statement, i);
          if (pointer === 0) packing[i]!.addNull();
          else packing[i]!.add(heap.u8, pointer, c._sqlite3_column_bytes(statement, i));
          break;
        }
        case EXACT:
          values.push(readExact(engine, statement, i));
          break;
        case BIG:
          values.push(readBig(engine, statement, i));
          break;
        default:
          values.push(readAny(engine, statement, i));
      }
    }
  }
}

/** As a typed array, which goes to another thread without a copy, when all values are numbers. */
function pack(values: DriverValue[], kind: number): ColumnData {
  if (kind !== NUMBER && kind !== EXACT) return values;
  for (let i = 0; i < values.length; i++) if (typeof values[i] !== 'number') return values;
  return new Float64Array(values as number[]);
}

/** What is behind a zero: SQLite also gives 0 for NULL, and for text and blobs in a column that should hold numbers. */
function readZero(engine: Engine, statement: number, index: number): DriverValue {
  const type = engine.c._sqlite3_column_type(statement, index);
  return type === INTEGER || type === FLOAT
    ? engine.c._sqlite3_column_double(statement, index)
    : readTyped(engine, statement, index, type);
}

/** A whole number of up to 64 bits: a bigint where a double is not exact. */
function readExact(engine: Engine, statement: number, index: number): DriverValue {
  const number = engine.c._sqlite3_column_double(statement, index);
  if (number === 0) return readZero(engine, statement, index);
  if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return number;
  return readTyped(engine, statement, index, engine.c._sqlite3_column_type(statement, index));
}

function readBig(engine: Engine, statement: number, index: number): DriverValue {
  const value = readExact(engine, statement, index);
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}

function readAny(engine: Engine, statement: number, index: number): DriverValue {
  return readTyped(engine, statement, index, engine.c._sqlite3_column_type(statement, index));
}

function readTyped({ c, heap }: Engine, statement: number, index: number, type: number): DriverValue {
  switch (type) {
    case INTEGER: {
      const number = c._sqlite3_column_double(statement, index);
      if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return number;
      const pointer = c._sqlite3_column_text(statement, index);
      return BigInt(readText(heap.u8, pointer, c._sqlite3_column_bytes(statement, index)));
    }
    case FLOAT:
      return c._sqlite3_column_double(statement, index);
    case TEXT: {
      const pointer = c._sqlite3_column_text(statement, index);
      return readText(heap.u8, pointer, c._sqlite3_column_bytes(statement, index));
    }
    case BLOB: {
      const pointer = c._sqlite3_column_blob(statement, index);
      return heap.u8.slice(pointer, pointer + c._sqlite3_column_bytes(statement, index));
    }
    default:
      return null;
  }
}
