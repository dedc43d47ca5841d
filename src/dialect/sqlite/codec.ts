/** JavaScript values as SQLite keeps them, and back. */
import type { ColumnType, CommonTypeName } from '../../ast/type.ts';
import { NotSupportedError } from '../../errors.ts';
import { encodeDate, encodeTime, timestampCodec } from '../dates.ts';
import type { Codec } from '../dialect.ts';
import {
  codec,
  decodeJson,
  decodeUuidBytes,
  type Encode,
  encodeBigint,
  encodeBlob,
  encodeInteger,
  encodeJson,
  encodeSmallint,
  encodeText,
  encodeUuid,
  encodeUuidBytes,
  refuse,
} from '../encode.ts';
import { decodeDateTime, encodeDateTime, requireDate } from './dates.ts';
import { decimalCodec } from './decimal.ts';

// A double holds 53 bits and SQLite's binding in JavaScript has no other number: longer ones go as their digits,
// and the compiler makes an integer of them again (see `placeholder`).
const bigint: Encode = (value) => {
  const big = encodeBigint(value);
  const number = Number(big);
  return Number.isSafeInteger(number) ? number : String(big);
};

// SQLite turns NaN into NULL without a word, and keeps no sign of zero.
const double: Encode = (value) => {
  if (typeof value !== 'number' || Number.isNaN(value)) return refuse(value, 'a number');
  return value === 0 ? 0 : value;
};

const boolean: Encode = (value) => (typeof value === 'boolean' ? Number(value) : refuse(value, 'a boolean'));

/** A value without a type: kept as its own JavaScript type says. */
const any: Encode = (value) => {
  switch (typeof value) {
    case 'string':
      return encodeText(value);
    case 'number':
      return double(value);
    case 'boolean':
      return Number(value);
    // Not as its digits: without a type, text would stay text.
    case 'bigint':
      return encodeBigint(value);
  }
  if (value instanceof Date) return encodeDateTime(value);
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return encodeBlob(value);
  return refuse(value, 'null, a boolean, number, bigint, string, Date or Uint8Array');
};

const TEXT = codec('text', encodeText);
const INTEGER = codec('integer', encodeInteger);
const BIGINT = codec('bigint', bigint);
const DOUBLE = codec('number', double);
const DATE_TIME = codec('text', encodeDateTime, decodeDateTime);
const JSON_TEXT = codec('text', encodeJson, decodeJson);

const CODECS: Readonly<Record<Exclude<CommonTypeName, 'decimal' | 'timestamp'>, Codec>> = {
  auto: INTEGER,
  integer: INTEGER,
  smallint: codec('integer', encodeSmallint),
  bigauto: BIGINT,
  bigint: BIGINT,
  float: DOUBLE,
  double: DOUBLE,
  char: TEXT,
  fixedchar: TEXT,
  text: TEXT,
  boolean: codec('number', boolean, (value) => value !== 0),
  blob: codec('blob', encodeBlob),
  uuid: codec('text', encodeUuid, encodeUuid),
  binaryuuid: codec('blob', encodeUuidBytes, decodeUuidBytes),
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
  if (!found)
    made.set(type, (found = type.name === 'decimal' ? decimalCodec(type) : timestampCodec(type.resolution ?? 1, requireDate)));
  return found;
}
