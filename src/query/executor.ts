/** What queries run on: a database, a transaction, a proxy that stands for one. */
import type { Dialect } from '../dialect/dialect.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';

/** What queries run on: a database, a transaction, a proxy. */
export interface Executor {
  /** How it spells SQL. */
  readonly dialect: Dialect;
  /** What a stand-in stands for now: whatever runs in several steps asks once, and stays there when it is exchanged. */
  readonly '~target'?: Executor | undefined;
  /** For messages: the database's name. */
  readonly name: string;
  /** Runs the statements in order as one call; see Connection.run in driver/driver.ts. */
  run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]>;
  /** Rows of one reading statement in slices, made as they are asked for. */
  stream(statement: Statement, size?: number): AsyncIterable<Rows>;
  /** True inside a transaction, until it ends: several statements need no bracket of their own then. */
  readonly inTransaction: boolean;
  /** Runs `body` in a transaction (a savepoint inside one), on an executor that is that transaction. */
  atomic<T>(body: (tx: Executor) => Promise<T>): Promise<T>;
}
