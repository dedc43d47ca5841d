/** What every query that yields rows can do: run, stream, change the shape of its rows, stand inside other queries. */
import type { QueryNode } from '../ast/expression.ts';
import type { Node } from '../ast/node.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { DoesNotExist, InterfaceError, type WaxwingError } from '../errors.ts';
import type { DriverValue, Rows, Statement } from '../wire/statement.ts';
import { batchOf } from './batch.ts';
import type { Executor } from './executor.ts';
import type { Aliased, AnyQuery, Compilable, Expr, OrderItem, Selected } from './expr.ts';
import { asDicts, asScalars, asTuples, type RowBuilder, type RowReader, rowReader } from './rows.ts';

/** SQL text and the values bound to it. */
export interface Sql {
  /** The text, with a placeholder for each value. */
  readonly sql: string;
  /** The values, in the order of the placeholders. */
  readonly params: readonly DriverValue[];
}

/** A query over rows, as `Model.select()` makes it; awaiting it runs it. Every method gives a new query. */
export interface Query<Row> extends AnyQuery, PromiseLike<Row[]>, AsyncIterable<Row> {
  /** Only rows for which all of these hold, and those given before. peewee: `where`. */
  where(...conditions: Expr<boolean>[]): this;
  /** One row for each different value of these. peewee: `group_by`. */
  groupBy(...expressions: (Expr<unknown> | Aliased<unknown, string>)[]): this;
  /** Only groups for which all of these hold. peewee: `having`. */
  having(...conditions: Expr<boolean>[]): this;
  /** Sorts by these, in place of what was said before; without any, in no particular order. peewee: `order_by`. */
  orderBy(...order: OrderItem[]): this;
  /** At most so many rows; null for all. */
  limit(n: number | null): this;
  /** Leaves out so many rows at the start. */
  offset(n: number | null): this;
  /** Each different row once. */
  distinct(): this;
  /** The first row, or null. peewee: `first`. */
  first(): Promise<Row | null>;
  /**
   * The first row. peewee: `get`.
   * @throws DoesNotExist when there is none.
   */
  get(): Promise<Row>;
  /** How many rows the query has. peewee: `count`. */
  count(): Promise<number>;
  /** Whether the query has a row. peewee: `exists`. */
  exists(): Promise<boolean>;
}

/** A query whose rows can be had; every method gives a new query. */
export abstract class RowQuery<Row> implements AnyQuery, PromiseLike<Row[]>, AsyncIterable<Row>, Compilable<Node> {
  declare readonly '~query': true;
  abstract readonly '~node': Node;
  /** What each result column is; undefined: as the engine says. */
  abstract readonly '~selection': readonly Selected[] | undefined;
  /** What it runs on, when that is settled. */
  readonly '~executor': Executor | undefined;
  /** A shape chosen by `dicts()` and the like, instead of `~builder`. */
  readonly '~shape': RowBuilder<Row> | undefined;

  static {
    Object.defineProperty(this.prototype, '~query', { value: true });
  }

  constructor(executor?: Executor) {
    this['~executor'] = executor;
    this['~shape'] = undefined;
  }

  /** The same query on another database or transaction. */
  bind(executor: Executor): this {
    return this['~copy']({ '~executor': executor });
  }

  /** Rows as objects of the selected columns. */
  dicts(): RowQuery<unknown> {
    return this['~shaped'](asDicts);
  }

  /** Rows as arrays. */
  tuples(): RowQuery<unknown> {
    return this['~shaped'](asTuples);
  }

  /** The first column of each row. */
  scalars(): RowQuery<unknown> {
    return this['~shaped'](asScalars);
  }

  /** Runs the query. Awaiting it does the same. */
  async execute(): Promise<Row[]> {
    const executor = this['~resolve']();
    const reader = rowReader(this['~selection'], executor.dialect);
    const build = this['~shape'] ?? this['~builder']();
    let rows: Row[] | undefined;
    let failure: { error: unknown } | undefined;
    const take = (_index: number, slice: Rows): void => {
      if (failure) return;
      // An error of decoding belongs to the caller, not to the engine in whose callback it happens.
      try {
        const built = build(reader.read(slice));
        if (rows) for (const row of built) rows.push(row);
        else rows = built;
      } catch (error) {
        failure = { error };
      }
    };
    const statements = compileFor(reader, this['~node'], executor.dialect);
    await executor.run(batchOf(statements, executor), take);
    if (failure) throw failure.error;
    return rows ?? [];
  }

  then<A = Row[], B = never>(
    onfulfilled?: ((rows: Row[]) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.execute().then(onfulfilled, onrejected);
  }

  /** Rows one by one, read as they are asked for; leaving the loop early frees the query. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    const executor = this['~resolve']();
    const reader = rowReader(this['~selection'], executor.dialect);
    const build = this['~shape'] ?? this['~builder']();
    const [statement] = compileFor(reader, this['~node'], executor.dialect);
    // A write is not streamed: it must be done whether its rows are read or not.
    if (statement?.mode !== 'read') return yield* await this.execute();
    for await (const slice of executor.stream(statement)) yield* build(reader.read(slice));
  }

  /** As `for await` over the query itself. */
  iterator(): AsyncIterable<Row> {
    return this;
  }

  /** The text and the bound values this query has on `dialect`, or on the database it is bound to. */
  sql(dialect: Dialect = this['~resolve']().dialect): Sql {
    const { sql, params = [] } = dialect.compile(this['~node'])[0] as Statement;
    return { sql, params };
  }

  /** How the engine would run it, in the engine's own words. */
  async explain(): Promise<Record<string, unknown>[]> {
    const executor = this['~resolve']();
    const statements = executor.dialect.compile({ kind: 'explain', node: this['~node'] as QueryNode });
    const outcomes = await executor.run({ statements });
    return asDicts(rowReader(undefined, executor.dialect).read((outcomes[0] as { rows: Rows }).rows));
  }

  /** What the query runs on. @throws InterfaceError when nothing was bound */
  protected '~resolve'(): Executor {
    if (!this['~executor']) throw new InterfaceError('This query is bound to no database: use .bind(database)');
    return this['~executor'];
  }

  /** Makes rows when no other shape was chosen. */
  protected '~builder'(): RowBuilder<Row> {
    return asDicts as RowBuilder<unknown> as RowBuilder<Row>;
  }

  /** What `get()` throws when there is no row. */
  protected '~missing'(): WaxwingError {
    return new DoesNotExist('The query has no row');
  }

  /** A copy with some of its properties changed. */
  protected '~copy'(changes: object): this {
    return Object.assign(Object.create(Object.getPrototypeOf(this) as object), this, changes) as this;
  }

  protected '~shaped'<R>(shape: RowBuilder<R>): RowQuery<R> {
    return this['~copy']({ '~shape': shape }) as unknown as RowQuery<R>;
  }
}

/** The statements of a node, telling the engine what the reader knows of their results. */
export function compileFor({ expects }: RowReader, node: Node, dialect: Dialect): readonly Statement[] {
  const statements = dialect.compile(node);
  return expects ? statements.map((statement) => ({ ...statement, expects })) : statements;
}
