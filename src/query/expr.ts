/** What can be done with a value inside a query: the operators of columns, functions and everything built of them. */
import type { Expression } from '../ast/expression.ts';
import type { ColumnType } from '../ast/type.ts';

/** A field's own conversions, before and after the dialect's. Neither ever sees null. */
export interface Converter {
  /** What the user gives, as a value the column's type can encode. @throws DataError */
  readonly toDb?: ((value: never) => unknown) | undefined;
  /** What the type decodes, as the user gets it. */
  readonly toJs?: ((value: never) => unknown) | undefined;
}

/** How the values of an expression are encoded and decoded. */
export interface Typing {
  readonly type?: ColumnType | undefined;
  readonly convert?: Converter | undefined;
}

/** Everything with a value in SQL; `N` is its node. */
export interface Compilable<N = Expression> {
  readonly '~node': N;
}

/** What a select can list: an expression with the name and the typing its results have. */
export interface Selected extends Compilable {
  readonly '~typing': Typing;
  /** Its key in result rows; without one, the name the engine gives. */
  readonly '~name': string | undefined;
}

/** Any query, to be used inside another one. */
export interface AnyQuery {
  readonly '~query': true;
}

/** An expression of values of type `T`, whatever it may be compared with: a key, and a foreign key, which takes rows as well. */
export interface Valued<T> {
  readonly '~type': T;
  /** True when it is null; `isNull(false)` when it is not. */
  isNull(yes?: boolean): Expr<boolean>;
}

/** A value, an expression of that type, null included, or a query of one value. */
export type Operand<T> = T | Valued<T | null> | AnyQuery;

/** One entry of an ORDER BY. */
export interface Ordering {
  readonly '~ordering': true;
}

/** A selected expression with a name of its own. */
export interface Aliased<T, A extends string> {
  readonly '~type': T;
  readonly '~alias': A;
}

/** What ORDER BY takes: an expression, one with a direction, or the alias of a selected one. */
export type OrderItem = Expr<unknown> | Ordering | Aliased<unknown, string>;

/** How `asc` and `desc` sort. */
export interface OrderOptions {
  /** Where nulls go; without it, as the engine likes: SQLite treats them as smallest, Postgres as largest. */
  readonly nulls?: 'first' | 'last';
}

/**
 * Anything that compiles to a SQL value of JavaScript type `T`; `R` is what it may be compared with.
 *
 * ```ts
 * User.select().where(User.age.gte(18).and(User.username.startsWith('a'))).orderBy(User.age.desc());
 * ```
 */
export interface Expr<T, R = T> extends Valued<T> {
  /** Equal; `eq(null)` is `IS NULL`. peewee: `==`. */
  eq(rhs: Operand<R> | null): Expr<boolean>;
  /** Not equal; `ne(null)` is `IS NOT NULL`. peewee: `!=`. */
  ne(rhs: Operand<R> | null): Expr<boolean>;
  /** Less than. */
  lt(rhs: Operand<R>): Expr<boolean>;
  /** Less than or equal. peewee: `<=`. */
  lte(rhs: Operand<R>): Expr<boolean>;
  /** Greater than. */
  gt(rhs: Operand<R>): Expr<boolean>;
  /** Greater than or equal. peewee: `>=`. */
  gte(rhs: Operand<R>): Expr<boolean>;
  /** Equal, and null equals null. */
  is(rhs: Operand<R> | null): Expr<boolean>;
  /** Not equal, and null equals null. */
  isNot(rhs: Operand<R> | null): Expr<boolean>;
  /** From `low` to `high`, both included. */
  between(low: Operand<R>, high: Operand<R>): Expr<boolean>;
  /** One of a list, or of the rows of a query with one column. An empty list matches nothing. peewee: `in_`, `<<`. */
  in(rhs: readonly Operand<R>[] | AnyQuery): Expr<boolean>;
  /** None of them. An empty list excludes nothing. */
  notIn(rhs: readonly Operand<R>[] | AnyQuery): Expr<boolean>;
  /** Matches a pattern of `%` and `_`, minding the case; a backslash makes the next character plain. */
  like(pattern: Operand<string>): Expr<boolean>;
  /** As `like`, whatever the case. */
  ilike(pattern: Operand<string>): Expr<boolean>;
  /** Contains this text, whatever the case; `%` and `_` stand for themselves. */
  contains(text: Operand<string>): Expr<boolean>;
  /** Starts with this text, whatever the case. */
  startsWith(text: Operand<string>): Expr<boolean>;
  /** Ends with this text, whatever the case. */
  endsWith(text: Operand<string>): Expr<boolean>;
  /** Matches a regular expression. @throws NotSupportedError when the engine has none. */
  regexp(pattern: Operand<string>): Expr<boolean>;
  /** As `regexp`, whatever the case. */
  iregexp(pattern: Operand<string>): Expr<boolean>;
  /** The sum. peewee: `+`. */
  add(rhs: Operand<R>): Expr<T>;
  /** The difference. peewee: `-`. */
  sub(rhs: Operand<R>): Expr<T>;
  /** The product. peewee: `*`. */
  mul(rhs: Operand<R>): Expr<T>;
  /** Divides as the engine does: whole numbers give whole numbers. */
  div(rhs: Operand<R>): Expr<T>;
  /** The remainder. */
  mod(rhs: Operand<R>): Expr<T>;
  /** The number with the other sign. */
  neg(): Expr<T>;
  /** Joins texts: `first.concat(' ').concat(last)`. */
  concat(rhs: Operand<R> | string): Expr<string>;
  /** Bitwise and. peewee: `bin_and`. */
  binAnd(rhs: Operand<R>): Expr<T>;
  /** Bitwise or. peewee: `bin_or`. */
  binOr(rhs: Operand<R>): Expr<T>;
  /** Bitwise exclusive or. peewee: `^`. */
  binXor(rhs: Operand<R>): Expr<T>;
  /** All bits the other way round. */
  bitNot(): Expr<T>;
  /** The bits moved up. */
  shiftLeft(bits: Operand<number>): Expr<T>;
  /** The bits moved down, keeping the sign. */
  shiftRight(bits: Operand<number>): Expr<T>;
  /** Both hold. peewee: `&`. */
  and(rhs: Expr<boolean>): Expr<boolean>;
  /** One of them holds, or both. peewee: `|`. */
  or(rhs: Expr<boolean>): Expr<boolean>;
  /** It does not hold. peewee: `~`. */
  not(): Expr<boolean>;
  /** Compared and ordered by this collation: `NOCASE`. */
  collate(collation: string): Expr<T, R>;
  /** As another type: an engine's type name, or a logical one. */
  cast<U = unknown>(type: string | ColumnType): Expr<U>;
  /** `DISTINCT x`, inside an aggregate: `fn.count(User.city.distinct())`. */
  distinct(): Expr<T, R>;
  /** Results go through `toJs` instead of the column's own conversion; null does not. */
  converter<U>(toJs: (value: NonNullable<T>) => U): Expr<U>;
  /** Sorts from the smallest, for `orderBy`. */
  asc(options?: OrderOptions): Ordering;
  /** Sorts from the largest, for `orderBy`. */
  desc(options?: OrderOptions): Ordering;
  /** Names it in results: `fn.count(Tweet.id).as('n')`. peewee: `alias`. */
  as<const A extends string>(alias: A): Aliased<T, A>;
}

/** Where a window function looks. */
export interface WindowOptions {
  /** The name of one of the select's windows that this one goes on from: its partitions, and its order if it has one. */
  readonly extends?: string;
  /** Rows are looked at together that have the same values here. */
  readonly partitionBy?: readonly Expr<unknown>[];
  /** The order in which they are looked at. */
  readonly orderBy?: readonly OrderItem[];
  /** Which of them, counted from the row at hand; without it, as SQL says: all of them, or with an order those up to it. */
  readonly frame?: {
    readonly unit: 'rows' | 'range' | 'groups';
    readonly start: FrameEdge;
    readonly end?: FrameEdge;
    readonly exclude?: 'current row' | 'group' | 'ties' | 'no others';
  };
}

/** `'current'`, or that many rows (all of them without a number) before or after. */
export type FrameEdge = 'current' | { readonly preceding: number | 'all' } | { readonly following: number | 'all' };

/** A call of a SQL function. */
export interface FunctionExpr<T> extends Expr<T> {
  /** Over a window: of its own, or one the select names. */
  over(window?: WindowOptions | string): Expr<T>;
  /** Only rows for which this holds. */
  filter(...where: Expr<boolean>[]): FunctionExpr<T>;
  /** The order in which an aggregate sees its values. */
  orderBy(...order: OrderItem[]): FunctionExpr<T>;
}
