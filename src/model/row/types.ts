/** What a row of a model is to the type checker: its values, what it takes to make one, what may change. */
import type { TableSchema } from '../../ast/schema.ts';
import type { ClassTarget, Field, ForeignKey, InstanceTarget, SelfTarget } from '../../fields/types.ts';
import type { Executor } from '../../query/executor.ts';
import type { AnyQuery, Expr } from '../../query/expr.ts';

type NullIf<O, T> = O extends { readonly null: true } ? T | null : T;

/** Anything rows can be selected from by its fields: a model, an alias of one. */
export interface AnySource {
  readonly '~fields': any;
  readonly '~table': string | undefined;
  /** What its queries yield. */
  readonly prototype: any;
}

/** Any model class. */
export interface AnyModel extends AnySource {
  /** The table as data, for `database.createTables`. */
  '~schema'(): TableSchema;
  /** The same model running on `executor`; what `tx(Model)` returns. */
  '~bind'(executor: Executor): unknown;
}

export type FieldsOf<M> = M extends { readonly '~fields': infer F } ? F : never;
/** The rows of a model: `InstanceOf<typeof User>`. */
export type InstanceOf<M> = M extends { readonly prototype: infer I } ? I : never;
export type FieldsOfInstance<I> = I extends { readonly '~fields': infer F } ? F : never;
/** The type of a row's primary key. */
export type PkOf<I> =
  FieldsOfInstance<I> extends infer F ? (F[PkKeys<F> & keyof F] extends Field<infer T, any> ? T : never) : never;

/** The instance type a foreign key points at. */
export type TargetOf<T> = T extends ClassTarget<infer M> ? InstanceOf<M> : T extends InstanceTarget<infer I> ? I : never;

/** `X` as a field of the table with fields `F`: only here does `'self'` get its row type. */
export type Bound<X, F> = X extends ForeignKey<SelfTarget, infer O> ? ForeignKey<InstanceTarget<Row<F, any>>, O> : X;

/** A foreign key that has not been loaded: its key is known, the row is one `await` away. */
export interface Ref<I> extends PromiseLike<I> {
  readonly '~ref': I;
  /** The key of the row, no query needed. */
  readonly key: PkOf<I>;
}
/** What a foreign key holds: the row it points at once that was loaded, until then a `Ref` with its key. */
export type Related<I> = I | Ref<I>;

type InstanceValue<F> =
  F extends Field<infer T, infer O>
    ? NullIf<O, T>
    : F extends ForeignKey<infer T, infer O>
      ? NullIf<O, Related<TargetOf<T>>>
      : never;

export type ColumnValue<F> =
  F extends Field<infer T, infer O>
    ? NullIf<O, T>
    : F extends ForeignKey<infer T, infer O>
      ? NullIf<O, PkOf<TargetOf<T>>>
      : never;

/** What a column may be compared with. */
export type ColumnOperand<F> =
  F extends Field<infer T, any> ? T : F extends ForeignKey<infer T, any> ? PkOf<TargetOf<T>> | TargetOf<T> : never;

type InsertValue<F> =
  F extends Field<infer T, infer O>
    ? NullIf<O, T>
    : F extends ForeignKey<infer T, infer O>
      ? NullIf<O, PkOf<TargetOf<T>> | TargetOf<T>>
      : never;

type FlagKeys<F, Flag> = { [K in keyof F]: F[K] extends { readonly '~options': Flag } ? K : never }[keyof F];
export type PkKeys<F> = FlagKeys<F, { readonly primaryKey: true }>;
type ForeignKeyKeys<F> = { [K in keyof F]: F[K] extends { readonly '~kind': 'fk' } ? K : never }[keyof F];
type OptionalKeys<F> =
  | FlagKeys<F, { readonly null: true }>
  | FlagKeys<F, { readonly default: unknown }>
  | FlagKeys<F, { readonly auto: true }>;

/** Expands a computed object type so that editors print its members, not its recipe. */
type Simplify<T> = { [K in keyof T]: T[K] } & {};

/** What `create()` accepts: every field without a default is required, and nothing else is allowed. */
export type InsertOf<M> =
  FieldsOf<M> extends infer F
    ? Simplify<
        { -readonly [K in Exclude<keyof F, OptionalKeys<F>>]: InsertValue<Bound<F[K], F>> } & {
          -readonly [K in OptionalKeys<F> & keyof F]?: InsertValue<Bound<F[K], F>>;
        }
      >
    : never;
/** What `insert()` accepts: what `create()` does, and expressions or queries of one value. */
export type InsertExprOf<M> = InsertOf<M> extends infer V ? { [K in keyof V]: V[K] | Expr<any> | AnyQuery } : never;
/** What `update()` accepts: values, expressions or queries of one value, for any of the fields. */
export type UpdateOf<M> =
  FieldsOf<M> extends infer F ? { -readonly [K in keyof F]?: InsertValue<Bound<F[K], F>> | Expr<any> | AnyQuery } : never;

/** Options of `row.save()`. */
export interface SaveOptions<K extends string> {
  /** INSERT even though the row has a primary key. peewee: `force_insert`. */
  readonly forceInsert?: boolean;
  /** Writes these fields and no others. */
  readonly only?: readonly K[];
}
/** Options of `row.delete()`. */
export interface DeleteOptions {
  /** Deletes the rows that point at this one too, and those that point at them. */
  readonly recursive?: boolean;
  /** With `recursive`: deletes rows whose foreign key could be set to null instead. peewee: `delete_nullable`. */
  readonly deleteNullable?: boolean;
}

/** Methods every row has. */
export interface ModelInstance<F, N = string | undefined> {
  readonly '~fields': F;
  readonly '~table': N;
  /**
   * Inserts the row, or updates what changed since it was loaded or saved; nothing runs when nothing changed.
   * @returns the number of rows written.
   */
  save(options?: SaveOptions<keyof F & string>): Promise<number>;
  /** Deletes the row. peewee: `delete_instance`. @returns the number of rows deleted. */
  deleteInstance(options?: DeleteOptions): Promise<number>;
  /** Whether anything changed since the row was loaded or saved. */
  isDirty(): boolean;
  /** The names of the fields that changed. peewee: `dirty_field_names`. */
  dirtyFields(): (keyof F & string)[];
  /** The primary key: undefined before the row has one, an array when it is composite. peewee: `get_id`. */
  getId(): unknown;
  /** A copy of the row with the same values, not related to it any more. */
  clone(): this;
  /** The values that are set, foreign keys as keys; `JSON.stringify(row)` works by this. */
  toJSON(): Record<string, unknown>;
  /** The same row on `executor`: its statements run there. What `tx(row)` returns. */
  '~bind'(executor: Executor): this;
}
type Values<F> = { -readonly [K in keyof F]: InstanceValue<Bound<F[K], F>> };
type Keys<F> = { -readonly [K in ForeignKeyKeys<F> & string as `${K}Id`]: ColumnValue<Bound<F[K], F>> };
/** A row of the table `N` with the fields `F`. */
export type Row<F, N> = ModelInstance<F, N> & Values<F> & Keys<F>;
