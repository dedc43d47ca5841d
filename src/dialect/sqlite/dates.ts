/** Points in time, dates and times of day as SQLite keeps them: text that its date functions read and that sorts. */
// As peewee writes them: 'YYYY-MM-DD HH:MM:SS', and six more digits when there is a fraction of a second. Always UTC:
// a page knows no other zone that all its users share, and text of different zones would not sort.
import { DataError } from '../../errors.ts';
import { describe, readDigits, two, twoDigits, validDate } from '../dates.ts';

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
  const year = validDate(value).getUTCFullYear();
  if (year < 0 || year > 9999) throw new DataError(`The year ${year} is not between 0 and 9999`);
  return value as Date;
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
  const ms = text.length === 26 ? twoDigits(text, 20) * 10 + Math.floor(twoDigits(text, 22) / 10) : 0;
  return readDigits(text, ms);
}

function offsetOf(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
