/** What a model class is to the type checker: its statics, its columns, the classes that `define` makes. */
import type { TableSchema } from '../ast/schema.ts';
import type { DoesNotExist } from '../errors.ts';
import type { AutoField } from '../fields/auto.ts';
import type { CompositeKey } from '../fields/composite-key.ts';
import type { Fields } from '../fields/types.ts';
import type { Executor } from '../query/executor.ts';
import type { AnyQuery, Expr } from '../query/expr.ts';
import type { Query } from '../query/row-query.ts';
import type { Columns, Selectable } from './join/types.ts';
import type { MetaOptions } from './meta-options.ts';
import type { ModelDelete, ModelInsert, ModelRaw, ModelSelect, ModelUpdate } from './queries.ts';
import type {
  AnyModel,
  FieldsOf,
  InsertExprOf,
  InsertOf,
  InstanceOf,
  ModelInstance,
  PkKeys,
  PkOf,
  Row,
  UpdateOf,
} from './row/types.ts';

type Merge<A, B> = { [K in keyof A | keyof B]: K extends keyof B ? B[K] : K extends keyof A ? A[K] : never };
type WithPrimaryKey<F> = [PkKeys<F>] extends [never] ? Merge<{ id: ReturnType<typeof AutoField> }, F> : F;

/** Reverse side of a foreign key: the query of the rows that point here. Declare it on the target model. */
export interface Backref<I> extends Query<I> {
  /** Makes `row` point here and saves it. */
  add(row: I): Promise<void>;
}

/** Static names JavaScript or the model itself owns: such fields are reached through `Model.c`. */
type ReservedStatic = 'name' | 'length' | 'prototype' | 'caller' | 'arguments' | 'c' | keyof ModelStatics;
type ReservedInstance = keyof ModelInstance<any> | 'then';
/** A constant shape, so that it costs nothing per model; the literal is the error message. */
type Legal = { readonly [K in ReservedInstance]?: `"${K}" belongs to every row: rename the field and set columnName` };

type KeyNames<B, F> = Extract<keyof F | keyof FieldsOf<B>, string>;
/** Options that give the table a primary key which is no single field. */
type OtherKey<K extends string> = MetaOptions<K> & { readonly primaryKey: CompositeKey<K> | false };

/** What every model can do. */
export interface ModelStatics {
  /**
   * Makes the class a model extends: with a table name a model, without one an abstract model for others to extend.
   * A model without a primary key gets `id: AutoField()`.
   *
   * @example
   * class User extends Model.define('user', { username: CharField({ unique: true }) }) {}
   * @throws ImproperlyConfigured for a name that rows or JavaScript own
   */
  define<B extends AnyModel, F extends Fields = {}>(
    this: B,
    fields: F & Legal,
  ): DefinedModel<B, undefined, Merge<FieldsOf<B>, F>>;
  define<B extends AnyModel, const N extends string, F extends Fields = {}>(
    this: B,
    name: N,
    fields: F & Legal,
    meta: OtherKey<NoInfer<KeyNames<B, F>>>,
  ): DefinedModel<B, N, Merge<FieldsOf<B>, F>>;
  define<B extends AnyModel, const N extends string, F extends Fields = {}>(
    this: B,
    name: N,
    fields: F & Legal,
    meta?: MetaOptions<NoInfer<KeyNames<B, F>>>,
  ): DefinedModel<B, N, WithPrimaryKey<Merge<FieldsOf<B>, F>>>;

  /** The rows, all of their fields; or what is listed: columns, models, expressions under a name. */
  select<M extends AnyModel>(this: M): ModelSelect<M, [M]>;
  select<M extends AnyModel, const S extends readonly Selectable[]>(this: M, ...selection: S): ModelSelect<M, S>;
  /** The first row for which all conditions hold. @throws the model's own DoesNotExist */
  get<M extends AnyModel>(this: M, ...where: Expr<boolean>[]): Promise<InstanceOf<M>>;
  /** The first row for which all conditions hold, or null. peewee: `get_or_none`. */
  getOrNone<M extends AnyModel>(this: M, ...where: Expr<boolean>[]): Promise<InstanceOf<M> | null>;
  /** The row with that primary key. @throws the model's own DoesNotExist */
  getById<M extends AnyModel>(this: M, id: PkOf<InstanceOf<M>>): Promise<InstanceOf<M>>;
  /**
   * The row with these values, made if there is none; `defaults` are used only to make it.
   * Safe when several do it at once: where a uniqueness constraint covers the values, one makes the row and all get it.
   * @returns the row, and whether it was made. peewee: `get_or_create`.
   */
  getOrCreate<M extends AnyModel>(
    this: M,
    values: Partial<InsertOf<M>>,
    defaults?: Partial<InsertOf<M>>,
  ): Promise<[row: InstanceOf<M>, created: boolean]>;
  /** Rows of any SQL: `User.raw('select * from "user" where "id" > ?', 3)`. Columns the model knows are converted. */
  raw<M extends AnyModel>(this: M, sql: string, ...params: unknown[]): ModelRaw<InstanceOf<M>>;
  /** A query that yields no rows. */
  noop<M extends AnyModel>(this: M): ModelSelect<M, [M]>;

  /** Inserts a row. @throws IntegrityError, DataError */
  create<M extends AnyModel>(this: M, values: InsertOf<M>): Promise<InstanceOf<M>>;
  /** An INSERT of one row; awaiting it gives the new primary key. */
  insert<M extends AnyModel>(this: M, values: InsertExprOf<M>): ModelInsert<M, PkOf<InstanceOf<M>>>;
  /** An INSERT of many rows in one transaction, fast; awaiting it gives their number. peewee: `insert_many`. */
  insertMany<M extends AnyModel>(this: M, rows: Iterable<InsertExprOf<M>>): ModelInsert<M, number>;
  /** An INSERT of a query's rows into these fields. peewee: `insert_from`. */
  insertFrom<M extends AnyModel>(
    this: M,
    query: AnyQuery,
    fields: readonly (keyof FieldsOf<M> & string)[],
  ): ModelInsert<M, number>;
  /** As `insert`; a row with the same key is deleted first. */
  replace<M extends AnyModel>(this: M, values: InsertExprOf<M>): ModelInsert<M, PkOf<InstanceOf<M>>>;
  /** As `insertMany`; rows with the same keys are deleted first. */
  replaceMany<M extends AnyModel>(this: M, rows: Iterable<InsertExprOf<M>>): ModelInsert<M, number>;
  /** Inserts rows made with `new`, in one transaction, and sets their keys; `batchSize` rows at a time. peewee: `bulk_create`. */
  bulkCreate<M extends AnyModel>(this: M, rows: readonly InstanceOf<M>[], batchSize?: number): Promise<void>;
  /** Writes these fields of all rows, in one transaction. @returns the number of rows written. peewee: `bulk_update`. */
  bulkUpdate<M extends AnyModel>(
    this: M,
    rows: readonly InstanceOf<M>[],
    fields: readonly (keyof FieldsOf<M> & string)[],
    batchSize?: number,
  ): Promise<number>;
  /** An UPDATE; say `where(…)` next. Awaiting it gives the number of rows changed. */
  update<M extends AnyModel>(this: M, values: UpdateOf<M>): ModelUpdate<M>;
  /** Updates one row. @returns 0 when there is none. peewee: `set_by_id`. */
  setById<M extends AnyModel>(this: M, id: PkOf<InstanceOf<M>>, values: UpdateOf<M>): Promise<number>;
  /** A DELETE; say `where(…)` next. Awaiting it gives the number of rows deleted. */
  delete<M extends AnyModel>(this: M): ModelDelete<M>;
  /** Deletes one row. @returns 0 when there is none. peewee: `delete_by_id`. */
  deleteById<M extends AnyModel>(this: M, id: PkOf<InstanceOf<M>>): Promise<number>;
  /** The model under another name, to join it twice or to itself. */
  alias<M extends AnyModel, const A extends string>(this: M, name: A): ModelAlias<M, A>;

  /** Creates the table and its indexes; `safe: false` when it must not exist yet. */
  createTable(options?: { readonly safe?: boolean }): Promise<void>;
  /** Drops the table; with `cascade` (Postgres only) also what depends on it: foreign keys of others, views. */
  dropTable(options?: { readonly safe?: boolean; readonly cascade?: boolean }): Promise<void>;
  /**
   * Deletes all rows; with `restartIdentity` keys count from the start again, as they do in SQLite anyway.
   * Postgres refuses to while other tables refer to this one, unless `cascade` empties those as well.
   */
  truncateTable(options?: { readonly restartIdentity?: boolean; readonly cascade?: boolean }): Promise<void>;
  /**
   * Lets the next key the database makes be above all that are in the table, once keys were given by hand: Postgres does not
   * count those, and would run into them. SQLite needs no such thing, and then nothing is done.
   */
  syncSequence(): Promise<void>;
  /** Whether the model's table is there. peewee: `table_exists`. */
  tableExists(): Promise<boolean>;

  /** Runs the model, and with `refs` those related to it, on this database from now on. */
  bind(database: Executor, options?: BindOptions): void;
  /** As `bind`, until `body` ends. peewee: `bind_ctx`. */
  bindCtx<T>(database: Executor, body: () => Promise<T> | T, options?: BindOptions): Promise<T>;
  /** What `get` and `getById` throw: `catch (e) { if (e instanceof User.DoesNotExist) … }`. */
  readonly DoesNotExist: typeof DoesNotExist;
  '~schema'(): TableSchema;
  '~bind'(executor: Executor): unknown;
}

/** Which other models go with a model that is bound. */
export interface BindOptions {
  /** Also the models this one's foreign keys point at, true unless told. peewee: `bind_refs`. */
  readonly refs?: boolean;
  /** Also the models that point at this one, true unless told. peewee: `bind_backrefs`. */
  readonly backrefs?: boolean;
}

/** The class `define` makes of a base `B`, a table name and the fields. */
export type DefinedModel<B, N extends string | undefined, F> = Omit<
  B,
  keyof ModelStatics | '~fields' | '~table' | 'c' | 'prototype' | 'meta' | keyof FieldsOf<B>
> &
  ModelStatics & {
    readonly '~fields': F;
    readonly '~table': N;
    /** All columns by the names of their fields, those too whose names a class owns: `User.c.name`. */
    readonly c: Columns<F>;
  } & Omit<Columns<F>, ReservedStatic> & {
    new (values?: Partial<InsertOf<{ readonly '~fields': F; readonly prototype: Row<F, N> }>>): Row<F, N> & Methods<B>;
  };

/** What a hand-written base class adds on top of its row. */
type Methods<B> = Omit<InstanceOf<B>, keyof Row<FieldsOf<B>, any>>;

/** The root of all models: `Model.define(…)`. */
export type ModelRoot = ModelStatics & {
  readonly '~fields': {};
  readonly '~table': undefined;
  /** What `new` makes: a row without fields. */
  readonly prototype: ModelInstance<{}>;
  new (): ModelInstance<{}>;
};

/** A model under another name. */
export type ModelAlias<M, A extends string> = Omit<Columns<FieldsOf<M>>, ReservedStatic> & {
  readonly '~fields': FieldsOf<M>;
  readonly '~table': A;
  /** What its queries yield: rows of the model itself. */
  readonly prototype: InstanceOf<M>;
  /** All columns by the names of their fields, those too whose names a class owns: `Other.c.name`. */
  readonly c: Columns<FieldsOf<M>>;
  /** The rows, all of their fields; or what is listed: columns, models, expressions under a name. */
  select(): ModelSelect<ModelAlias<M, A>, [ModelAlias<M, A>]>;
  select<const S extends readonly Selectable[]>(...selection: S): ModelSelect<ModelAlias<M, A>, S>;
};
