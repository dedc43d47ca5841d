/** JavaScript values as SQLite keeps them, and back. */
import type { ColumnType, CommonTypeName } from '../../ast/type.ts';
import { DataError, NotSupportedError } from '../../errors.ts';
import type { DriverValue } from '../../wire/statement.ts';
import type { Codec } from '../dialect.ts';
import { decodeDateTime, encodeDate, encodeDateTime, encodeTime, requireDate } from './dates.ts';
import { decimalCodec } from './decimal.ts';

type Encode = (value: NonNullable<unknown>) => DriverValue;

const INT64 = 2n ** 63n;

function codec(expect: Codec['expect'], encode: Encode, decode: Codec['decode'] = null): Codec {
  return { expect, encode: (value) => (value === null || value === undefined ? null : encode(value)), decode };
}

const integer: Encode = (value) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
  return bad(value, typeof value === 'number' || typeof value === 'bigint' ? 'a whole number below 2^53' : 'a whole number');
};

const smallint: Encode = (value) => {
  const number = integer(value) as number;
  return number >= -32768 && number <= 32767 ? number : bad(value, 'a whole number between -32768 and 32767');
};

// A double holds 53 bits and SQLite's binding in JavaScript has no other number: longer ones go as their digits,
// and the compiler makes an integer of them again (see `placeholder`).
const bigint: Encode = (value) => {
  const big = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof big !== 'bigint') return bad(value, 'a bigint');
  if (big >= INT64 || big < -INT64) return bad(value, 'a number of 64 bits');
  const number = Number(big);
  return Number.isSafeInteger(number) ? number : String(big);
};

// SQLite turns NaN into NULL without a word, and keeps no sign of zero.
const double: Encode = (value) => {
  if (typeof value !== 'number' || Number.isNaN(value)) return bad(value, 'a number');
  return value === 0 ? 0 : value;
};

const text: Encode = (value) => {
  if (typeof value !== 'string') return bad(value, 'a string');
  if (!isWellFormed(value)) throw new DataError('The text has half of a surrogate pair: it is not Unicode and cannot be kept');
  return value;
};

const boolean: Encode = (value) => (typeof value === 'boolean' ? Number(value) : bad(value, 'a boolean'));

const blob: Encode = (value) => {
  if (value instanceof Uint8Array) return value;
  return value instanceof ArrayBuffer ? new Uint8Array(value) : bad(value, 'a Uint8Array');
};

const json: Encode = (value) => {
  let result: string | undefined;
  try {
    result = JSON.stringify(value);
  } catch (cause) {
    throw new DataError('The value cannot be written as JSON', { cause });
  }
  return result === undefined ? bad(value, 'something JSON can hold') : result;
};

function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new DataError(`The column holds no JSON: ${value.slice(0, 100)}`, { cause });
  }
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

function hexOf(value: unknown): string {
  return typeof value === 'string' && UUID.test(value) ? value.replaceAll('-', '').toLowerCase() : bad(value, 'a UUID');
}

function hyphened(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A value without a type: kept as its own JavaScript type says. */
const any: Encode = (value) => {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      return double(value);
    case 'boolean':
      return Number(value);
    // Not as its digits: without a type, text would stay text.
    case 'bigint':
      return value >= INT64 || value < -INT64 ? bad(value, 'a number of 64 bits') : value;
  }
  if (value instanceof Date) return encodeDateTime(value);
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return blob(value);
  return bad(value, 'null, a boolean, number, bigint, string, Date or Uint8Array');
};

const TEXT = codec('text', text);
const INTEGER = codec('integer', integer);
const BIGINT = codec('bigint', bigint);
const DOUBLE = codec('number', double);
const DATE_TIME = codec('text', encodeDateTime, decodeDateTime);
const JSON_TEXT = codec('text', json, parseJson);

const CODECS: Readonly<Record<Exclude<CommonTypeName, 'decimal' | 'timestamp'>, Codec>> = {
  auto: INTEGER,
  integer: INTEGER,
  smallint: codec('integer', smallint),
  bigauto: BIGINT,
  bigint: BIGINT,
  float: DOUBLE,
  double: DOUBLE,
  char: TEXT,
  fixedchar: TEXT,
  text: TEXT,
  boolean: codec('number', boolean, (value) => value !== 0),
  blob: codec('blob', blob),
  uuid: codec(
    'text',
    (value) => hyphened(hexOf(value)),
    (value) => hyphened(hexOf(value)),
  ),
  binaryuuid: codec('blob', uuidBytes, (value) => hyphened(hexOfBytes(value))),
  datetime: DATE_TIME,
  // There is no session's time zone here: both are UTC.
  datetimetz: DATE_TIME,
  date: codec('text', encodeDate),
  time: codec('text', encodeTime),
  json: JSON_TEXT,
  jsonb: JSON_TEXT,
  any: codec('any', any),
};

const made = new WeakMap<ColumnType, Codec>();

/** How values of this type are kept. @throws NotSupportedError for a type of Postgres's own */
export function sqliteCodec(type: ColumnType): Codec {
  if (type.name !== 'decimal' && type.name !== 'timestamp') {
    const known = CODECS[type.name as keyof typeof CODECS] as Codec | undefined;
    if (!known) throw new NotSupportedError(`SQLite has no type "${type.name}"`);
    return known;
  }
  let found = made.get(type);
  if (!found) made.set(type, (found = type.name === 'decimal' ? decimalCodec(type) : timestampCodec(type.resolution ?? 1)));
  return found;
}

/** Whole ticks since 1970; what is between two ticks goes to the earlier one. */
function timestampCodec(resolution: number): Codec {
  // Multiplied or divided by a whole number of ticks per millisecond where there is one: exact.
  const perMs = resolution / 1000;
  const whole = Number.isInteger(perMs);
  return codec(
    'integer',
    (value) =>
      integer(whole ? requireDate(value).getTime() * perMs : Math.floor((requireDate(value).getTime() * resolution) / 1000)),
    (ticks) => new Date(whole ? Math.floor(Number(ticks) / perMs) : Math.floor((Number(ticks) * 1000) / resolution)),
  );
}

function uuidBytes(value: unknown): Uint8Array {
  const hex = hexOf(value);
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
}

function hexOfBytes(value: unknown): string {
  if (!(value instanceof Uint8Array)) return bad(value, 'a UUID of 16 bytes');
  return hexOf(Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

const isWellFormed: (value: string) => boolean =
  'isWellFormed' in String.prototype
    ? (value) => (value as string & { isWellFormed(): boolean }).isWellFormed()
    : (value) => !/\p{Surrogate}/u.test(value);

function bad(value: unknown, expected: string): never {
  const type =
    typeof value === 'object' && value !== null ? `an object of ${value.constructor?.name ?? 'no class'}` : typeof value;
  const shown =
    type === 'string'
      ? JSON.stringify((value as string).slice(0, 100))
      : type === 'number' || type === 'bigint'
        ? String(value)
        : type;
  throw new DataError(`Expected ${expected}, got ${shown}`);
}
