/** Values as Postgres writes and reads them in text. */
import { DataError } from '../../errors.ts';
import type { DriverValue, Expect } from '../../wire/statement.ts';
import { BOOL, BYTEA, FLOAT4, FLOAT8, INT2, INT4, INT8, NUMERIC, OID } from './oids.ts';

/** A value as the text of a parameter. */
export function encodeParam(value: DriverValue): string | null {
  if (value === null) return null;
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 't' : 'f';
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return String(value);
    default:
      if (value instanceof Uint8Array) return `\\x${hex(value)}`;
      throw unbindable(value);
  }
}

/** @throws DataError always: what no parameter can be. */
export function unbindable(value: unknown): DataError {
  const type = typeof value === 'object' ? (value?.constructor?.name ?? 'object') : typeof value;
  return new DataError(`A value of type ${type} cannot be bound: null, boolean, number, bigint, string and Uint8Array can.`);
}

/** What reads a column of the type `oid` out of Postgres's text, never called with null. */
export function decoder(oid: number, expect: Expect = 'any'): (text: string) => DriverValue {
  switch (oid) {
    case BOOL:
      return (text) => text === 't';
    case INT2:
    case INT4:
    case OID:
      return expect === 'bigint' ? BigInt : Number;
    case INT8:
      return expect === 'bigint' ? BigInt : expect === 'number' ? Number : exact;
    case FLOAT4:
    case FLOAT8:
      return expect === 'bigint' ? big : Number;
    case NUMERIC:
      return expect === 'bigint' ? big : expect === 'integer' ? exact : expect === 'number' ? Number : String;
    case BYTEA:
      return unhex;
    default:
      return String;
  }
}

/** A number when that is exact, a bigint for a whole number beyond. */
export function exact(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) || !isWhole(text) ? number : BigInt(whole(text));
}

/** A bigint for a whole number, a number for any other. */
export function big(text: string): number | bigint {
  return isWhole(text) ? BigInt(whole(text)) : Number(text);
}

function isWhole(text: string): boolean {
  return /^-?\d+(\.0*)?$/.test(text);
}

function whole(text: string): string {
  const point = text.indexOf('.');
  return point < 0 ? text : text.slice(0, point);
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16);
  return text;
}

function unhex(text: string): Uint8Array {
  const bytes = new Uint8Array((text.length - 2) >> 1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i + 2, 2 * i + 4), 16);
  return bytes;
}
