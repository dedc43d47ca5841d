/** Fields that hold ranges of numbers and times, and how ranges are said. */
import type { Expression } from '../../ast/expression.ts';
import type { EngineOp } from '../../ast/operator.ts';
import type { ColumnType } from '../../ast/type.ts';
import type { Expr, Operand, Typing } from '../../query/expr.ts';
import { isCompilable, nodeOf, operand } from '../../query/term.ts';
import type { Range } from '../../util/range.ts';
import { makeField } from '../define-field.ts';
import type { Field, FieldOptions, WithOps } from '../types.ts';
import { operation, TEXT, test, withOperators } from './operation.ts';

/**
 * From one value to another, null for no bound: `range(1, 10)` is 1 to 9, `range(1, 10, '[]')` is 1 to 10.
 * Ranges of whole numbers and dates come back with the bounds `[)`, whatever they were given with.
 */
export function range<T>(lower: T | null, upper: T | null, bounds: Range<T>['bounds'] = '[)'): Range<T> {
  const opening = lower === null ? '(' : bounds[0];
  const closing = upper === null ? ')' : bounds[1];
  return { lower, upper, bounds: `${opening}${closing}` as Range<T>['bounds'], empty: false };
}

/** The range that holds nothing. */
export const emptyRange: Range<never> = /* @__PURE__ */ Object.freeze({ lower: null, upper: null, bounds: '()', empty: true });

/** Operators of ranges of `T`. Postgres: "Range Functions and Operators". */
export interface RangeOps<T> {
  /** Holds this value, or all of this range. */
  contains(value: Operand<T> | Operand<Range<T>>): Expr<boolean>;
  /** Not for ranges. */
  contains(this: never, text: Operand<string>): Expr<boolean>;
  /** Lies wholly in another one. Postgres: `<@`. */
  containedBy(other: Operand<Range<T>>): Expr<boolean>;
  /** Has a value in common with another one. */
  overlaps(other: Operand<Range<T>>): Expr<boolean>;
  /** Ends before another one begins. Postgres: `<<`. */
  before(other: Operand<Range<T>>): Expr<boolean>;
  /** Begins after another one ends. Postgres: `>>`. */
  after(other: Operand<Range<T>>): Expr<boolean>;
  /** Does not reach beyond the end of another one. Postgres: `&<`. */
  notAfter(other: Operand<Range<T>>): Expr<boolean>;
  /** Does not begin before another one. Postgres: `&>`. */
  notBefore(other: Operand<Range<T>>): Expr<boolean>;
  /** Touches another one, with nothing between and nothing in common. Postgres: `-|-`. */
  adjacent(other: Operand<Range<T>>): Expr<boolean>;
  /** Everything in either; an error of the engine when there is a gap between. */
  union(other: Operand<Range<T>>): RangeExpr<T>;
  /** Everything in both. */
  intersection(other: Operand<Range<T>>): RangeExpr<T>;
  /** Everything in this one that is not in the other; an error of the engine when that is not one range. */
  difference(other: Operand<Range<T>>): RangeExpr<T>;
  /** The smallest range that holds both. */
  merge(other: Operand<Range<T>>): RangeExpr<T>;
  /** The lower bound; null when there is none. */
  lower(): Expr<T | null, T>;
  /** The upper bound; null when there is none. */
  upper(): Expr<T | null, T>;
  /** Whether it holds nothing at all. */
  isEmpty(): Expr<boolean>;
  /** Whether the bound itself belongs to the range. */
  lowerIncluded(): Expr<boolean>;
  /** Whether the upper bound belongs to the range; ranges of whole numbers and dates are kept without it. */
  upperIncluded(): Expr<boolean>;
  /** Whether there is no bound on that side. */
  lowerInfinite(): Expr<boolean>;
  /** Whether it goes on for ever. */
  upperInfinite(): Expr<boolean>;
}

/** A range as an expression. */
export type RangeExpr<T> = WithOps<Expr<Range<T>>, RangeOps<T>>;

/** A function that makes fields of ranges. */
export type RangeField<T> = <const O extends FieldOptions<Range<T>> = {}>(options?: O) => Field<Range<T>, O, RangeOps<T>>;

/** Ranges of whole numbers. Postgres: `int4range`. `index: true` makes a GiST index, as for all ranges. */
export const IntegerRangeField: RangeField<number> = /* @__PURE__ */ rangeField({ name: 'integer' });
/** Ranges of 64-bit whole numbers. Postgres: `int8range`. */
export const BigIntegerRangeField: RangeField<bigint> = /* @__PURE__ */ rangeField({ name: 'bigint' });
/** Ranges of exact decimal numbers, as strings. Postgres: `numrange`. */
export const DecimalRangeField: RangeField<string> = /* @__PURE__ */ rangeField({ name: 'decimal' });
/** Ranges of dates, as strings: `range('2026-11-22', '2026-11-29')`. Postgres: `daterange`. */
export const DateRangeField: RangeField<string> = /* @__PURE__ */ rangeField({ name: 'date' });
/** Ranges of points in time, as Dates, kept as UTC. Postgres: `tsrange`. */
export const DateTimeRangeField: RangeField<Date> = /* @__PURE__ */ rangeField({ name: 'datetime' });
/** Ranges of points in time, as Dates. Postgres: `tstzrange`. */
export const DateTimeTZRangeField: RangeField<Date> = /* @__PURE__ */ rangeField({ name: 'datetimetz' });

function rangeField<T>(element: ColumnType): RangeField<T> {
  const type: ColumnType = { name: 'range', element };
  return <const O extends FieldOptions<Range<T>> = {}>(options?: O) =>
    makeField<Range<T>, O, RangeOps<T>>(
      {
        type,
        index: { using: 'gist' },
        operators: (column) => rangeOperators(column, { type }, element) as RangeOps<T>,
      },
      options,
    );
}

function rangeOperators(column: Expr<unknown>, range: Typing, element: ColumnType): object {
  const node = nodeOf(column);
  // A bound has as many digits as it likes, which no decimal column has: it goes as its text.
  const isDecimal = element.name === 'decimal';
  const bound: Typing = isDecimal ? TEXT : { type: element };
  const inside = (value: unknown): Expression => {
    if (isRange(value)) return operand(value, range);
    return isDecimal && !isCompilable(value)
      ? { kind: 'cast', operand: operand(value, bound), type: 'numeric' }
      : operand(value, bound);
  };
  const compare = (op: EngineOp) => (other: unknown) => test(op, node, operand(other, range));
  const again = (op: EngineOp) => (other: unknown) =>
    withOperators(operation(op, range, node, operand(other, range)), (term) => rangeOperators(term, range, element));
  const ask = (op: EngineOp) => () => test(op, node);
  return {
    contains: (value: unknown) => test('contains', node, inside(value)),
    containedBy: compare('containedBy'),
    overlaps: compare('overlaps'),
    before: compare('before'),
    after: compare('after'),
    notAfter: compare('notAfter'),
    notBefore: compare('notBefore'),
    adjacent: compare('adjacent'),
    union: again('union'),
    intersection: again('intersection'),
    difference: again('difference'),
    merge: again('merged'),
    lower: () => operation('lower', bound, node),
    upper: () => operation('upper', bound, node),
    isEmpty: ask('isEmpty'),
    lowerIncluded: ask('lowerIncluded'),
    upperIncluded: ask('upperIncluded'),
    lowerInfinite: ask('lowerInfinite'),
    upperInfinite: ask('upperInfinite'),
  };
}

function isRange(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !isCompilable(value) && 'bounds' in value;
}
