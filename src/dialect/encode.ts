/** JavaScript values as engines take them: what every codec does alike. Each throws DataError for what does not fit. */
import { DataError } from '../errors.ts';
import type { DriverValue } from '../wire/statement.ts';
import type { Codec } from './dialect.ts';

/** Makes one kind of value what an engine binds; never called with null. */
export type Encode = (value: NonNullable<unknown>) => DriverValue;

const INT64 = 2n ** 63n;

/** A codec of these conversions; null stays null. */
export function codec(expect: Codec['expect'], encode: Encode, decode: Codec['decode'] = null): Codec {
  return { expect, encode: (value) => (value === null || value === undefined ? null : encode(value)), decode };
}

/** A whole number that a double holds exactly. */
export function encodeInteger(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value + 0;
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
  return refuse(value, typeof value === 'number' || typeof value === 'bigint' ? 'a whole number below 2^53' : 'a whole number');
}

/** A whole number of 16 bits. */
export function encodeSmallint(value: unknown): number {
  const number = encodeInteger(value);
  return number >= -32768 && number <= 32767 ? number : refuse(value, 'a whole number between -32768 and 32767');
}

/** A whole number of 64 bits. */
export function encodeBigint(value: unknown): bigint {
  const big = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof big !== 'bigint') return refuse(value, 'a bigint');
  return big >= INT64 || big < -INT64 ? refuse(value, 'a number of 64 bits') : big;
}

/** Text that is Unicode. */
export function encodeText(value: unknown): string {
  if (typeof value !== 'string') return refuse(value, 'a string');
  if (!isWellFormed(value)) throw new DataError('The text has half of a surrogate pair: it is not Unicode and cannot be kept');
  return value;
}

/** Bytes. */
export function encodeBlob(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return value instanceof ArrayBuffer ? new Uint8Array(value) : refuse(value, 'a Uint8Array');
}

/** A value as JSON text. */
export function encodeJson(value: unknown): string {
  let result: string | undefined;
  try {
    result = JSON.stringify(value);
  } catch (cause) {
    throw new DataError('The value cannot be written as JSON', { cause });
  }
  return result === undefined ? refuse(value, 'something JSON can hold') : result;
}

/** JSON text as its value; what is no text stays. */
export function decodeJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new DataError(`The column holds no JSON: ${value.slice(0, 100)}`, { cause });
  }
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** A UUID in its usual form. */
export function encodeUuid(value: unknown): string {
  const hex = hexOf(value);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A UUID as 16 bytes. */
export function encodeUuidBytes(value: unknown): Uint8Array {
  const hex = hexOf(value);
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
}

/** 16 bytes as a UUID. */
export function decodeUuidBytes(value: unknown): string {
  if (!(value instanceof Uint8Array)) return refuse(value, 'a UUID of 16 bytes');
  return encodeUuid(Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

function hexOf(value: unknown): string {
  return typeof value === 'string' && UUID.test(value) ? value.replaceAll('-', '').toLowerCase() : refuse(value, 'a UUID');
}

const isWellFormed: (value: string) => boolean =
  'isWellFormed' in String.prototype
    ? (value) => (value as string & { isWellFormed(): boolean }).isWellFormed()
    : (value) => !/\p{Surrogate}/u.test(value);

/** @throws DataError always, saying what the value is and what it should be. */
export function refuse(value: unknown, expected: string): never {
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
