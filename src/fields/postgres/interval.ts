/** A field that holds lengths of time, and how they are said. */
import { DataError } from '../../errors.ts';
import type { Expr, Operand, Typing } from '../../query/expr.ts';
import { nodeOf, operand, Term } from '../../query/term.ts';
import type { Interval } from '../../util/interval.ts';
import { defineField } from '../define-field.ts';
import type { Scalar, WithOps } from '../types.ts';
import { DOUBLE, operation, withOperators } from './operation.ts';

/** A length of time in everyday units; those left out are 0, any may be negative. */
export interface IntervalParts {
  /** 12 months each. */
  readonly years?: number;
  /** Kept apart from days: they differ in length. */
  readonly months?: number;
  /** 7 days each. */
  readonly weeks?: number;
  /** Kept apart from hours: some days have 23 or 25. */
  readonly days?: number;
  /** 60 minutes each. */
  readonly hours?: number;
  /** 60 seconds each. */
  readonly minutes?: number;
  /** With a fraction where there is one: `1.5`. */
  readonly seconds?: number;
  /** A thousandth of a second each. */
  readonly milliseconds?: number;
  /** A millionth of a second each, the finest there is. */
  readonly microseconds?: number;
}

const ISO =
  /^([+-])?P(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)W)?(?:([+-]?\d+)D)?(?:T(?=[+\-\d])(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+)(?:[.,](\d{1,6}))?S)?)?$/;

/**
 * A length of time: `interval({ hours: 2 })`, or as ISO 8601 writes it: `interval('P1Y2M10DT2H30M')`.
 * Months, days and microseconds stay apart, as in Postgres: a month is not 30 days, nor a day always 24 hours.
 *
 * @throws DataError for another text, and for fractions of anything but seconds
 */
export function interval(length: IntervalParts | string): Interval {
  const { years = 0, months = 0, weeks = 0, days = 0, ...time } = typeof length === 'string' ? parse(length) : length;
  const { hours = 0, minutes = 0, seconds = 0, milliseconds = 0, microseconds = 0 } = time;
  const result: Interval = {
    months: years * 12 + months,
    days: weeks * 7 + days,
    microseconds: (hours * 3600 + minutes * 60) * 1e6 + Math.round(seconds * 1e6) + Math.round(milliseconds * 1e3) + microseconds,
  };
  if (!Object.values(result).every(Number.isSafeInteger))
    throw new DataError('Months, days and microseconds of an interval are whole numbers that a double holds exactly');
  return result;
}

function parse(text: string): IntervalParts {
  const found = ISO.exec(text);
  if (!found || /[PT]$/.test(text)) throw new DataError(`Expected an interval such as 'P1DT2H', got ${JSON.stringify(text)}`);
  const [, sign, years, months, weeks, days, hours, minutes, seconds = '0', fraction = ''] = found;
  const all = sign === '-' ? -1 : 1;
  const whole = (digits = '0'): number => all * Number(digits) + 0;
  const micros = (seconds.startsWith('-') ? -1 : 1) * Number(fraction.padEnd(6, '0'));
  return {
    years: whole(years),
    months: whole(months),
    weeks: whole(weeks),
    days: whole(days),
    hours: whole(hours),
    minutes: whole(minutes),
    seconds: whole(seconds),
    microseconds: all * micros + 0,
  };
}

/** A length of time as ISO 8601 writes it: 'P1Y2M10DT2H30M'. */
export function isoInterval({ months, days, microseconds }: Interval): string {
  const years = Math.trunc(months / 12);
  const minutes = Math.trunc(microseconds / 60e6);
  const hours = Math.trunc(minutes / 60);
  const micros = microseconds - minutes * 60e6;
  const digits = String(Math.abs(micros)).padStart(7, '0');
  const seconds = `${micros < 0 ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '');
  const part = (amount: number, unit: string): string => (amount === 0 ? '' : `${amount}${unit}`);
  const day = part(years, 'Y') + part(months - years * 12, 'M') + part(days, 'D');
  const time = part(hours, 'H') + part(minutes - hours * 60, 'M') + (micros === 0 ? '' : `${seconds}S`);
  return day + time === '' ? 'PT0S' : `P${day}${time && 'T'}${time}`;
}

/** Operators of lengths of time. */
export interface IntervalOps {
  /** Both one after the other: months, days and microseconds each added up. */
  add(rhs: Operand<Interval>): IntervalExpr;
  /** That much less, part by part; it may become negative. */
  sub(rhs: Operand<Interval>): IntervalExpr;
  /** That many times as long. */
  mul(rhs: Operand<number>): IntervalExpr;
  /** Lengths of time do not multiply: give a number. */
  mul(this: never, rhs: Operand<Interval>): Expr<Interval>;
  /** That part of it. */
  div(rhs: Operand<number>): IntervalExpr;
  /** Lengths of time do not divide: give a number. */
  div(this: never, rhs: Operand<Interval>): Expr<Interval>;
  /** How many seconds it is, taking a day for 24 hours, a month for 30 days and a year for 365.25. */
  seconds(): Expr<number>;
}

/** A length of time as an expression. */
export type IntervalExpr = WithOps<Expr<Interval>, IntervalOps>;

/** How intervals are kept. */
export const INTERVAL: Typing = { type: { name: 'interval' } };

/**
 * A length of time: `interval({ hours: 2 })`. peewee: `IntervalField`, whose `timedelta` has no months.
 *
 * @example
 * class Film extends Model.define('film', { title: CharField(), runs: IntervalField() }) {}
 * await Film.select().where(Film.runs.gt(interval({ hours: 2 })));
 */
export const IntervalField: Scalar<Interval, IntervalOps> = /* @__PURE__ */ defineField<Interval, IntervalOps>({
  type: { name: 'interval' },
  operators: (column) => intervalOperators(column) as IntervalOps,
});

/** The operators of an expression whose values are intervals. */
export function intervalOperators(column: Expr<unknown>): object {
  const left = nodeOf(column);
  const calculated = (op: '+' | '-' | '*' | '/', typing: Typing) => (rhs: unknown) =>
    withOperators(new Term<unknown>({ kind: 'binary', op, left, right: operand(rhs, typing) }, INTERVAL), intervalOperators);
  return {
    add: calculated('+', INTERVAL),
    sub: calculated('-', INTERVAL),
    mul: calculated('*', DOUBLE),
    div: calculated('/', DOUBLE),
    seconds: () => operation('seconds', DOUBLE, left),
  };
}
