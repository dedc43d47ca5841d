/** Work that happens wholly or not at all: what `atomic` hands to its body. */
import type { Executor } from '../query/executor.ts';
import type { SqlResult } from './sql-result.ts';

/** How a transaction starts. */
export interface AtomicOptions {
  /** `write` (the default) takes the write lock with the first statement; `read` sees one unchanging snapshot and waits for nobody. */
  readonly mode?: 'write' | 'read';
  /** How much it sees of what others commit meanwhile, on Postgres; elsewhere a transaction sees nothing of it anyway. */
  readonly isolationLevel?: 'read committed' | 'repeatable read' | 'serializable';
  /** Who this is, for the LockTimeoutError of another one that waited for it. */
  readonly label?: string;
}

/** What runs in a transaction. */
export type AtomicBody<T> = (tx: Transaction) => Promise<T> | T;

/**
 * A transaction, or a savepoint inside one. It is a function: `tx(User)` is the model and `tx(user)` the row, used in
 * this transaction. It takes a connection of its own with the first statement; one that is never used costs nothing.
 *
 * ```ts
 * await database.atomic(async (tx) => {
 *   const bob = await tx(User).create({ username: 'bob' });
 *   await tx(Tweet).create({ user: bob, message: 'both or none' });
 * });
 * ```
 */
export interface Transaction extends Executor {
  <T extends object>(target: T): T;
  /**
   * A savepoint: when `body` throws, only what it did is undone. Those of one transaction run one after the other.
   * @throws DeadlockError when it is called from inside another one's body, which would wait for itself: use that one's own `tx`.
   */
  atomic<T>(body: AtomicBody<T>): Promise<T>;
  /** The same as `atomic`; the name is peewee's. */
  savepoint<T>(body: AtomicBody<T>): Promise<T>;
  /** Runs SQL as it is written, with one param for each placeholder: `SET CONSTRAINTS ALL DEFERRED`, say. */
  executeSql(sql: string, params?: readonly unknown[]): Promise<SqlResult>;
  /** Makes final what was done so far; what comes after is a new transaction. */
  commit(): Promise<void>;
  /** Undoes what was done so far; what comes after is a new transaction. */
  rollback(): Promise<void>;
  /** 1 for a transaction, one more for each savepoint it is nested in. */
  readonly depth: number;
}

/** What `manualCommit` hands to its body: nothing begins or commits by itself, each statement outside `begin` … `commit` stands for itself. */
export interface ManualConnection extends Transaction {
  /**
   * Begins a transaction, to be ended by `commit()` or `rollback()`: `write` (the default) takes the write lock, `read` sees one
   * unchanging snapshot. What is open when the body ends is rolled back. peewee: `begin`.
   */
  begin(mode?: 'write' | 'read'): Promise<void>;
}
