/** Points in time, dates and times of day, as far as engines agree on them. */
import { DataError } from '../errors.ts';
import type { Codec } from './dialect.ts';
import { codec, encodeInteger } from './encode.ts';

/** A number below 100 as two digits. */
export const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** Two digits as a number; NaN when they are none. */
export function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** 'YYYY-MM-DD HH:MM:SS' at the start of the text as a Date, read digit by digit; null when it is none, or in a year below 100. */
export function readDigits(text: string, ms: number): Date | null {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const time = Date.UTC(
    year,
    twoDigits(text, 5) - 1,
    twoDigits(text, 8),
    twoDigits(text, 11),
    twoDigits(text, 14),
    twoDigits(text, 17),
    ms,
  );
  // Date.UTC takes years below 100 for years of the twentieth century.
  return Number.isNaN(time) || year < 100 ? null : new Date(time);
}

/** A Date that is one. */
export function validDate(value: unknown): Date {
  if (!(value instanceof Date)) throw new DataError(`Expected a Date, got ${describe(value)}`);
  if (Number.isNaN(value.getTime())) throw new DataError('The Date is invalid');
  return value;
}

/** Whole ticks since 1970; what is between two ticks goes to the earlier one. */
export function timestampCodec(resolution: number, dateOf: (value: unknown) => Date): Codec {
  // Multiplied or divided by a whole number of ticks per millisecond where there is one: exact.
  const perMs = resolution / 1000;
  const whole = Number.isInteger(perMs);
  return codec(
    'integer',
    (value) => encodeInteger(whole ? dateOf(value).getTime() * perMs : Math.floor((dateOf(value).getTime() * resolution) / 1000)),
    (ticks) => new Date(whole ? Math.floor(Number(ticks) / perMs) : Math.floor((Number(ticks) * 1000) / resolution)),
  );
}

/** 'YYYY-MM-DD' of a day that exists. */
export function encodeDate(value: unknown): string {
  const [, year, month, day] = (typeof value === 'string' && /^(\d{4})-(\d\d)-(\d\d)$/.exec(value)) || [];
  const last = year === undefined ? 0 : new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > last) bad(value, "a date such as '2026-11-22'");
  if (day === undefined) bad(value, "a date such as '2026-11-22'");
  return value as string;
}

/** 'HH:MM:SS', with six more digits when there is a fraction. */
export function encodeTime(value: unknown): string {
  const found = typeof value === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?$/.exec(value) : null;
  if (!found) return bad(value, "a time such as '17:22:00' or '17:22:00.123456'");
  const [, hour, minute, second = '00', fraction = ''] = found;
  const time = `${hour}:${minute}:${second}`;
  return /[1-9]/.test(fraction) ? `${time}.${fraction.padEnd(6, '0')}` : time;
}

function bad(value: unknown, what: string): never {
  throw new DataError(`Expected ${what}, got ${describe(value)}`);
}

/** A value for a message. */
export function describe(value: unknown): string {
  if (value instanceof Date) return 'a Date';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
