/** Decodes rows of Postgres's protocol straight into columns. */
import { PackedTexts } from '../../util/packed-texts.ts';
import { readText } from '../../util/utf8.ts';
import type { ColumnData, DriverValue, Expect, Rows } from '../../wire/statement.ts';
import { BOOL, BYTEA, FLOAT4, FLOAT8, INT2, INT4, INT8, NUMERIC, OID } from './oids.ts';
import { big, exact } from './values.ts';

/** The columns of a result, as a RowDescription gives them. */
export interface Description {
  readonly names: readonly string[];
  readonly types: readonly number[];
  /** The format of each column to ask for, as a Bind message ends with it; null where all come as text. */
  readonly formats: Uint8Array | null;
}

const TEXT = 0;
const PACKED = 1;
const LOGICAL = 2;
const SHORT = 3;
const INTEGER = 4;
const SHORT_BIG = 5;
const INTEGER_BIG = 6;
const UNSIGNED = 7;
const UNSIGNED_BIG = 8;
const LONG = 9;
const LONG_NUMBER = 10;
const LONG_BIG = 11;
const DOUBLE = 12;
const DOUBLE_BIG = 13;
const TEXT_NUMBER = 14;
const TEXT_EXACT = 15;
const TEXT_BIG = 16;
const BYTES = 17;
const TEXT_INTEGER = 18;
const TEXT_BYTES = 19;

/** By type: how a column is read when it is expected to be anything, 'number', 'integer' or 'bigint'. */
const KINDS: Readonly<Record<number, readonly [any: number, number: number, integer: number, bigint: number]>> = {
  [BOOL]: [LOGICAL, LOGICAL, LOGICAL, LOGICAL],
  [INT2]: [SHORT, SHORT, SHORT, SHORT_BIG],
  [INT4]: [INTEGER, INTEGER, INTEGER, INTEGER_BIG],
  [OID]: [UNSIGNED, UNSIGNED, UNSIGNED, UNSIGNED_BIG],
  [INT8]: [LONG, LONG_NUMBER, LONG, LONG_BIG],
  // Its text is the number that was meant; its bytes are one of 32 bits.
  [FLOAT4]: [TEXT_NUMBER, TEXT_NUMBER, TEXT_NUMBER, TEXT_BIG],
  [FLOAT8]: [DOUBLE, DOUBLE, DOUBLE, DOUBLE_BIG],
  [NUMERIC]: [TEXT, TEXT_NUMBER, TEXT_EXACT, TEXT_BIG],
  [BYTEA]: [BYTES, BYTES, BYTES, BYTES],
};
/** The same where a column comes as text that could have come in the binary format. */
const IN_TEXT: Readonly<Record<number, number>> = {
  [SHORT]: TEXT_INTEGER,
  [INTEGER]: TEXT_INTEGER,
  [UNSIGNED]: TEXT_INTEGER,
  [LONG]: TEXT_INTEGER,
  [LONG_NUMBER]: TEXT_NUMBER,
  [DOUBLE]: TEXT_NUMBER,
  [SHORT_BIG]: TEXT_BIG,
  [INTEGER_BIG]: TEXT_BIG,
  [UNSIGNED_BIG]: TEXT_BIG,
  [LONG_BIG]: TEXT_BIG,
  [DOUBLE_BIG]: TEXT_BIG,
  [BYTES]: TEXT_BYTES,
};
const EXPECTED: Readonly<Record<Expect, number>> = { any: 0, text: 0, blob: 0, number: 1, integer: 2, bigint: 3 };
/** Types that are had in Postgres's binary format: cheaper on both sides, and exact. */
const BINARY: ReadonlySet<number> = new Set([INT2, INT4, INT8, OID, FLOAT8, BYTEA]);

/** Below this many rows a typed array costs more than it saves. */
const WORTH_PACKING = 32;
const TWO_32 = 4_294_967_296;
/** The high words of 64-bit integers that a double holds exactly. */
const SAFE_HIGH = 0x1f_ffff;

const eight = new DataView(new ArrayBuffer(8));
const eightBytes = new Uint8Array(eight.buffer);
/** Where the texts of each column come together. Shared by all decoders: what one reads it takes before another one's turn. */
const packing: PackedTexts[] = [];

/** The formats to ask for: binary where that is cheaper. */
export function formatsOf(types: readonly number[]): Uint8Array {
  const formats = new Uint8Array(2 + 2 * types.length);
  formats[0] = types.length >> 8;
  formats[1] = types.length;
  for (let i = 0; i < types.length; i++) formats[3 + 2 * i] = BINARY.has(types[i]!) ? 1 : 0;
  return formats;
}

/** The rows of one statement, column by column, taken out in slices. */
export class RowDecoder {
  readonly #description: Description;
  readonly #kinds: readonly number[];
  #columns: DriverValue[][];
  /** Rows read and not yet taken. */
  length = 0;

  /** With `packed`, columns that are expected to be text are taken as bytes. */
  constructor(description: Description, expects: readonly Expect[] | undefined, packed: boolean) {
    this.#description = description;
    this.#kinds = description.types.map((type, index) => {
      const expect = expects?.[index] ?? 'any';
      const binary = KINDS[type]?.[EXPECTED[expect] ?? 0] ?? TEXT;
      const kind = description.formats === null ? (IN_TEXT[binary] ?? binary) : binary;
      if (kind !== TEXT || expect !== 'text' || !packed) return kind;
      packing[index] ??= new PackedTexts();
      // A decoder that failed may have left something.
      packing[index].clear();
      return PACKED;
    });
    this.#columns = this.#kinds.map(() => []);
  }

  /** Reads the row of a DataRow message whose body starts at `start`. */
  read(bytes: Uint8Array, start: number): void {
    const kinds = this.#kinds;
    const columns = this.#columns;
    let at = start + 2;
    for (let i = 0; i < kinds.length; i++) {
      const length = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      at += 4;
      const kind = kinds[i]!;
      if (length < 0) {
        if (kind === PACKED) packing[i]!.addNull();
        else columns[i]!.push(null);
        continue;
      }
      if (kind === TEXT) columns[i]!.push(readText(bytes, at, length));
      else if (kind === INTEGER) columns[i]!.push(int32(bytes, at));
      else if (kind === PACKED) packing[i]!.add(bytes, at, length);
      else columns[i]!.push(readValue(kind, bytes, at, length));
      at += length;
    }
    this.length++;
  }

  /** The rows read so far; the decoder starts over with none. */
  take(): Rows {
    const { names, types } = this.#description;
    const columns = this.#columns;
    const { length } = this;
    this.#columns = this.#kinds.map(() => []);
    this.length = 0;
    const packs = length >= WORTH_PACKING;
    const data = columns.map((values, index) => {
      const kind = this.#kinds[index]!;
      if (kind === PACKED) return packs ? packing[index]!.take() : packing[index]!.takeTexts();
      return packs && isNumeric(kind) ? pack(values) : values;
    });
    // Buffers are among the columns only where the statement asked for them.
    return { names, types, length, data: data as readonly ColumnData[] };
  }
}

function readValue(kind: number, bytes: Uint8Array, at: number, length: number): DriverValue {
  switch (kind) {
    case LOGICAL:
      return bytes[at] === 0x74;
    case SHORT:
      return int16(bytes, at);
    case SHORT_BIG:
      return BigInt(int16(bytes, at));
    case INTEGER_BIG:
      return BigInt(int32(bytes, at));
    case UNSIGNED:
      return int32(bytes, at) >>> 0;
    case UNSIGNED_BIG:
      return BigInt(int32(bytes, at) >>> 0);
    case LONG:
      return int64(bytes, at);
    case LONG_NUMBER:
      return Number(int64(bytes, at));
    case LONG_BIG:
      return BigInt(int64(bytes, at));
    case DOUBLE:
      return float64(bytes, at);
    case DOUBLE_BIG: {
      const number = float64(bytes, at);
      return Number.isInteger(number) ? BigInt(number) : number;
    }
    case BYTES:
      return bytes.slice(at, at + length);
    case TEXT_INTEGER:
      return textInteger(bytes, at, length);
    case TEXT_BYTES:
      return unhex(bytes, at, length);
    default:
      return readNumeral(kind, readText(bytes, at, length));
  }
}

function readNumeral(kind: number, text: string): number | bigint {
  if (kind === TEXT_NUMBER) return Number(text);
  return kind === TEXT_EXACT ? exact(text) : big(text);
}

/** Digits: so few of them are exact. */
const FEW = 15;

function textInteger(bytes: Uint8Array, start: number, length: number): number | bigint {
  if (length > FEW) return exact(readText(bytes, start, length));
  const isNegative = bytes[start] === 0x2d;
  let value = 0;
  for (let at = isNegative ? start + 1 : start; at < start + length; at++) value = value * 10 + bytes[at]! - 0x30;
  return isNegative ? -value : value;
}

/** Bytes as `\\x` and their digits. */
function unhex(bytes: Uint8Array, start: number, length: number): Uint8Array {
  const digit = (code: number): number => (code > 0x60 ? code - 0x57 : code - 0x30);
  return Uint8Array.from({ length: (length - 2) >> 1 }, (_, i) => {
    const at = start + 2 + 2 * i;
    return (digit(bytes[at]!) << 4) | digit(bytes[at + 1]!);
  });
}

function int16(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) >> 16) | bytes[at + 1]!;
}

function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function int64(bytes: Uint8Array, at: number): number | bigint {
  const high = int32(bytes, at);
  const low = int32(bytes, at + 4) >>> 0;
  // The lowest of all with this high word is one below what a double may hold: -2^53.
  if (high <= SAFE_HIGH && (high > -SAFE_HIGH - 1 || (high === -SAFE_HIGH - 1 && low !== 0))) return high * TWO_32 + low;
  return (BigInt(high) << 32n) | BigInt(low);
}

function float64(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) eightBytes[i] = bytes[at + i]!;
  return eight.getFloat64(0);
}

function isNumeric(kind: number): boolean {
  return (kind >= SHORT && kind <= TEXT_EXACT) || kind === TEXT_INTEGER;
}

/** As a typed array, which goes to another thread without a copy, when all values are numbers. */
function pack(values: DriverValue[]): ColumnData {
  for (let i = 0; i < values.length; i++) if (typeof values[i] !== 'number') return values;
  return new Float64Array(values as number[]);
}
