/** Which codec a type has: the table all engines share, filled in with what each keeps in a way of its own. */
import type { ColumnType, CommonTypeName } from '../ast/type.ts';
import { encodeDate, encodeTime, timestampCodec } from './dates.ts';
import type { Codec } from './dialect.ts';
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
  encodeUuid,
  encodeUuidBytes,
  refuse,
} from './encode.ts';

/** Types with a codec that is the same for all columns. */
type PlainName = Exclude<CommonTypeName, 'decimal' | 'timestamp'>;
/** Types that no two engines keep alike; for any other an engine may say so. */
type OwnName = 'text' | 'bigint' | 'double' | 'boolean' | 'datetime';

/** What an engine keeps in a way of its own. */
export type OwnCodecs = Readonly<Record<OwnName, Codec> & Partial<Record<PlainName, Codec>>>;

/**
 * The codecs of an engine; undefined for a type that not all engines have.
 * `decimalOf` makes that of a decimal number with its digits; `dateOf` lets through points in time that the engine can hold.
 */
export function codecsOf(
  own: OwnCodecs,
  decimalOf: (type: ColumnType) => Codec,
  dateOf: (value: unknown) => Date,
): (type: ColumnType) => Codec | undefined {
  const { text, bigint, double, datetime } = own;
  const integer = codec('integer', encodeInteger);
  const json = codec('text', encodeJson, decodeJson);
  const codecs: Readonly<Record<PlainName, Codec>> = {
    auto: integer,
    integer,
    smallint: codec('integer', encodeSmallint),
    bigauto: bigint,
    float: double,
    char: text,
    fixedchar: text,
    blob: codec('blob', encodeBlob),
    uuid: codec('text', encodeUuid),
    binaryuuid: codec('blob', encodeUuidBytes, decodeUuidBytes),
    datetimetz: datetime,
    date: codec('text', encodeDate),
    time: codec('text', encodeTime),
    json,
    jsonb: json,
    any: codec('any', encodeAny(own)),
    ...own,
  };
  const made = new WeakMap<ColumnType, Codec>();
  return (type) => {
    if (type.name !== 'decimal' && type.name !== 'timestamp') return codecs[type.name as PlainName];
    let found = made.get(type);
    if (!found)
      made.set(type, (found = type.name === 'decimal' ? decimalOf(type) : timestampCodec(type.resolution ?? 1, dateOf)));
    return found;
  };
}

/** A value without a type: what it is follows from its own JavaScript type, and from where it stands. */
function encodeAny({ text, double, boolean, datetime }: OwnCodecs): Encode {
  return (value) => {
    switch (typeof value) {
      case 'string':
        return text.encode(value);
      case 'number':
        return double.encode(value);
      case 'boolean':
        return boolean.encode(value);
      // Never as its digits: without a type, text would stay text.
      case 'bigint':
        return encodeBigint(value);
    }
    if (value instanceof Date) return datetime.encode(value);
    if (value instanceof Uint8Array || value instanceof ArrayBuffer) return encodeBlob(value);
    return refuse(value, 'null, a boolean, number, bigint, string, Date or Uint8Array');
  };
}
