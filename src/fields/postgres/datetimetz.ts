/** A field that holds points in time for a server that knows time zones. */
import type { Expr, Operand, Typing } from '../../query/expr.ts';
import { nodeOf, operand, Term } from '../../query/term.ts';
import type { Interval } from '../../util/interval.ts';
import { type DateParts, dateParts } from '../datetime.ts';
import { defineField } from '../define-field.ts';
import type { Scalar, WithOps } from '../types.ts';
import { INTERVAL, type IntervalExpr, intervalOperators } from './interval.ts';
import { literal, operation, withOperators } from './operation.ts';

/** Operators of points in time. Postgres: "Date/Time Functions and Operators". */
export interface InstantOps extends DateParts {
  /** Later by that long. */
  add(rhs: Operand<Interval>): InstantExpr;
  /** Points in time do not add up: give an interval. */
  add(this: never, rhs: Operand<Date>): Expr<Date>;
  /** Earlier by that long. */
  sub(rhs: Operand<Interval>): InstantExpr;
  /** Use `since` for the time between two points. */
  sub(this: never, rhs: Operand<Date>): Expr<Date>;
  /** The time from another point to this one. */
  since(rhs: Operand<Date>): IntervalExpr;
  /** What clocks show there at that time, as a date without a zone: `Event.at.atTimeZone('Europe/Paris')`. */
  atTimeZone(zone: string): Expr<Date>;
}

/** A point in time as an expression. */
export type InstantExpr = WithOps<Expr<Date>, InstantOps>;

const TYPE = { name: 'datetimetz' } as const;
const INSTANT: Typing = { type: TYPE };

/**
 * A point in time, as a Date, in a column that the engine shows in the session's time zone.
 * Where an engine knows no zones, it is kept as UTC. peewee: `DateTimeTZField`.
 */
export const DateTimeTZField: Scalar<Date, InstantOps> = /* @__PURE__ */ defineField<Date, InstantOps>({
  type: TYPE,
  operators: (column) => instantOperators(column) as InstantOps,
});

function instantOperators(column: Expr<unknown>): object {
  const left = nodeOf(column);
  const moved = (op: '+' | '-', by: unknown) =>
    withOperators(new Term<unknown>({ kind: 'binary', op, left, right: operand(by, INTERVAL) }, INSTANT), instantOperators);
  return {
    ...dateParts(column as Expr<Date>, TYPE),
    add: (by: unknown) => moved('+', by),
    sub: (by: unknown) => moved('-', by),
    since: (other: unknown) =>
      withOperators(
        new Term<unknown>({ kind: 'binary', op: '-', left, right: operand(other, INSTANT) }, INTERVAL),
        intervalOperators,
      ),
    atTimeZone: (zone: string) => operation('atTimeZone', { type: { name: 'datetime' } }, left, literal(zone)),
  };
}
