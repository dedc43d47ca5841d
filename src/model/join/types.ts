/** What a select over models yields: which relations a join loads, what the rows look like as objects, dicts and tuples. */
import type { ForeignKey, OpsOf, SelfTarget, WithOps } from '../../fields/types.ts';
import type { KeyedExpr } from '../../query/column.ts';
import type { Aliased, Expr } from '../../query/expr.ts';
import type { AnySource, Bound, ColumnOperand, ColumnValue, FieldsOf, InstanceOf, TargetOf } from '../row/types.ts';

/** A field seen from its model class: `User.username`. */
export interface Column<F, K extends string> extends Expr<ColumnValue<F>, ColumnOperand<F>> {
  readonly '~field': F;
  readonly '~key': K;
}
/** The columns of a model; a column is its expression and the operators of its kind of field. */
export type Columns<F> = { readonly [K in keyof F & string]: WithOps<Column<Bound<F[K], F>, K>, OpsOf<F[K]>> };

/** What a select can list: an expression, an expression with a name, or a model, which stands for all of its fields. */
export type Selectable = Expr<any> | Aliased<any, string> | AnySource;

/** One joined relation: `From.key` holds a `To`. */
export interface Edge<From, Key extends string, To, Null> {
  readonly from: From;
  readonly key: Key;
  readonly to: To;
  readonly null: Null;
}

type Table<M> = M extends { readonly '~table': infer N } ? N : never;
/** The foreign keys of `M` that point at `J`, matched by table name. */
type FkKeysTo<M, J> =
  FieldsOf<M> extends infer F
    ? {
        [K in keyof F]: F[K] extends ForeignKey<infer T, any>
          ? TargetTable<T, Table<M>> extends Table<InstanceOf<J>>
            ? K
            : never
          : never;
      }[keyof F] &
        string
    : never;
type TargetTable<T, Own> = T extends SelfTarget ? Own : Table<TargetOf<T>>;
type NullJoin<M, K, O> = O extends { readonly type: 'left' | 'full' }
  ? null
  : K extends keyof FieldsOf<M>
    ? FieldsOf<M>[K] extends { readonly '~options': { readonly null: true } }
      ? null
      : never
    : never;
/** The relation that joining `J` to `C` with the options `O` loads. */
export type EdgeFor<C, J, O> = O extends { readonly attr: infer A extends string }
  ? Edge<Table<C>, A, J, NullJoin<C, A, O>>
  : O extends { readonly on: Column<any, infer K> }
    ? Edge<Table<C>, K, J, NullJoin<C, K, O>>
    : FkKeysTo<C, J> extends infer K extends string
      ? K extends unknown
        ? Edge<Table<C>, K, J, NullJoin<C, K, O>>
        : never
      : never;

/** How `join` joins. */
export interface JoinOptions {
  /** `inner` unless told. */
  readonly type?: 'inner' | 'left' | 'right' | 'full' | 'cross';
  /** The foreign key to join along, or any condition; left out, the only foreign key between the two. */
  readonly on?: Expr<any>;
  /** The property of the joined-from row that holds the joined one, when it is not the foreign key's. */
  readonly attr?: string;
}

/** Expands a computed object type so that editors print its members, not its recipe. */
type Show<T> = T extends infer U ? { [K in keyof U]: U[K] } : never;
type SelectedTables<S extends readonly unknown[]> = Table<S[number]>;
/** A row of `M` with the relations of `E` that were selected loaded. */
type Loaded<M, S extends readonly unknown[], E> =
  Extract<E, { readonly from: Table<M>; readonly to: { readonly '~table': SelectedTables<S> } }> extends infer L
    ? [L] extends [never]
      ? InstanceOf<M>
      : InstanceOf<M> & Show<LoadedKeys<L, S, E>>
    : never;
type LoadedKeys<L, S extends readonly unknown[], E> = {
  [X in L as X extends Edge<any, infer K, any, any> ? K : never]: X extends Edge<any, any, infer J, infer N>
    ? Loaded<J, S, E> | N
    : never;
};

type Entry<X> =
  X extends Aliased<infer T, infer A>
    ? readonly [A, T]
    : X extends Column<infer F, infer K>
      ? readonly [K, ColumnValue<F>]
      : X extends KeyedExpr<infer T, infer K>
        ? readonly [K, T]
        : X extends AnySource
          ? FieldsOf<X> extends infer F
            ? { [K in keyof F & string]: readonly [K, ColumnValue<Bound<F[K], F>>] }[keyof F & string]
            : never
          : never;
/** What a row has besides its fields: what has a name of its own, and columns of other sources. */
type ExtraEntry<X> =
  X extends Aliased<infer T, infer A>
    ? readonly [A, T]
    : X extends Column<any, any>
      ? never
      : X extends KeyedExpr<infer T, infer K>
        ? readonly [K, T]
        : never;
type FromEntries<E> = {
  [X in E as X extends readonly [infer K extends string, unknown] ? K : never]: X extends readonly [string, infer V] ? V : never;
};

/** A row as a plain object: what `dicts()` yields. */
export type DictRow<S extends readonly unknown[]> = Show<FromEntries<Entry<S[number]>>>;
/** A row as an array: what `tuples()` yields. */
export type TupleRow<S extends readonly unknown[]> =
  Extract<S[number], AnySource> extends never
    ? { -readonly [I in keyof S]: S[I] extends { readonly '~type': infer T } ? T : never }
    : unknown[];
/** A row as a model instance, with extra columns as properties. */
export type ObjectRow<M, S extends readonly unknown[], E> = [ExtraEntry<S[number]>] extends [never]
  ? Loaded<M, S, E>
  : Loaded<M, S, E> & Show<FromEntries<ExtraEntry<S[number]>>>;
