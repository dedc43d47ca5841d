/** How values of the types that only Postgres has are kept, and what the types are called. */
import type { ColumnType } from '../../ast/type.ts';
import { DataError } from '../../errors.ts';
import type { DriverValue } from '../../wire/statement.ts';
import type { Codec } from '../dialect.ts';
import { arrayText, parseArray } from './array.ts';
import { hstoreText, parseHstore } from './hstore.ts';
import { intervalText, parseInterval } from './interval.ts';
import { parseRange, rangeText, rangeTypeName } from './range.ts';
import { parseVector, vectorText } from './vector.ts';

const TEXT: ColumnType = { name: 'text' };

type CodecOf = (type: ColumnType) => Codec;

const made = new WeakMap<ColumnType, Codec>();

/** The codec of such a type; `codecOf` gives those of the types inside it. */
export function extensionCodec(type: ColumnType, codecOf: CodecOf): Codec {
  let found = made.get(type);
  if (!found) made.set(type, (found = makeCodec(type, codecOf)));
  return found;
}

function makeCodec(type: ColumnType, codecOf: CodecOf): Codec {
  switch (type.name) {
    case 'array':
      return arrayCodec(type, codecOf);
    case 'range': {
      const { toText, fromText } = type.element?.name === 'decimal' ? NUMERIC : inside(type.element ?? TEXT, codecOf);
      return textCodec(
        (value) => rangeText(value, toText),
        (text) => parseRange(text, fromText),
      );
    }
    case 'interval':
      return textCodec(intervalText, parseInterval);
    case 'hstore': {
      const { toText } = inside(TEXT, codecOf);
      return textCodec((value) => hstoreText(value, toText), parseHstore);
    }
    case 'vector':
      return textCodec((value) => vectorText(value, type), parseVector);
    default:
      return codecOf(TEXT);
  }
}

function textCodec(encode: (value: unknown) => string, decode: (text: string) => unknown): Codec {
  return {
    expect: 'text',
    encode: (value) => (value === null || value === undefined ? null : encode(value)),
    decode: (value) => decode(String(value)),
  };
}

function arrayCodec({ element = TEXT, dimensions = 1 }: ColumnType, codecOf: CodecOf): Codec {
  const { toText, fromText } = inside(element, codecOf);
  return textCodec(
    (value) => arrayText(value, dimensions, toText),
    (text) => {
      const items = parseArray(text, fromText);
      if (items.length > 0 && depthOf(text) !== dimensions)
        throw new DataError(`The table holds an array ${depthOf(text)} deep, the field says ${dimensions}`);
      return items;
    },
  );
}

/** Braces open one after the other, as deep as the array goes. */
function depthOf(text: string): number {
  const start = text.startsWith('[') ? text.indexOf('=') + 1 : 0;
  let depth = 0;
  while (text[start + depth] === '{') depth++;
  return depth;
}

interface Inside {
  readonly toText: (value: unknown) => string;
  readonly fromText: (text: string) => unknown;
}

/** Decimal numbers of any digits. */
const NUMERIC: Inside = {
  toText(value) {
    const text = String(value);
    if (typeof value === 'object' || !/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,4})?$/i.test(text))
      throw new DataError(`Expected a decimal number as a string, got ${JSON.stringify(text)}`);
    return text;
  },
  fromText: (text) => text,
};

/** The text of values inside other values. */
function inside(type: ColumnType, codecOf: CodecOf): Inside {
  const codec = codecOf(type);
  const read = reader(type, codec);
  const { decode } = codec;
  return {
    toText: (value) => textOf(codec.encode(value)),
    fromText: decode === null ? read : (text) => decode(read(text)),
  };
}

/** What a driver makes of the text of a column that is expected to hold this. */
function reader(type: ColumnType, { expect }: Codec): (text: string) => Exclude<DriverValue, null> {
  if (type.name === 'boolean') return (text) => text === 't';
  switch (expect) {
    case 'number':
      return Number;
    case 'bigint':
      return BigInt;
    case 'integer':
      return (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text));
    case 'blob':
      return bytesOf;
    default:
      return (text) => text;
  }
}

/** A bound value as the text that Postgres reads. */
function textOf(value: DriverValue): string {
  if (value === null) throw new DataError('undefined is no value for SQL: use null');
  if (value instanceof Uint8Array) return `\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  return typeof value === 'boolean' ? (value ? 't' : 'f') : String(value);
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 + at * 2, 4 + at * 2), 16);
  return bytes;
}

/** The name of such a type; `nameOf` gives those of the types inside it. */
export function extensionTypeName(type: ColumnType, nameOf: (type: ColumnType) => string): string {
  switch (type.name) {
    case 'array':
      return nameOf(type.element ?? TEXT) + '[]'.repeat(type.dimensions ?? 1);
    case 'range':
      return rangeTypeName(type.element ?? TEXT);
    case 'vector':
      return type.dimensions === undefined ? 'vector' : `vector(${type.dimensions})`;
    default:
      return type.name;
  }
}
