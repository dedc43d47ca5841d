/** A field that holds arrays, and what queries can ask of them. */
import type { BinaryOp, Expression } from '../../ast/expression.ts';
import type { ColumnType } from '../../ast/type.ts';
import { DataError, ImproperlyConfigured } from '../../errors.ts';
import type { Converter, Expr, Operand, Typing } from '../../query/expr.ts';
import { condition, nodeOf, operand, Term } from '../../query/term.ts';
import { makeField } from '../define-field.ts';
import type { Field, FieldOptions, ScalarDefinition, WithOps } from '../types.ts';
import { INTEGER, literal, operation, TEXT, test, withOperators } from './operation.ts';
import type { Dimensions, ElementExpr, ElementOf, Indexes, Nested } from './types.ts';

/** Compares the elements of an array with a value: `Post.tags.any().eq('new')`. */
export interface Quantified<E> {
  /** Elements equal to the value. */
  eq(value: Operand<E>): Expr<boolean>;
  /** Elements other than the value; null is neither. */
  ne(value: Operand<E>): Expr<boolean>;
  /** Elements less than the value. */
  lt(value: Operand<E>): Expr<boolean>;
  /** Elements not greater than the value. */
  lte(value: Operand<E>): Expr<boolean>;
  /** Elements greater than the value. */
  gt(value: Operand<E>): Expr<boolean>;
  /** Elements not less than the value. */
  gte(value: Operand<E>): Expr<boolean>;
}

/** Operators of arrays of `E` nested `D` deep; `X` are those of the element's field. Postgres: "Array Functions and Operators". */
export interface ArrayOps<E, D extends Dimensions = 1, X = unknown> {
  /** Has all of these elements. An index finds them. peewee: `contains`. */
  contains(values: Operand<Nested<E>[D]>): Expr<boolean>;
  /** Not for arrays: give an array. */
  contains(this: never, text: Operand<string>): Expr<boolean>;
  /** Has no others than these. An index finds them. peewee: `contained_by`. */
  containedBy(values: Operand<Nested<E>[D]>): Expr<boolean>;
  /** Has at least one of these. An index finds them. peewee: `contains_any`. */
  overlaps(values: Operand<Nested<E>[D]>): Expr<boolean>;
  /** Some element: `Post.tags.any().eq('new')`. peewee: `fn.ANY`. */
  any(): Quantified<NonNullable<E>>;
  /** All elements; true when there are none. */
  all(): Quantified<NonNullable<E>>;
  /**
   * The element at an index, one for each dimension, counted from 0 as in JavaScript, from the end when it is negative.
   * Null when there is none. peewee: `Post.tags[0]`.
   */
  at(...indexes: Indexes<number | Expr<number>>[D]): ElementExpr<E, X>;
  /** The elements from `start` up to `end`, not included, counted as in JavaScript; of the first dimension. */
  slice(start?: number, end?: number): ArrayExpr<E, D, X>;
  /** How many elements, or rows, there are. */
  length(): Expr<number>;
  /** With an element more at the end. */
  append(value: Operand<NonNullable<E>> | E): ArrayExpr<E, D, X>;
  /** With an element more at the start. */
  prepend(value: Operand<NonNullable<E>> | E): ArrayExpr<E, D, X>;
  /** With these elements behind its own. */
  concat(values: Operand<Nested<E>[D]>): ArrayExpr<E, D, X>;
  /** Not for arrays: give an array, or use `append`. */
  concat(this: never, text: Operand<Nested<E>[D]> | string): Expr<string>;
  /** Without the elements that equal this one; of one dimension only. */
  remove(value: Operand<NonNullable<E>> | E): ArrayExpr<E, D, X>;
  /** With another element instead of each that equals this one. */
  replace(from: Operand<NonNullable<E>> | E, to: Operand<NonNullable<E>> | E): ArrayExpr<E, D, X>;
  /** The index of the first element that equals this one, counted from 0; null when there is none. */
  position(value: Operand<NonNullable<E>> | E): Expr<number | null>;
  /** The elements as one text; nulls are left out, or written as told. */
  join(separator: string, nulls?: string): Expr<string>;
  /** A row for each element, in a selection: `Post.select(Post.tags.unnest().as('tag'))`. */
  unnest(): ElementExpr<E, X>;
}

/** An array as an expression. */
export type ArrayExpr<E, D extends Dimensions = 1, X = unknown> = WithOps<Expr<Nested<E>[D]>, ArrayOps<E, D, X>>;

/**
 * Arrays of what another field holds: texts, numbers, Dates, … of any length.
 * They have a GIN index unless `index: false`; elements may be null when the element's field may.
 *
 * @param element the field of one element: its type, its conversions and whether it may be null count, nothing else
 * @example
 * class Post extends Model.define('post', {
 *   tags: ArrayField(TextField(), { default: [] }),
 *   grid: ArrayField(IntegerField({ null: true }), { dimensions: 2, index: false }),
 * }) {}
 * await Post.select().where(Post.tags.contains(['orm', 'wasm']));
 */
export function ArrayField<
  T,
  const EO,
  X,
  D extends Dimensions = 1,
  const O extends FieldOptions<Nested<ElementOf<Field<T, EO>>>[D]> = {},
>(
  element: Field<T, EO, X>,
  options?: O & { readonly dimensions?: D },
): Field<Nested<ElementOf<Field<T, EO>>>[D], O, ArrayOps<ElementOf<Field<T, EO>>, D, X>> {
  const definition = element['~definition'] as ScalarDefinition;
  if (definition.kind !== 'scalar' || definition.auto)
    throw new ImproperlyConfigured('The elements of an array are plain values');
  const dimensions = options?.dimensions ?? 1;
  const { type: elementType } = definition;
  const { extension } = elementType;
  const type: ColumnType = { name: 'array', element: elementType, dimensions, ...(extension ? { extension } : {}) };
  const convert = convertAll(definition, dimensions);
  const typing: Typing = { type, convert };
  return makeField<never, never, never>(
    {
      type,
      index: { using: 'gin' },
      indexed: true,
      operators: (column) => arrayOperators(column, typing, elementsOf(definition)) as never,
      ...(convert as object),
    },
    options,
  );
}

/** What is known of the elements of an array. */
interface Elements {
  readonly typing: Typing;
  readonly operators: ScalarDefinition['operators'];
}

function elementsOf({ type, toDb, toJs, operators }: ScalarDefinition): Elements {
  return { typing: { type, convert: { toDb: toDb ?? undefined, toJs: toJs ?? undefined } }, operators };
}

/** The conversions of an element for all of them. */
function convertAll({ toDb, toJs }: ScalarDefinition, dimensions: number): Converter {
  return {
    ...(toDb ? { toDb: (value: unknown) => mapped(value, dimensions, toDb) } : {}),
    ...(toJs ? { toJs: (value: unknown) => mapped(value, dimensions, toJs) } : {}),
  };
}

const TEXTS: Typing = { type: { name: 'array', element: { name: 'text' } } };

/** An array of texts, as functions of other types give it. */
export function textArray<E extends string | null>(node: Expression, dimensions: Dimensions = 1): ArrayExpr<E> {
  const typing = dimensions === 1 ? TEXTS : { type: { name: 'array', element: { name: 'text' }, dimensions } as const };
  return withOperators(new Term<unknown>(node, typing), (term) =>
    arrayOperators(term, typing, { typing: TEXT, operators: null }),
  );
}

/** Texts as one bound value. */
export function textsNode(texts: Operand<readonly string[]>): Expression {
  return operand(texts, TEXTS);
}

function arrayOperators(array: Expr<unknown>, typing: Typing, elements: Elements): object {
  const node = nodeOf(array);
  const dimensions = typing.type?.dimensions ?? 1;
  const all = (values: unknown): Expression => operand(values, typing);
  const one = (value: unknown): Expression => operand(value, elements.typing);
  const again = (op: 'append' | 'removeElement' | 'replaceElement' | 'merge' | 'slice' | 'prepend', ...operands: Expression[]) =>
    withOperators(operation(op, typing, ...operands), (term) => arrayOperators(term, typing, elements));
  const element = (term: Term<unknown>): unknown => (elements.operators ? withOperators(term, elements.operators) : term);
  const length = (): Expression => lengthNode(node, dimensions, 1);
  const { typing: elementTyping } = elements;
  return {
    contains: (values: unknown) => test('contains', node, all(values)),
    containedBy: (values: unknown) => test('containedBy', node, all(values)),
    overlaps: (values: unknown) => test('overlaps', node, all(values)),
    any: () => quantified('any', node, one),
    all: () => quantified('all', node, one),
    at(...indexes: (number | Expr<number>)[]) {
      if (indexes.length !== dimensions)
        throw new DataError(`An element of an array of ${dimensions} dimensions has as many indexes, not ${indexes.length}`);
      const places = indexes.map((index, at) => place(index, 1, () => lengthNode(node, dimensions, at + 1)));
      return element(operation('element', elementTyping, node, ...places));
    },
    slice: (start = 0, end?: number) =>
      again('slice', node, place(start, 1, length), ...(end === undefined ? [] : [place(end, 0, length)])),
    length: () => new Term<number>(length(), INTEGER),
    append: (value: unknown) => again('append', node, one(value)),
    prepend: (value: unknown) => again('prepend', one(value), node),
    concat: (values: unknown) => again('merge', node, all(values)),
    remove: (value: unknown) => again('removeElement', node, one(value)),
    replace: (from: unknown, to: unknown) => again('replaceElement', node, one(from), one(to)),
    position: (value: unknown) =>
      new Term<number | null>(shifted(nodeOf(operation('position', INTEGER, node, one(value))), -1), INTEGER),
    join: (separator: string, nulls?: string) =>
      operation('join', TEXT, node, operand(separator, TEXT), ...(nulls === undefined ? [] : [operand(nulls, TEXT)])),
    unnest: () => element(operation('unnest', elementTyping, node)),
  };
}

/** Comparisons of a value with some or all elements; an engine wants the elements on the right. */
function quantified(op: 'any' | 'all', array: Expression, one: (value: unknown) => Expression): Quantified<unknown> {
  const right: Expression = { kind: 'operator', op, operands: [array] };
  const compare = (operator: BinaryOp) => (value: unknown) =>
    condition({ kind: 'binary', op: operator, left: one(value), right });
  return { eq: compare('='), ne: compare('<>'), lt: compare('>'), lte: compare('>='), gt: compare('<'), gte: compare('<=') };
}

/** The length of a dimension; 0, not null, of an array with nothing in it. */
function lengthNode(array: Expression, dimensions: number, dimension: number): Expression {
  const all: Expression = { kind: 'operator', op: 'cardinality', operands: [array] };
  if (dimensions === 1) return all;
  const length: Expression = { kind: 'operator', op: 'arrayLength', operands: [array, literal(dimension)] };
  return { kind: 'function', name: 'coalesce', args: [length, all] };
}

/** An index counted from 0, or from the end, as one counted from `first`. */
function place(index: number | Expr<number>, first: 0 | 1, length: () => Expression): Expression {
  if (typeof index !== 'number') return shifted(nodeOf(index), first);
  if (!Number.isSafeInteger(index)) throw new DataError(`${index} is no index of an array`);
  return index >= 0 ? literal(index + first) : shifted(length(), index + first);
}

function shifted(node: Expression, by: number): Expression {
  if (by === 0) return node;
  return { kind: 'binary', op: by < 0 ? '-' : '+', left: node, right: literal(Math.abs(by)) };
}

function mapped(value: unknown, depth: number, convert: (value: unknown) => unknown): unknown {
  if (depth === 0) return value === null ? null : convert(value);
  return Array.isArray(value) ? value.map((item) => mapped(item, depth - 1, convert)) : value;
}
