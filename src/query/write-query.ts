/** What inserts, updates and deletes share: awaiting them runs them and gives the number of rows. */

import type { Assignment, Expression, TableNode, WriteNode } from '../ast/expression.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { InterfaceError } from '../errors.ts';
import type { Outcome } from '../wire/statement.ts';
import { batchOf } from './batch.ts';
import type { ColumnInfo } from './column.ts';
import { Cte, type CteOptions } from './cte.ts';
import type { Executor } from './executor.ts';
import type { AnyQuery, Compilable, Selected } from './expr.ts';
import { RowQuery, type Sql } from './row-query.ts';
import { asDicts, asTuples, type RowBuilder } from './rows.ts';
import { operand } from './term.ts';
import type { DictRow, TupleRow } from './types.ts';

/** A table as something to write to. */
export interface WriteTarget {
  readonly '~table': TableNode;
  /** The column rows hold under this key. @throws ProgrammingError when there is none */
  '~column'(key: string): ColumnInfo;
}

/** A query that writes; every method gives a new one. */
export abstract class WriteQuery<N extends WriteNode> implements AnyQuery, PromiseLike<number>, Compilable<N> {
  declare readonly '~query': true;
  abstract readonly '~node': N;
  readonly '~executor': Executor | undefined;

  static {
    Object.defineProperty(this.prototype, '~query', { value: true });
  }

  constructor(executor?: Executor) {
    this['~executor'] = executor;
  }

  /** The same query on another database or transaction. */
  bind(executor: Executor): this {
    return this['~copy']({ '~executor': executor });
  }

  /** Says these CTEs before the query. */
  withCte(...ctes: Cte<unknown>[]): this {
    return this['~with']({ with: [...this['~node'].with, ...ctes.map((cte) => cte['~cte'])] } as object as Partial<N>);
  }

  /**
   * Names the write, to be done by the query that lists it in `withCte`; only what it returns can be read there. Postgres only.
   * peewee: `cte`.
   * @throws NotSupportedError on SQLite, when it runs
   */
  cte(name: string): Cte<{}> {
    return new Cte<{}>({ name, columns: [], query: this['~node'], recursive: false }, []);
  }

  /** Runs the query and gives the number of rows inserted, updated or deleted. Awaiting it does the same. */
  async execute(): Promise<number> {
    let changes = 0;
    for (const outcome of await this['~outcomes']()) changes += outcome.changes;
    return changes;
  }

  then<A = number, B = never>(
    onfulfilled?: ((changes: number) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.execute().then(onfulfilled, onrejected);
  }

  /** The text and the bound values this query has on `dialect`, or on the database it is bound to. */
  sql(dialect: Dialect = this['~resolve']().dialect): Sql {
    const [statement] = dialect.compile(this['~node']);
    return { sql: statement?.sql ?? '', params: statement?.params ?? [] };
  }

  /** Runs it and tells what each statement did. */
  async '~outcomes'(): Promise<readonly Outcome[]> {
    const executor = this['~resolve']();
    const statements = executor.dialect.compile(this['~node']);
    return statements.length === 0 ? [] : executor.run(batchOf(statements, executor));
  }

  /** What the query runs on. @throws InterfaceError when nothing was bound */
  '~resolve'(): Executor {
    if (!this['~executor']) throw new InterfaceError('This query is bound to no database: use .bind(database)');
    return this['~executor'];
  }

  /** A copy with some of its properties changed. */
  protected '~copy'(changes: object): this {
    return Object.assign(Object.create(Object.getPrototypeOf(this) as object), this, changes) as this;
  }

  /** A copy whose node has other parts. */
  protected '~with'(parts: Partial<N>): this {
    return this['~copy']({ '~node': { ...this['~node'], ...parts } });
  }
}

/** A writing query that gives the rows it wrote. */
export class Returning<S extends readonly unknown[] = readonly unknown[], Row = DictRow<S>> extends RowQuery<Row> {
  override readonly '~node': WriteNode;
  override readonly '~selection': readonly Selected[] | undefined;
  private readonly query: WriteQuery<WriteNode>;
  private readonly build: RowBuilder<Row> | undefined;

  /** An empty selection returns all columns. `build` makes rows when no other shape is asked for. */
  constructor(query: WriteQuery<WriteNode>, selection: readonly Selected[], build?: RowBuilder<Row>) {
    super(query['~executor']);
    const returning: readonly Expression[] = selection.length > 0 ? selection.map((one) => one['~node']) : [{ kind: 'star' }];
    this['~node'] = { ...query['~node'], returning };
    this['~selection'] = selection.length > 0 ? selection : undefined;
    this.query = query;
    this.build = build;
  }

  /** Rows as objects of the returned columns. */
  override dicts(): Returning<S, DictRow<S>> {
    return this['~shaped'](asDicts) as unknown as Returning<S, DictRow<S>>;
  }

  /** Rows as arrays, in the order of what is returned. */
  override tuples(): Returning<S, TupleRow<S>> {
    return this['~shaped'](asTuples as RowBuilder<unknown>) as unknown as Returning<S, TupleRow<S>>;
  }

  /**
   * Names the write, to be done by the query that lists it in `withCte`, and which reads these rows. Postgres only.
   * peewee: `cte`.
   * @throws NotSupportedError on SQLite, when it runs
   */
  cte(name: string, { columns = [] }: Pick<CteOptions, 'columns'> = {}): Cte<Row> {
    return new Cte<Row>({ name, columns, query: this['~node'], recursive: false }, this['~selection']);
  }

  protected override '~resolve'(): Executor {
    return this['~executor'] ?? this.query['~resolve']();
  }

  protected override '~builder'(): RowBuilder<Row> {
    return this.build ?? super['~builder']();
  }
}

/** New values by key as assignments: plain values as their columns take them, expressions as they are. */
export function assignments(target: WriteTarget, values: Readonly<Record<string, unknown>>): Assignment[] {
  return Object.entries(values).map(([key, value]) => {
    const column = target['~column'](key);
    return { column: column.name, value: operand(value, column) };
  });
}
