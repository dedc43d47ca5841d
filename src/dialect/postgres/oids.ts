/** What columns hold of which only Postgres's number for their type is known: results of raw SQL and of any function. */
import type { Codec } from '../dialect.ts';
import { decodeJson } from '../encode.ts';
import { parseArray } from './array.ts';
import { decodeDateTime, decodeTime } from './dates.ts';
import { parseInterval } from './interval.ts';

type Read = (text: string) => unknown;

const integer: Read = (text) => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
};
const boolean: Read = (text) => text === 't';
const bytes: Read = (text) => Uint8Array.from(text.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const text: Read = (value) => value;
/** A timestamp may be infinite, and then stays text. */
const time: Read = (value) => (value.endsWith('infinity') ? value : decodeDateTime(value));

/** Types whose text means something in JavaScript, and that a driver leaves as text. Numeric stays: a double would round it. */
const SCALARS: ReadonlyMap<number, Read> = new Map([
  [114, decodeJson], // json
  [3802, decodeJson], // jsonb
  [1083, decodeTime], // time
  [1114, time], // timestamp
  [1184, time], // timestamptz
  [1186, parseInterval], // interval
]);

/** Arrays, by how an element is read. */
const ARRAYS: ReadonlyMap<number, Read> = new Map([
  [199, decodeJson], // json[]
  [1000, boolean], // bool[]
  [1001, bytes], // bytea[]
  [1002, text], // "char"[]
  [1003, text], // name[]
  [1005, Number], // int2[]
  [1007, Number], // int4[]
  [1009, text], // text[]
  [1014, text], // bpchar[]
  [1015, text], // varchar[]
  [1016, integer], // int8[]
  [1021, Number], // float4[]
  [1022, Number], // float8[]
  [1028, Number], // oid[]
  [1115, time], // timestamp[]
  [1182, text], // date[]
  [1183, decodeTime], // time[]
  [1185, time], // timestamptz[]
  [1187, parseInterval], // interval[]
  [1231, text], // numeric[]
  [2951, text], // uuid[]
  [3807, decodeJson], // jsonb[]
]);

/** What reads a value of the type `oid`; null when it can be used as it comes. */
export function decoderOf(oid: number): Codec['decode'] {
  const scalar = SCALARS.get(oid);
  if (scalar) return (value) => (typeof value === 'string' ? scalar(value) : value);
  const element = ARRAYS.get(oid);
  return element ? (value) => (typeof value === 'string' ? parseArray(value, element) : value) : null;
}
