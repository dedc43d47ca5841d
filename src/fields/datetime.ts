/** Fields that hold points in time, dates and times of day, and the parts that queries can take of them. */
import type { DatePart } from '../ast/expression.ts';
import type { ColumnType } from '../ast/type.ts';
import type { Expr } from '../query/expr.ts';
import { nodeOf, Term } from '../query/term.ts';
import { defineField } from './define-field.ts';
import type { Scalar } from './types.ts';

/** Operators of dates: `Post.at.year.eq(2026)`. */
export interface DayParts<T> {
  /** With all its digits, in UTC as the other parts. */
  readonly year: Expr<number>;
  /** 1 to 12. */
  readonly month: Expr<number>;
  /** 1 to 31. */
  readonly day: Expr<number>;
  /** Everything below `part` set to its start. peewee: `truncate`. */
  truncate(part: 'year' | 'month' | 'day'): Expr<T>;
}
/** Operators of times of day. */
export interface ClockParts {
  /** 0 to 23, of a point in time in UTC. */
  readonly hour: Expr<number>;
  /** 0 to 59. */
  readonly minute: Expr<number>;
  /** 0 to 59; a fraction is left out. */
  readonly second: Expr<number>;
}
/** Operators of dates with a time. */
export interface DateParts extends DayParts<Date>, ClockParts {
  truncate(part: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'): Expr<Date>;
}

export interface TimestampOptions {
  /** Ticks per second: 1, 1,000 or 1,000,000, say; 1 unless told. */
  readonly resolution?: number;
}

/** A point in time, as a Date. */
export const DateTimeField: Scalar<Date, DateParts> = /* @__PURE__ */ defineField<Date, DateParts>({
  type: { name: 'datetime' },
  operators: (column) => dateParts(column, { name: 'datetime' }),
});
/** A date without a time, as a string: '2026-11-22'. A Date would shift with the time zone. */
export const DateField: Scalar<string, DayParts<string>> = /* @__PURE__ */ defineField<string, DayParts<string>>({
  type: { name: 'date' },
  operators: (column) => dayParts(column, { name: 'date' }),
});
/** A time of day, as a string: '17:22:00' or '17:22:00.123456'. */
export const TimeField: Scalar<string, ClockParts> = /* @__PURE__ */ defineField<string, ClockParts>({
  type: { name: 'time' },
  operators: (column) => clockParts(column, { name: 'time' }),
});
/** A point in time kept as a whole number of ticks since 1970, as a Date. */
export const TimestampField: Scalar<Date, DateParts, TimestampOptions> = /* @__PURE__ */ defineField<
  Date,
  DateParts,
  TimestampOptions
>({
  type: ({ resolution = 1 }) => ({ name: 'timestamp', resolution }),
  operators: (column) => {
    const type = (column as Term<Date>)['~typing'].type as ColumnType;
    return dateParts(column, type);
  },
});

/** The operators of a date with a time that is kept like this. */
export function dateParts(column: Expr<Date>, type: ColumnType): DateParts {
  return { ...dayParts(column, type), ...clockParts(column, type) };
}

function dayParts<T>(column: Expr<T>, type: ColumnType): DayParts<T> & { truncate(part: DatePart): Expr<T> } {
  return {
    year: part(column, type, 'year'),
    month: part(column, type, 'month'),
    day: part(column, type, 'day'),
    truncate: (to) => new Term<T>({ kind: 'truncate', part: to, operand: nodeOf(column), type }, { type }),
  };
}

function clockParts<T>(column: Expr<T>, type: ColumnType): ClockParts {
  return { hour: part(column, type, 'hour'), minute: part(column, type, 'minute'), second: part(column, type, 'second') };
}

function part(column: Expr<unknown>, type: ColumnType, name: DatePart): Expr<number> {
  return new Term<number>({ kind: 'datePart', part: name, operand: nodeOf(column), type }, { type: { name: 'integer' } });
}
