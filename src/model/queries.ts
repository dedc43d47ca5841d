/** The queries of a model as users see them: select, insert, update, delete, raw. */
import type { Node } from '../ast/node.ts';
import type { Cte, CteOptions } from '../query/cte.ts';
import type { Executor } from '../query/executor.ts';
import type { Aliased, AnyQuery, Compilable, Expr, WindowOptions } from '../query/expr.ts';
import type { Compound } from '../query/read-query.ts';
import type { Query, Sql } from '../query/row-query.ts';
import type { ForUpdateOptions, JoinOptions as SourceJoin } from '../query/select.ts';
import type { Derived, FromItem } from '../query/source.ts';
import type { DictRow, EdgeFor, JoinOptions, ObjectRow, Selectable, TupleRow } from './join/types.ts';
import type { AnySource, FieldsOf, UpdateOf } from './row/types.ts';

/** What every reading query of a model can do besides what all queries can. */
export interface ModelQuery<Row> extends Query<Row>, Compilable<Node> {
  /** Rows for which the earlier conditions hold, or all of these. */
  orWhere(...conditions: Expr<boolean>[]): this;
  /** One row for each different value of these; a model stands for all of its columns. */
  groupBy(...expressions: (Expr<unknown> | Aliased<unknown, string> | AnySource)[]): this;
  /** Each different row once; with expressions, on Postgres, the first row for each of their values (`DISTINCT ON`). */
  distinct(...on: Expr<unknown>[]): this;
  /** Page `page` of `size` rows; the first is page 1. */
  paginate(page: number, size?: number): this;
  /** Names a window, for `over(name)`. peewee: `window`. */
  window(name: string, options: WindowOptions): this;
  /**
   * Locks the rows until the transaction ends. peewee: `for_update`.
   * @throws NotSupportedError on SQLite, which locks the whole database.
   */
  forUpdate(options?: ForUpdateOptions): this;
  /** Says these CTEs before the query. peewee: `with_cte`. */
  withCte(...ctes: Cte<unknown>[]): this;
  /** The same query on another database or transaction. */
  bind(executor: Executor): this;
  /** The first row, or null. */
  getOrNone(): Promise<Row | null>;
  /** Runs the query; awaiting it does the same. */
  execute(): Promise<Row[]>;
  /** As `for await` over the query itself. */
  iterator(): AsyncIterable<Row>;
  /** The rows of both, each different one once. peewee: `|`. */
  union(other: AnyQuery): Compound<Row>;
  /** The rows of both. peewee: `+`. */
  unionAll(other: AnyQuery): Compound<Row>;
  /** The rows that both have. peewee: `&`. */
  intersect(other: AnyQuery): Compound<Row>;
  /** The rows that the other does not have. peewee: `-`. */
  except(other: AnyQuery): Compound<Row>;
  /** The SQL text and the bound values. */
  sql(dialect?: Executor['dialect']): Sql;
  /** How the engine would run it, in the engine's own words. */
  explain(): Promise<Record<string, unknown>[]>;
}

/** A SELECT over `M`. `S` is the selection, `C` the model the next join starts from, `E` the joined relations. */
export interface ModelSelect<M extends AnySource, S extends readonly unknown[], C = M, E = never>
  extends ModelQuery<ObjectRow<M, S, E>> {
  /** Joins a model along the foreign key between the two; the next join starts from it. */
  join<J extends AnySource, const O extends JoinOptions = {}>(model: J, options?: O): ModelSelect<M, S, J, E | EdgeFor<C, J, O>>;
  /** Joins a subquery, a CTE or a list of values. */
  join(item: FromItem, options: SourceJoin): ModelSelect<M, S, C, E>;
  /** The next join starts from this model. */
  switch<J extends AnySource>(model: J): ModelSelect<M, S, J, E>;
  /** Reads from these instead of the model's table. */
  from(...items: (FromItem | AnySource)[]): this;
  /** Rows as plain objects. */
  dicts(): ModelQuery<DictRow<S>>;
  /** Rows as arrays. */
  tuples(): ModelQuery<TupleRow<S>>;
  /** The first column of each row. */
  scalars(): ModelQuery<TupleRow<S>[0]>;
  /** The first column of the first row; null when there is no row. */
  scalar(): Promise<TupleRow<S>[0] | null>;
  /** Names the query, to select from it, to join it, or to select it as a value. peewee: `alias`. */
  as<const A extends string>(name: A): Derived<DictRow<S>, A>;
  /** Names the query for use before another one: see `withCte`. */
  cte(name: string, options?: CteOptions): Cte<DictRow<S>>;
  /** The same query with another selection. peewee: `select` on a query, `columns`. */
  columns<const T extends readonly Selectable[]>(...selection: T): ModelSelect<M, T, C, E>;
}

/** What every writing query of a model can do; awaiting it runs it. */
export interface ModelWrite<Result> extends AnyQuery, PromiseLike<Result>, Compilable<Node> {
  /** The same query on another database or transaction. */
  bind(executor: Executor): this;
  /**
   * Names the write, to be done by the query that lists it in `withCte`; what it writes is read there by `returning(…).cte(…)`.
   * Postgres only. peewee: `cte`.
   */
  cte(name: string): Cte<{}>;
  /** Says these CTEs before the query. peewee: `with_cte`. */
  withCte(...ctes: Cte<unknown>[]): this;
  /**
   * Runs the query; awaiting it does the same.
   * @throws IntegrityError when a constraint is violated, DataError for a value that does not fit its column
   */
  execute(): Promise<Result>;
  /** The SQL text and the bound values, for a look: of many statements the first. */
  sql(dialect?: Executor['dialect']): Sql;
}

/** What happens to a row that breaks a uniqueness constraint; the names are peewee's. */
export interface ConflictOptions<M> {
  /** `ignore` drops the new row, `replace` deletes the old one; left out, `update` and `preserve` change the old one. */
  readonly action?: 'ignore' | 'replace';
  /** The fields of the constraint that is meant. */
  readonly conflictTarget?: readonly ((keyof FieldsOf<M> & string) | Expr<unknown>)[];
  /** The condition of the partial index that is meant. */
  readonly conflictWhere?: Expr<boolean>;
  /** The constraint that is meant, by name, on Postgres. */
  readonly conflictConstraint?: string;
  /** These fields of the old row take the new row's values. */
  readonly preserve?: readonly ((keyof FieldsOf<M> & string) | Expr<unknown>)[];
  /** These fields of the old row take these values; `EXCLUDED(User.age)` is what could not be inserted. */
  readonly update?: UpdateOf<M>;
  /** Only old rows for which this holds are changed. */
  readonly where?: Expr<boolean>;
}

/** An INSERT, as `Model.insert()` and `insertMany()` make it; awaiting it runs it. */
export interface ModelInsert<M, Result> extends ModelWrite<Result> {
  /**
   * What happens when a row with the same key is there: `onConflict({ conflictTarget: ['username'], preserve: ['age'] })`;
   * awaiting it then gives null for a row that was kept out.
   * peewee: `on_conflict`.
   */
  onConflict(options: ConflictOptions<M>): ModelInsert<M, Result | null>;
  /** Leaves the old row as it is. */
  onConflictIgnore(): ModelInsert<M, Result | null>;
  /** Deletes the old row first. */
  onConflictReplace(): ModelInsert<M, Result>;
  /** Yields these of the rows inserted, all fields when nothing is listed. */
  returning(): ModelQueryRows<M, [M]>;
  returning<const S extends readonly Selectable[]>(...selection: S): ModelQueryRows<M, S>;
}

/** An UPDATE, as `Model.update()` makes it; awaiting it gives how many rows it changed. */
export interface ModelUpdate<M> extends ModelWrite<number> {
  /** Only rows for which these hold, and those of earlier calls; without any, all rows are changed. */
  where(...conditions: Expr<boolean>[]): this;
  /** Other sources the values or conditions use. */
  from(...items: (FromItem | AnySource)[]): this;
  /** Yields these of the rows changed, as they are afterwards; all fields when nothing is listed. */
  returning(): ModelQueryRows<M, [M]>;
  returning<const S extends readonly Selectable[]>(...selection: S): ModelQueryRows<M, S>;
}

/** A DELETE, as `Model.delete()` makes it; awaiting it gives how many rows it deleted. */
export interface ModelDelete<M> extends ModelWrite<number> {
  /** Only rows for which these hold, and those of earlier calls; without any, all rows are deleted. */
  where(...conditions: Expr<boolean>[]): this;
  /** Yields these of the rows deleted; all fields when nothing is listed. */
  returning(): ModelQueryRows<M, [M]>;
  returning<const S extends readonly Selectable[]>(...selection: S): ModelQueryRows<M, S>;
}

/** The rows of a write's RETURNING. */
export interface ModelQueryRows<M, S extends readonly unknown[]>
  extends AnyQuery,
    PromiseLike<ObjectRow<M, S, never>[]>,
    Compilable<Node> {
  bind(executor: Executor): this;
  dicts(): PromiseLike<DictRow<S>[]>;
  tuples(): PromiseLike<TupleRow<S>[]>;
  scalars(): PromiseLike<TupleRow<S>[0][]>;
  /**
   * Names the write, to be done by the query that lists it in `withCte`, and which reads these rows:
   * `Entry.delete().returning().cte('moved')`. Postgres only. peewee: `cte`.
   * @throws NotSupportedError on SQLite, when it runs
   */
  cte(name: string, options?: Pick<CteOptions, 'columns'>): Cte<DictRow<S>>;
  execute(): Promise<ObjectRow<M, S, never>[]>;
  sql(dialect?: Executor['dialect']): Sql;
}

/** The rows of SQL written by hand. */
export interface ModelRaw<Row> extends AnyQuery, PromiseLike<Row[]>, AsyncIterable<Row> {
  /** The same SQL on another database or transaction. */
  bind(executor: Executor): this;
  /** Runs the query; awaiting it does the same. */
  execute(): Promise<Row[]>;
  /** Rows as plain objects keyed by column name, columns the model does not know included. */
  dicts(): PromiseLike<Record<string, unknown>[]>;
  /** Rows as arrays, in the order of the columns. */
  tuples(): PromiseLike<unknown[][]>;
  /** The first column of the first row; null when there is no row. */
  scalar(): Promise<unknown>;
}
