/** The one class behind every expression: a node, how its values convert, and the operators. */
import type { BinaryOp, Expression, MatchOp } from '../ast/expression.ts';
import type { ColumnType } from '../ast/type.ts';
import { ProgrammingError } from '../errors.ts';
import { joined } from './conditions.ts';
import type {
  Aliased,
  AnyQuery,
  Compilable,
  Converter,
  Expr,
  Operand,
  Ordering,
  OrderOptions,
  Selected,
  Typing,
} from './expr.ts';
import { queryNode } from './query-node.ts';

const BOOLEAN: Typing = Object.freeze({ type: Object.freeze({ name: 'boolean' } as const) });
const TEXT: Typing = Object.freeze({ type: Object.freeze({ name: 'text' } as const) });
const DOUBLE: Typing = Object.freeze({ type: Object.freeze({ name: 'double' } as const) });
const UNTYPED: Typing = Object.freeze({});

/** An expression of values of type `T`. */
export class Term<T, R = T> implements Expr<T, R>, Selected {
  declare readonly '~type': T;
  readonly '~node': Expression;
  readonly '~typing': Typing;
  readonly '~name': string | undefined;

  constructor(node: Expression, typing: Typing = UNTYPED, name?: string) {
    this['~node'] = node;
    this['~typing'] = typing;
    this['~name'] = name;
  }

  /** A right-hand side as a node: a value takes this expression's typing. */
  '~operand'(value: unknown): Expression {
    return operand(value, this['~typing']);
  }

  eq(rhs: Operand<R> | null): Expr<boolean> {
    return rhs === null ? this.isNull() : this.compare('=', rhs);
  }

  ne(rhs: Operand<R> | null): Expr<boolean> {
    return rhs === null ? this.isNull(false) : this.compare('<>', rhs);
  }

  lt(rhs: Operand<R>): Expr<boolean> {
    return this.compare('<', rhs);
  }

  lte(rhs: Operand<R>): Expr<boolean> {
    return this.compare('<=', rhs);
  }

  gt(rhs: Operand<R>): Expr<boolean> {
    return this.compare('>', rhs);
  }

  gte(rhs: Operand<R>): Expr<boolean> {
    return this.compare('>=', rhs);
  }

  is(rhs: Operand<R> | null): Expr<boolean> {
    return this.compare('is', rhs);
  }

  isNot(rhs: Operand<R> | null): Expr<boolean> {
    return this.compare('isNot', rhs);
  }

  between(low: Operand<R>, high: Operand<R>): Expr<boolean> {
    return condition({ kind: 'between', operand: this['~node'], low: this['~operand'](low), high: this['~operand'](high) });
  }

  in(rhs: readonly Operand<R>[] | AnyQuery): Expr<boolean> {
    return this.among(rhs, false);
  }

  notIn(rhs: readonly Operand<R>[] | AnyQuery): Expr<boolean> {
    return this.among(rhs, true);
  }

  isNull(yes = true): Expr<boolean> {
    return condition({ kind: 'isNull', operand: this['~node'], not: !yes });
  }

  like(pattern: Operand<string>): Expr<boolean> {
    return this.match('like', pattern);
  }

  ilike(pattern: Operand<string>): Expr<boolean> {
    return this.match('ilike', pattern);
  }

  contains(text: Operand<string>): Expr<boolean> {
    return this.match('contains', text);
  }

  startsWith(text: Operand<string>): Expr<boolean> {
    return this.match('startsWith', text);
  }

  endsWith(text: Operand<string>): Expr<boolean> {
    return this.match('endsWith', text);
  }

  regexp(pattern: Operand<string>): Expr<boolean> {
    return this.match('regexp', pattern);
  }

  iregexp(pattern: Operand<string>): Expr<boolean> {
    return this.match('iregexp', pattern);
  }

  add(rhs: Operand<R>): Expr<T> {
    return this.calculate('+', rhs);
  }

  sub(rhs: Operand<R>): Expr<T> {
    return this.calculate('-', rhs);
  }

  mul(rhs: Operand<R>): Expr<T> {
    return this.calculate('*', rhs);
  }

  div(rhs: Operand<R>): Expr<T> {
    return this.calculate('/', rhs);
  }

  mod(rhs: Operand<R>): Expr<T> {
    return this.calculate('%', rhs);
  }

  neg(): Expr<T> {
    return new Term<T>({ kind: 'unary', op: 'neg', operand: this['~node'] }, this['~typing']);
  }

  concat(rhs: Operand<R> | string): Expr<string> {
    const right = typeof rhs === 'string' ? operand(rhs, TEXT) : this['~operand'](rhs);
    return new Term<string>({ kind: 'binary', op: 'concat', left: this['~node'], right }, TEXT);
  }

  binAnd(rhs: Operand<R>): Expr<T> {
    return this.calculate('&', rhs);
  }

  binOr(rhs: Operand<R>): Expr<T> {
    return this.calculate('|', rhs);
  }

  binXor(rhs: Operand<R>): Expr<T> {
    return this.calculate('^', rhs);
  }

  bitNot(): Expr<T> {
    return new Term<T>({ kind: 'unary', op: 'bitNot', operand: this['~node'] }, this['~typing']);
  }

  shiftLeft(bits: Operand<number>): Expr<T> {
    return new Term<T>({ kind: 'binary', op: '<<', left: this['~node'], right: operand(bits, UNTYPED) }, this['~typing']);
  }

  shiftRight(bits: Operand<number>): Expr<T> {
    return new Term<T>({ kind: 'binary', op: '>>', left: this['~node'], right: operand(bits, UNTYPED) }, this['~typing']);
  }

  and(rhs: Expr<boolean>): Expr<boolean> {
    return condition(joined('and', [this['~node'], nodeOf(rhs)]));
  }

  or(rhs: Expr<boolean>): Expr<boolean> {
    return condition(joined('or', [this['~node'], nodeOf(rhs)]));
  }

  not(): Expr<boolean> {
    return condition({ kind: 'unary', op: 'not', operand: this['~node'] });
  }

  collate(collation: string): Expr<T, R> {
    return new Term<T, R>({ kind: 'collate', operand: this['~node'], collation }, this['~typing'], this['~name']);
  }

  cast<U = unknown>(type: string | ColumnType): Expr<U> {
    return new Term<U>({ kind: 'cast', operand: this['~node'], type }, typeof type === 'string' ? UNTYPED : { type });
  }

  distinct(): Expr<T, R> {
    return new Term<T, R>({ kind: 'distinct', operand: this['~node'] }, this['~typing'], this['~name']);
  }

  converter<U>(toJs: (value: NonNullable<T>) => U): Expr<U> {
    return new Term<U>(this['~node'], { convert: { toJs } as Converter }, this['~name']);
  }

  asc(options?: OrderOptions): Ordering {
    return new OrderTerm(this['~node'], false, options?.nulls);
  }

  desc(options?: OrderOptions): Ordering {
    return new OrderTerm(this['~node'], true, options?.nulls);
  }

  as<const A extends string>(alias: A): Aliased<T, A> {
    return new AliasTerm<T, A>(this['~node'], this['~typing'], alias);
  }

  private compare(op: BinaryOp, rhs: unknown): Expr<boolean> {
    return condition({ kind: 'binary', op, left: this['~node'], right: this['~operand'](rhs) });
  }

  private among(rhs: readonly unknown[] | AnyQuery, not: boolean): Expr<boolean> {
    const right: Expression = Array.isArray(rhs)
      ? { kind: 'list', items: rhs.map((value) => this['~operand'](value)) }
      : nodeOf(rhs);
    return condition({ kind: 'in', left: this['~node'], right, not });
  }

  private match(op: MatchOp, pattern: Operand<string>): Expr<boolean> {
    return condition({ kind: 'match', op, left: this['~node'], pattern: operand(pattern, TEXT) });
  }

  private calculate(op: BinaryOp, rhs: unknown): Expr<T> {
    // A whole-number column may meet a fraction: the result is a fraction too, not an error of the column's type.
    const fraction = typeof rhs === 'number' && !Number.isInteger(rhs) && WHOLE.has(this['~typing'].type?.name ?? '');
    const typing = fraction ? DOUBLE : this['~typing'];
    return new Term<T>({ kind: 'binary', op, left: this['~node'], right: operand(rhs, typing) }, typing);
  }
}

const WHOLE: ReadonlySet<string> = new Set(['auto', 'integer', 'smallint']);

/** One entry of an ORDER BY. */
class OrderTerm implements Ordering, Compilable {
  declare readonly '~ordering': true;
  readonly '~node': Expression;

  constructor(operand: Expression, descending: boolean, nulls?: 'first' | 'last') {
    this['~node'] = { kind: 'order', operand, descending, nulls };
  }
}

/** A selected expression under a name of its own. */
class AliasTerm<T, A extends string> implements Aliased<T, A>, Selected {
  declare readonly '~type': T;
  declare readonly '~alias': A;
  readonly '~node': Expression;
  readonly '~typing': Typing;
  readonly '~name': A;

  constructor(operand: Expression, typing: Typing, name: A) {
    this['~node'] = { kind: 'alias', operand, name };
    this['~typing'] = typing;
    this['~name'] = name;
  }
}

/** A value as a node; expressions and queries are nodes already. */
export function operand(value: unknown, typing: Typing): Expression {
  if (isCompilable(value)) return nodeOf(value);
  if (value === undefined) throw new ProgrammingError('undefined is no value for SQL: use null, or leave the condition out');
  const toDb = value === null ? undefined : (typing.convert?.toDb as ((value: unknown) => unknown) | undefined);
  return { kind: 'value', value: toDb ? toDb(value) : value, type: typing.type };
}

/** The node of an expression; of a query, the subquery it makes. @throws ProgrammingError when it is neither, or writes. */
export function nodeOf(value: unknown): Expression {
  if (!isCompilable(value)) throw new ProgrammingError(`Expected an expression or a query, got ${describe(value)}`);
  return isQuery(value) ? { kind: 'subquery', query: queryNode(value) } : value['~node'];
}

/** Whether a value is an expression or a query. */
export function isCompilable(value: unknown): value is Compilable {
  return value !== null && (typeof value === 'object' || typeof value === 'function') && '~node' in value;
}

/** Whether a value is a query. */
function isQuery(value: unknown): value is AnyQuery {
  return typeof value === 'object' && value !== null && '~query' in value;
}

/** A condition as an expression. */
export function condition(node: Expression): Expr<boolean> {
  return new Term<boolean>(node, BOOLEAN);
}

function describe(value: unknown): string {
  if (typeof value === 'function') return `the function ${value.name}`;
  return value === null || typeof value !== 'object' ? String(value) : `an object of ${value.constructor?.name ?? 'no class'}`;
}
