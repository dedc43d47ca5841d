/** What the values of Postgres's own fields are to the type checker. */

import type { Expr } from '../../query/expr.ts';
import type { Field, WithOps } from '../types.ts';

/** How deep arrays may lie in arrays. */
export type Dimensions = 1 | 2 | 3 | 4 | 5 | 6;

/** Arrays of `E`, so many deep. They are read-only: a change inside one is not noticed by `save()`. */
export interface Nested<E> {
  readonly 1: readonly E[];
  readonly 2: readonly (readonly E[])[];
  readonly 3: readonly Nested<E>[2][];
  readonly 4: readonly Nested<E>[3][];
  readonly 5: readonly Nested<E>[4][];
  readonly 6: readonly Nested<E>[5][];
}

/** As many indexes as an array has dimensions. */
export interface Indexes<I> {
  readonly 1: [index: I];
  readonly 2: [row: I, column: I];
  readonly 3: [I, I, I];
  readonly 4: [I, I, I, I];
  readonly 5: [I, I, I, I, I];
  readonly 6: [I, I, I, I, I, I];
}

/** The elements of an array of such fields: null is one when the field may be null. */
export type ElementOf<F> = F extends Field<infer T, infer O> ? (O extends { readonly null: true } ? T | null : T) : never;

/** One element as an expression, with the operators of its field. */
export type ElementExpr<E, X> = WithOps<Expr<E | null, NonNullable<E>>, X>;

/** A part of a JSON document: some of the keys of each object, some of the elements of each array. */
export type JsonPart<J> = J extends readonly (infer E)[]
  ? readonly JsonPart<E>[]
  : J extends object
    ? { readonly [K in keyof J]?: JsonPart<J[K]> }
    : J;

/** The keys and indexes that lead one step into a JSON value; any, when nothing is known of it. */
export type JsonKey<J> = unknown extends J
  ? string | number
  : J extends readonly unknown[]
    ? number
    : keyof J & (string | number);

/** What a key leads to. */
export type JsonAt<J, K> = unknown extends J
  ? unknown
  : J extends unknown
    ? K extends keyof J
      ? Exclude<J[K], undefined>
      : never
    : never;

/** The elements of a JSON array. */
export type JsonElement<J> = unknown extends J ? unknown : J extends readonly (infer E)[] ? E : never;

/** Some of the keys of a JSON object, or elements for an array. */
export type JsonUpdate<J> = unknown extends J ? unknown : J extends readonly unknown[] ? J : Partial<J>;
