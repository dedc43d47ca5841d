/** Points in time, dates and times of day as SQLite keeps them: text that its date functions read and that sorts. */
// As peewee writes them: 'YYYY-MM-DD HH:MM:SS', and six more digits when there is a fraction of a second. Always UTC:
// a page knows no other zone that all its users share, and text of different zones would not sort.
import { DataError } from '../../errors.ts';

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** A Date as text. @throws DataError when it is none, or out of range */
export function encodeDateTime(value: unknown): string {
  const date = requireDate(value);
  const year = date.getUTCFullYear();
  const ms = date.getUTCMilliseconds();
  const day = `${String(year).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return ms === 0 ? `${day} ${time}` : `${day} ${time}.${String(ms).padStart(3, '0')}000`;
}

/** A Date between the years 0 and 9999: what four digits of a year can say. */
export function requireDate(value: unknown): Date {
  if (!(value instanceof Date)) throw new DataError(`Expected a Date, got ${describe(value)}`);
  if (Number.isNaN(value.getTime())) throw new DataError('The Date is invalid');
  const year = value.getUTCFullYear();
  if (year < 0 || year > 9999) throw new DataError(`The year ${year} is not between 0 and 9999`);
  return value;
}

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/;

/** Text of a date and time as a Date; forms other programs write are read too. */
export function decodeDateTime(value: unknown): Date {
  const written = typeof value === 'string' ? ownForm(value) : null;
  if (written) return written;
  const found = typeof value === 'string' ? DATE_TIME.exec(value) : null;
  if (!found) throw new DataError(`${describe(value)} is no date and time that a DateTimeField reads`);
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = found;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.padEnd(3, '0').slice(0, 3)));
  if (zone !== undefined && zone !== 'Z') date.setTime(date.getTime() - offsetOf(zone));
  return date;
}

/** What `encodeDateTime` wrote, read digit by digit: a result may have many thousands. */
function ownForm(text: string): Date | null {
  if ((text.length !== 19 && text.length !== 26) || text.charCodeAt(10) !== 0x20) return null;
  const year = digits(text, 0) * 100 + digits(text, 2);
  const ms = text.length === 26 ? digits(text, 20) * 10 + Math.floor(digits(text, 22) / 10) : 0;
  const time = Date.UTC(year, digits(text, 5) - 1, digits(text, 8), digits(text, 11), digits(text, 14), digits(text, 17), ms);
  // Date.UTC takes years below 100 for years of the twentieth century.
  return Number.isNaN(time) || year < 100 ? null : new Date(time);
}

/** Two digits as a number; NaN when they are none. */
function digits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function offsetOf(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
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

function describe(value: unknown): string {
  if (value instanceof Date) return 'a Date';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
