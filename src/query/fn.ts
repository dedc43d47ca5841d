/** SQL functions: the common ones typed, every other one by its name. */
import type { FunctionNode } from '../ast/expression.ts';
import { also } from './conditions.ts';
import type { Expr, FunctionExpr, Operand, OrderItem, Typing, Valued, WindowOptions } from './expr.ts';
import { nodeOf, operand, Term } from './term.ts';
import { windowNode } from './window.ts';

const INTEGER: Typing = { type: { name: 'integer' } };
const DOUBLE: Typing = { type: { name: 'double' } };
const TEXT: Typing = { type: { name: 'text' } };

/** A method, so that the typed functions below, which take less, still fit the index signature. */
interface AnyFunction {
  call(...args: unknown[]): FunctionExpr<unknown>;
}

/** The functions known by name, and any other. */
/** Functions engines bring along, so that strict compilers need no `!` for them. */
type WellKnown =
  | 'sign'
  | 'ceil'
  | 'floor'
  | 'trunc'
  | 'sqrt'
  | 'pow'
  | 'power'
  | 'exp'
  | 'ln'
  | 'log'
  | 'log2'
  | 'log10'
  | 'pi'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'atan2'
  | 'degrees'
  | 'radians'
  | 'printf'
  | 'format'
  | 'concat'
  | 'concat_ws'
  | 'instr'
  | 'char'
  | 'unicode'
  | 'hex'
  | 'unhex'
  | 'quote'
  | 'ltrim'
  | 'rtrim'
  | 'typeof'
  | 'ifnull'
  | 'iif'
  | 'total'
  | 'group_concat'
  | 'string_agg'
  | 'changes'
  | 'last_insert_rowid'
  | 'randomblob'
  | 'zeroblob'
  | 'date'
  | 'time'
  | 'datetime'
  | 'julianday'
  | 'unixepoch'
  | 'strftime'
  | 'timediff'
  | 'json'
  | 'json_array'
  | 'json_array_length'
  | 'json_extract'
  | 'json_insert'
  | 'json_object'
  | 'json_patch'
  | 'json_quote'
  | 'json_remove'
  | 'json_replace'
  | 'json_set'
  | 'json_type'
  | 'json_valid'
  | 'json_group_array'
  | 'json_group_object'
  | 'ntile'
  | 'percent_rank'
  | 'cume_dist'
  | 'nth_value'
  | 'dense_rank'
  | 'row_number'
  | 'first_value'
  | 'last_value'
  | 'snippet'
  | 'offsets'
  | 'matchinfo';

/** SQL functions; every name is one, those not listed here are written `fn.call('name', …)` under `noUncheckedIndexedAccess`. */
export type Fn = TypedFunctions & { readonly [K in WellKnown]: AnyFunction['call'] } & {
  readonly [name: string]: AnyFunction['call'];
};

interface TypedFunctions {
  /** Rows; with an argument, those where it is not null. */
  count(arg?: Valued<unknown>): FunctionExpr<number>;
  /** Null when there are no values. */
  sum(arg: Valued<boolean>): FunctionExpr<number | null>;
  sum<T>(arg: Valued<T>): FunctionExpr<T | null>;
  /** The mean; null when there are no values. */
  avg(arg: Valued<unknown>): FunctionExpr<number | null>;
  /** The largest; null when there are no values. */
  max<T>(arg: Valued<T>): FunctionExpr<T | null>;
  /** The smallest; null when there are no values. */
  min<T>(arg: Valued<T>): FunctionExpr<T | null>;
  /** In small letters: SQLite knows those of ASCII, Postgres those of its collation. */
  lower(arg: Valued<string | null>): FunctionExpr<string>;
  /** In capital letters, likewise. */
  upper(arg: Valued<string | null>): FunctionExpr<string>;
  /** Without the blanks at both ends. */
  trim(arg: Valued<string | null>): FunctionExpr<string>;
  /** Characters of a text, bytes of a blob. */
  length(arg: Valued<unknown>): FunctionExpr<number>;
  /** Without its sign. */
  abs<T>(arg: Valued<T>): FunctionExpr<T>;
  /** To that many digits after the point, none unless told. */
  round(arg: Valued<unknown>, digits?: number): FunctionExpr<number>;
  /** Characters from `start`, the first being 1. */
  substr(arg: Valued<string | null>, start: number, length?: number): FunctionExpr<string>;
  /** With `to` wherever `from` stands. */
  replace(arg: Valued<string | null>, from: string, to: string): FunctionExpr<string>;
  /** The first that is not null. */
  coalesce<T>(first: Valued<T | null>, ...rest: Operand<T>[]): FunctionExpr<T>;
  /** Null when both are equal. */
  nullif<T>(first: Valued<T>, second: Operand<T>): FunctionExpr<T | null>;
  /** A random order: `orderBy(fn.random())`. */
  random(): FunctionExpr<number>;
  /** The number of the row in its window; equal rows have the same, and the next counts on behind all of them: 1, 2, 2, 4. */
  rank(): FunctionExpr<number>;
  /** As `rank`, without gaps: 1, 2, 2, 3. */
  denseRank(): FunctionExpr<number>;
  /** The number of the row in its window, from 1, each its own. */
  rowNumber(): FunctionExpr<number>;
  /** The value `rows` rows before in the window, 1 unless told; null when there is none. */
  lag<T>(arg: Valued<T>, rows?: number): FunctionExpr<T | null>;
  /** Likewise, with a value where there is none. */
  lag<T>(arg: Valued<T>, rows: number, otherwise: Operand<NoInfer<T>>): FunctionExpr<T>;
  /** The value `rows` rows behind, likewise. */
  lead<T>(arg: Valued<T>, rows?: number): FunctionExpr<T | null>;
  /** Likewise, with a value where there is none. */
  lead<T>(arg: Valued<T>, rows: number, otherwise: Operand<NoInfer<T>>): FunctionExpr<T>;
  /** The value in the first row of the frame. */
  firstValue<T>(arg: Valued<T>): FunctionExpr<T>;
  /** The value in the last row of the frame, which unless told ends with the present row. */
  lastValue<T>(arg: Valued<T>): FunctionExpr<T>;
  /** Any other SQL function, its result's type told by you: `fn.call<number>('json_array_length', Post.tags)`. */
  call<T>(name: string, ...args: unknown[]): FunctionExpr<T>;
}

class FunctionTerm<T> extends Term<T> implements FunctionExpr<T> {
  declare readonly '~node': FunctionNode;

  constructor(node: FunctionNode, typing?: Typing) {
    super(node, typing);
  }

  over(window: WindowOptions | string = {}): Expr<T> {
    return this.with({ over: typeof window === 'string' ? window : windowNode(window) });
  }

  filter(...where: Expr<boolean>[]): FunctionExpr<T> {
    return this.with({ filter: also(this['~node'].filter, where.map(nodeOf)) });
  }

  orderBy(...order: OrderItem[]): FunctionExpr<T> {
    return this.with({ orderBy: order.map(nodeOf) });
  }

  private with(parts: Partial<FunctionNode>): FunctionTerm<T> {
    return new FunctionTerm<T>({ ...this['~node'], ...parts }, this['~typing']);
  }
}

/** A call of `name`; plain values among the arguments are encoded by `args` typing. */
function call<T>(name: string, args: readonly unknown[], typing?: Typing, values: Typing = {}): FunctionExpr<T> {
  const node: FunctionNode = {
    kind: 'function',
    name,
    args: args.filter((arg) => arg !== undefined).map((arg) => operand(arg, values)),
  };
  return new FunctionTerm<T>(node, typing);
}

function typingOf(arg: unknown): Typing {
  return arg instanceof Term ? arg['~typing'] : {};
}

const same =
  (name: string) =>
  (arg: unknown, ...rest: unknown[]): FunctionExpr<unknown> =>
    call(name, [arg, ...rest], typingOf(arg), typingOf(arg));
const typed =
  (name: string, typing: Typing) =>
  (...args: unknown[]): FunctionExpr<unknown> =>
    call(name, args, typing);
const offset =
  (name: string) =>
  (arg: unknown, rows?: unknown, otherwise?: unknown): FunctionExpr<unknown> =>
    call(name, [arg, rows, otherwise === undefined ? undefined : new Term(operand(otherwise, typingOf(arg)))], typingOf(arg));

const known: Readonly<Record<string, (...args: never[]) => FunctionExpr<unknown>>> = {
  __proto__: null as never,
  count: (arg?: unknown) =>
    new FunctionTerm({ kind: 'function', name: 'count', args: [arg === undefined ? { kind: 'star' } : nodeOf(arg)] }, INTEGER),
  // How many are true, not whether one is.
  sum: (arg: unknown) => call('sum', [arg], typingOf(arg).type?.name === 'boolean' ? INTEGER : typingOf(arg)),
  avg: typed('avg', DOUBLE),
  max: same('max'),
  min: same('min'),
  abs: same('abs'),
  coalesce: same('coalesce'),
  nullif: same('nullif'),
  lower: typed('lower', TEXT),
  upper: typed('upper', TEXT),
  trim: typed('trim', TEXT),
  substr: typed('substr', TEXT),
  replace: typed('replace', TEXT),
  length: typed('length', INTEGER),
  round: typed('round', DOUBLE),
  random: typed('random', {}),
  rank: typed('rank', INTEGER),
  denseRank: typed('dense_rank', INTEGER),
  rowNumber: typed('row_number', INTEGER),
  lag: offset('lag'),
  lead: offset('lead'),
  firstValue: offset('first_value'),
  lastValue: offset('last_value'),
  call: (name: string, ...args: unknown[]) => call(name, args),
};

/**
 * SQL functions.
 *
 * ```ts
 * User.select(User.city, fn.count().as('n')).groupBy(User.city).having(fn.count().gt(10));
 * Post.select(fn.json_array_length(Post.tags).as('tags'));
 * ```
 */
export const fn: Fn = /* @__PURE__ */ new Proxy(known as unknown as Fn, {
  get(target, name) {
    // `then` is asked for by `await`, symbols by the language: neither is a function of SQL.
    if (typeof name !== 'string' || name === 'then') return undefined;
    return target[name] ?? ((...args: unknown[]) => call(name, args));
  },
});
