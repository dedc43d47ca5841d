/** Lengths of time as the text Postgres writes and reads: `1 year 2 mons -3 days +04:05:06.789`. */
import { DataError } from '../../errors.ts';
import type { Interval } from '../../util/interval.ts';

const POSTGRES =
  /^(?:([+-]?\d+) years?)? ?(?:([+-]?\d+) mons?)? ?(?:([+-]?\d+) days?)? ?(?:([+-]?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?$/;
const ISO =
  /^P(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)D)?(?:T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?)(\d+)(?:\.(\d{1,6}))?S)?)?$/;
const HOUR = 3_600_000_000;
const MINUTE = 60_000_000;
const SECOND = 1_000_000;

/** Reads what Postgres wrote in the styles `postgres` and `iso_8601`. @throws DataError for what a number cannot hold */
export function parseInterval(text: string): Interval {
  const found = text === '' ? null : (POSTGRES.exec(text) ?? ISO.exec(text));
  if (!found) throw new DataError(`${text.slice(0, 100)} is no interval that can be read: set intervalstyle to postgres`);
  const [, years = '0', months = '0', days = '0'] = found;
  const microseconds = text.startsWith('P') ? isoTime(found) : clockTime(found);
  if (!Number.isSafeInteger(microseconds)) throw new DataError(`${text} is longer than a number of microseconds can say`);
  return { months: Number(years) * 12 + Number(months), days: Number(days), microseconds };
}

function clockTime([, , , , sign, hours = '0', minutes = '0', seconds = '0', fraction = '']: RegExpExecArray): number {
  return signed(sign, Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND + micros(fraction));
}

function isoTime([, , , , hours = '0', minutes = '0', sign, seconds = '0', fraction = '']: RegExpExecArray): number {
  return Number(hours) * HOUR + Number(minutes) * MINUTE + signed(sign, Number(seconds) * SECOND + micros(fraction));
}

function micros(fraction: string): number {
  return Number(fraction.padEnd(6, '0'));
}

function signed(sign: string | undefined, value: number): number {
  return sign === '-' && value !== 0 ? -value : value;
}

const INT32 = 2 ** 31;

/** Writes an interval in words that every server reads, whatever its style. @throws DataError when it is none */
export function intervalText(value: unknown): string {
  const { months, days, microseconds } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Interval>;
  if (!isInt32(months) || !isInt32(days) || !Number.isSafeInteger(microseconds))
    throw new DataError(
      'Expected an interval: { months, days, microseconds }, all whole numbers, as interval({ hours: 2 }) makes it',
    );
  return `${months} mons ${days} days ${microseconds} microseconds`;
}

function isInt32(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= -INT32 && (value as number) < INT32;
}
