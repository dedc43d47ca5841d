/** What every database can do, whatever its engine: transactions, tables, and what is already there. */
import type { ColumnMetadata, ForeignKeyMetadata, IndexMetadata, Question, ViewMetadata } from '../dialect/introspection.ts';
import { ImproperlyConfigured, InterfaceError } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import { runSchema } from '../query/run-schema.ts';
import type { Rows, Statement } from '../wire/statement.ts';
import { DatabaseCore, type DatabaseOptions } from './core.ts';
import { ManualScope } from './manual-scope.ts';
import {
  type CreateOptions,
  createNodes,
  type DropOptions,
  dropNodes,
  type TableLike,
  type TruncateOptions,
  truncateNodes,
} from './schema.ts';
import { runIn } from './scope.ts';
import type { AtomicBody, AtomicOptions, ManualConnection, Transaction } from './transaction.ts';
import { TransactionScope } from './transaction-scope.ts';

/** A query that can be told where to run. */
export interface Executable<T> {
  /** The same query on this database or transaction. */
  bind(executor: Executor): Executable<T>;
  /** Runs it. */
  execute(): Promise<T>;
}

/** A model that can be told which database to use. */
export interface BindableModel {
  /** Makes this the model's database. */
  bind(database: Executor): unknown;
  /** Makes this the model's database until `body` ends. */
  bindCtx(database: Executor, body: () => Promise<unknown> | unknown): Promise<unknown>;
}

/**
 * A database. Use the class made for an engine, `SqliteDatabase` say; a class of your own says how to `open` a driver
 * and which `dialect` it speaks.
 */
export abstract class Database<O extends DatabaseOptions = DatabaseOptions> extends DatabaseCore<O> implements Executor {
  /** True between `sessionStart` and its end. Inside `atomic` ask the transaction: the database itself stays outside of it. */
  get inTransaction(): boolean {
    return this.session !== null;
  }

  /** How many transactions and savepoints are around what runs on this object; see `inTransaction`. */
  get transactionDepth(): number {
    return this.session?.depth ?? 0;
  }

  /**
   * Runs `body` in a transaction: committed when it resolves, rolled back when it throws, and then its error is thrown on.
   * Only what is done with `tx` belongs to it.
   *
   * ```ts
   * await database.atomic(async (tx) => { await tx(User).create({ username: 'bob' }); });
   * ```
   * @throws LockTimeoutError when another transaction keeps the write lock.
   */
  async atomic<T>(body: AtomicBody<T>, options?: AtomicOptions): Promise<T> {
    return this.session === null ? runIn(new TransactionScope(this.host, options), body) : this.session.atomic(body);
  }

  /** As `atomic`, but never nested: while a session is open it throws. */
  async transaction<T>(body: AtomicBody<T>, options?: AtomicOptions): Promise<T> {
    if (this.session !== null) throw new InterfaceError('A session is open: use atomic or savepoint in it.');
    return this.atomic(body, options);
  }

  /** A savepoint in the open session. Inside `atomic` it is `tx.savepoint`. */
  async savepoint<T>(body: AtomicBody<T>): Promise<T> {
    if (this.session === null)
      throw new InterfaceError('A savepoint needs a transaction around it: use tx.savepoint inside atomic.');
    return this.session.atomic(body);
  }

  /**
   * A connection on which nothing begins or commits by itself: `begin`, `commit` and `rollback` are for `body` to call
   * (peewee's `manual_commit`). What is open when it ends is rolled back.
   */
  async manualCommit<T>(body: (connection: ManualConnection) => Promise<T> | T): Promise<T> {
    return runIn(new ManualScope(this.host), body as AtomicBody<T>);
  }

  /** Begins a transaction in which everything runs that is not in one of its own, until `sessionCommit` or `sessionRollback`. */
  async sessionStart(options?: AtomicOptions): Promise<void> {
    if (this.session !== null)
      throw new InterfaceError('A session is open already: end it with sessionCommit() or sessionRollback().');
    const session = new TransactionScope(this.host, options);
    this.session = session;
    try {
      await session.run({ statements: [] });
    } catch (error) {
      if (this.session === session) this.session = null;
      throw error;
    }
  }

  /** Commits what was done since `sessionStart`; false when there is no session. */
  sessionCommit(): Promise<boolean> {
    return this.#endSession(true);
  }

  /** Undoes what was done since `sessionStart`; false when there is no session. */
  sessionRollback(): Promise<boolean> {
    return this.#endSession(false);
  }

  /** Calls `body` for each of the items, in transactions of `size` items each (peewee's `batch_commit`). */
  async batchCommit<I>(
    items: Iterable<I> | AsyncIterable<I>,
    size: number,
    body: (item: I, tx: Transaction) => Promise<unknown> | unknown,
  ): Promise<void> {
    if (!Number.isInteger(size) || size < 1)
      throw new ImproperlyConfigured(`batchCommit takes a size of 1 or more, not ${size}.`);
    for await (const chunk of chunks(items, size)) {
      await this.atomic(async (tx) => {
        for (const item of chunk) await body(item, tx);
      });
    }
  }

  /** Runs a query here, whatever it is bound to. */
  execute<T>(query: Executable<T>): Promise<T> {
    return query.bind(this).execute();
  }

  /** Makes this the database of the models, from now on. */
  bind(models: readonly BindableModel[]): void {
    for (const model of models) model.bind(this);
  }

  /** Makes this the database of the models until `body` ends (peewee's `bind_ctx`). */
  async bindCtx<T>(models: readonly BindableModel[], body: () => Promise<T> | T): Promise<T> {
    const [first, ...others] = models;
    if (first === undefined) return body();
    return (await first.bindCtx(this, () => this.bindCtx(others, body))) as T;
  }

  /** Creates the tables of the models with their indexes, all or none, those first that others refer to. */
  async createTables(models: readonly TableLike[], options: CreateOptions = {}): Promise<void> {
    await runSchema(this, createNodes(models, options));
  }

  /** Drops the tables of the models, all or none, those first that refer to others. */
  async dropTables(models: readonly TableLike[], options: DropOptions = {}): Promise<void> {
    if (models.length === 0) return;
    await runSchema(this, dropNodes(models, options), this.deferKeys());
  }

  /** Lets tables be dropped or emptied whose rows refer to each other in a circle, where the engine wants to be told. */
  protected deferKeys(): readonly Statement[] {
    return [];
  }

  /** Empties the tables of the models, all or none (peewee's `truncate_table`). */
  async truncateTables(models: readonly TableLike[], options: TruncateOptions = {}): Promise<void> {
    if (models.length === 0) return;
    await runSchema(this, truncateNodes(models, options), this.deferKeys());
  }

  /** Names of the tables, in order. */
  getTables(schema?: string): Promise<string[]> {
    return this.ask(this.dialect.introspect.tables(schema));
  }

  /** The views with their text, by name. */
  getViews(schema?: string): Promise<ViewMetadata[]> {
    return this.ask(this.dialect.introspect.views(schema));
  }

  /** The columns of a table, in their order; none when there is no such table. */
  getColumns(table: string, schema?: string): Promise<ColumnMetadata[]> {
    return this.ask(this.dialect.introspect.columns(table, schema));
  }

  /** The indexes of a table, by name, those of constraints too. */
  getIndexes(table: string, schema?: string): Promise<IndexMetadata[]> {
    return this.ask(this.dialect.introspect.indexes(table, schema));
  }

  /** The columns of the primary key, in its order. */
  getPrimaryKeys(table: string, schema?: string): Promise<string[]> {
    return this.ask(this.dialect.introspect.primaryKeys(table, schema));
  }

  /** The foreign keys of a table. */
  getForeignKeys(table: string, schema?: string): Promise<ForeignKeyMetadata[]> {
    return this.ask(this.dialect.introspect.foreignKeys(table, schema));
  }

  /** Whether there is a table of this name, or of this model. */
  async tableExists(table: string | TableLike, schema?: string): Promise<boolean> {
    const name = typeof table === 'string' ? table : '~schema' in table ? table['~schema']().name : table.name;
    return (await this.getTables(schema)).includes(name);
  }

  /** Asks what the database holds. */
  protected async ask<T>(question: Question<T>): Promise<T> {
    const outcomes = await this.run({ statements: question.statements });
    return question.read(outcomes.map((outcome): Rows => outcome.rows));
  }

  async #endSession(keep: boolean): Promise<boolean> {
    const { session } = this;
    if (session === null) return false;
    this.session = null;
    await session.end(keep);
    return true;
  }
}

async function* chunks<I>(items: Iterable<I> | AsyncIterable<I>, size: number): AsyncGenerator<I[]> {
  let chunk: I[] = [];
  for await (const item of items) {
    if (chunk.push(item) < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
