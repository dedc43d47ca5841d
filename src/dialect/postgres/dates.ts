/** Points in time and times of day as Postgres writes and reads them. */
// A point in time is sent with its zone, UTC: a `timestamp` leaves the zone out and keeps the digits, a `timestamptz`
// reads it, whatever the time zone of the session. So one text is right for both.
import { DataError } from '../../errors.ts';
import { describe, readDigits, two, validDate } from '../dates.ts';

/** A Date as text; years below 1 and above 9999 as Postgres writes them. @throws DataError when it is none */
export function encodeDateTime(value: unknown): string {
  const date = validDate(value);
  const year = date.getUTCFullYear();
  const ms = date.getUTCMilliseconds();
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0');
  const day = `${shown}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day} ${time}${ms === 0 ? '' : `.${String(ms).padStart(3, '0')}`}+00${year > 0 ? '' : ' BC'}`;
}

const DATE_TIME =
  /^(\d{4,6})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?)?( BC)?$/;

/** A `timestamp`, which holds UTC, a `timestamptz` or a `date`, as a Date. @throws DataError for infinity */
export function decodeDateTime(value: unknown): Date {
  if (typeof value === 'string') {
    const date = plainForm(value) ?? anyForm(value);
    if (date) return date;
  }
  throw new DataError(`${describe(value)} is no point in time that a Date can hold`);
}

/** 'YYYY-MM-DD HH:MM:SS', a fraction and '+00' as there are, read digit by digit: a result may have many thousands. */
function plainForm(text: string): Date | null {
  const end = text.endsWith('+00') ? text.length - 3 : text.length;
  if (end < 19 || end > 26 || end === 20 || text.charCodeAt(10) !== 0x20 || text.charCodeAt(4) !== 0x2d) return null;
  let ms = 0;
  if (end > 20) {
    // What looks like a long fraction may be a zone or an era.
    if (text.charCodeAt(19) !== 0x2e || !/^\d+$/.test(text.slice(20, end))) return null;
    ms = Number(text.slice(20, Math.min(end, 23)).padEnd(3, '0'));
  }
  return readDigits(text, ms);
}

function anyForm(text: string): Date | null {
  const found = DATE_TIME.exec(text);
  if (!found) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', sign, ...zone] = found;
  const date = new Date(0);
  date.setUTCFullYear(found[12] === undefined ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day));
  const [hours = '0', minutes = '0', seconds = '0'] = zone;
  const offset = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * (sign === '-' ? -1 : 1);
  // At once: what clocks show where the zone is ahead may be later than any Date.
  date.setUTCHours(Number(hour), Number(minute), Number(second) - offset, Number(fraction.padEnd(3, '0').slice(0, 3)));
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A time of day as `encodeTime` writes it: six digits after the point, or none. */
export function decodeTime(value: unknown): string {
  const text = String(value);
  return text.charAt(8) === '.' && text.length < 15 ? text.padEnd(15, '0') : text;
}
