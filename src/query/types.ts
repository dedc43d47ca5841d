/** Types of result rows, from what a query selects. */
import type { Valued } from './expr.ts';

/** Expands a computed object type so that editors print its members, not its recipe. */
export type Show<T> = T extends infer U ? { [K in keyof U]: U[K] } : never;

/** The key and type of one selected thing. */
export type Entry<X> = X extends { readonly '~alias': infer A extends string; readonly '~type': infer T }
  ? readonly [A, T]
  : X extends { readonly '~key': infer K extends string; readonly '~type': infer T }
    ? readonly [K, T]
    : never;

export type FromEntries<E> = {
  [X in E as X extends readonly [infer K extends string, unknown] ? K : never]: X extends readonly [string, infer V] ? V : never;
};

/** A row as an object: aliases and column keys. */
export type DictRow<S extends readonly unknown[]> = Show<FromEntries<Entry<S[number]>>>;

/** A row as a tuple, in the order of the selection. */
export type TupleRow<S extends readonly unknown[]> = {
  -readonly [I in keyof S]: S[I] extends { readonly '~type': infer T } ? T : unknown;
};

/** The row of a list of values with the columns `C`; an expression in it counts as its value. */
export type ListedRow<C extends readonly string[], V extends readonly unknown[]> = {
  [I in keyof C as I extends `${number}` ? C[I] & string : never]: Listed<I extends keyof V ? V[I] : V[number]>;
};
type Listed<X> = X extends Valued<infer T> ? T : X;
