/** JavaScript values as Postgres takes them, and back. */
import type { ColumnType, CommonTypeName } from '../../ast/type.ts';
import { DataError } from '../../errors.ts';
import { encodeDate, encodeTime, timestampCodec, validDate } from '../dates.ts';
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
import { decodeDateTime, decodeTime, encodeDateTime } from './dates.ts';
import { decimalCodec } from './decimal.ts';
import { extensionCodec, isPostgresType } from './extension-codec.ts';

const text: Encode = (value) => {
  const encoded = encodeText(value);
  if (encoded.includes('\0'))
    throw new DataError('The text has the character NUL, which Postgres keeps in no text: use a BlobField');
  return encoded;
};

// As other engines have no sign of zero, it has none here.
const double: Encode = (value) => (typeof value === 'number' ? value + 0 : refuse(value, 'a number'));

const boolean: Encode = (value) => (typeof value === 'boolean' ? value : refuse(value, 'a boolean'));

/** A value without a type: what it is follows from where it stands, and from its own JavaScript type. */
const any: Encode = (value) => {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      return value + 0;
    case 'boolean':
      return value;
    case 'bigint':
      return encodeBigint(value);
  }
  if (value instanceof Date) return encodeDateTime(value);
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return encodeBlob(value);
  return refuse(value, 'null, a boolean, number, bigint, string, Date or Uint8Array');
};

const TEXT = codec('text', text);
const INTEGER = codec('integer', encodeInteger);
const BIGINT = codec('bigint', encodeBigint);
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
  // Postgres fills it up with blanks.
  fixedchar: codec('text', text, (value) => String(value).replace(/ +$/, '')),
  text: TEXT,
  boolean: codec('any', boolean),
  blob: codec('blob', encodeBlob),
  uuid: codec('text', encodeUuid),
  binaryuuid: codec('blob', encodeUuidBytes, decodeUuidBytes),
  datetime: DATE_TIME,
  datetimetz: DATE_TIME,
  date: codec('text', encodeDate),
  time: codec('text', encodeTime, decodeTime),
  json: JSON_TEXT,
  jsonb: JSON_TEXT,
  any: codec('any', any),
};

const made = new WeakMap<ColumnType, Codec>();

/** How values of this type are kept. */
export function postgresCodec(type: ColumnType): Codec {
  if (isPostgresType(type)) return extensionCodec(type, postgresCodec);
  if (type.name !== 'decimal' && type.name !== 'timestamp') return CODECS[type.name as keyof typeof CODECS];
  let found = made.get(type);
  if (!found)
    made.set(type, (found = type.name === 'decimal' ? decimalCodec(type) : timestampCodec(type.resolution ?? 1, validDate)));
  return found;
}
