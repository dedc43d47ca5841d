/** What transactions and savepoints have in common: they begin with their first statement, in the same message, and end once. */
import type { Dialect } from '../dialect/dialect.ts';
import type { Connection } from '../driver/driver.ts';
import { DeadlockError, InterfaceError, OperationalError } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import { Callable } from './callable.ts';
import type { Link } from './link.ts';
import { runSql, type SqlResult } from './sql-result.ts';
import type { AtomicBody, Transaction } from './transaction.ts';

/** What a scope needs of its database. */
export interface Host {
  readonly dialect: Dialect;
  readonly name: string;
  /** Milliseconds anything waits for a lock. */
  readonly patience: number;
  /** The open link, at once when there is one. */
  link(): Link | Promise<Link>;
  /** Statements that give a new connection the settings made since the database was opened. */
  preamble(): readonly Statement[];
  send(link: Link, connection: Connection, batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]>;
  read(link: Link, connection: Connection, statement: Statement, size?: number): AsyncIterable<Rows>;
  /** The error for the user; called in the async function the user awaits. */
  fail(error: unknown): unknown;
}

/** A transaction or savepoint; what it is inside is for its subclasses to say. */
export abstract class Scope extends Callable implements Executor {
  declare readonly name: string;
  readonly dialect: Dialect;
  readonly depth: number;
  readonly host: Host;
  #state: 'idle' | 'begun' | 'ended' = 'idle';
  /** The first statements are under way; what comes meanwhile waits, for it must not run when they fail to begin. */
  #starting: Promise<unknown> | null = null;
  /** Savepoints of this scope that run or wait. */
  #nested = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(host: Host, depth: number) {
    super(host.name);
    this.host = host;
    this.dialect = host.dialect;
    this.depth = depth;
  }

  /** Begins and runs the batch in one call; when it fails, nothing of it is left, whether it had begun or not. */
  protected abstract enter(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]>;
  protected abstract send(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]>;
  protected abstract read(statement: Statement, size?: number): AsyncIterable<Rows>;
  protected abstract leave(keep: boolean): Promise<void>;
  protected abstract nest(): Scope;

  get inTransaction(): boolean {
    return this.#state !== 'ended';
  }

  /** True from the first statement until the end. */
  get begun(): boolean {
    return this.#state === 'begun';
  }

  async run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    try {
      while (this.#starting !== null) await this.#started(this.#starting);
      this.#requireOpen();
      return await (this.#state === 'begun' ? this.send(batch, onRows) : this.#start(batch, onRows));
    } catch (error) {
      throw this.host.fail(error);
    }
  }

  async *stream(statement: Statement, size?: number): AsyncGenerator<Rows, void, undefined> {
    await this.run({ statements: [] });
    try {
      yield* this.read(statement, size);
    } catch (error) {
      throw this.host.fail(error);
    }
  }

  atomic<T>(body: AtomicBody<T>): Promise<T> {
    return this.#takeTurn(() => runIn(this.nest(), body));
  }

  savepoint<T>(body: AtomicBody<T>): Promise<T> {
    return this.atomic(body);
  }

  executeSql(sql: string, params?: readonly unknown[]): Promise<SqlResult> {
    return runSql(this, sql, params);
  }

  commit(): Promise<void> {
    return this.#close(true, 'idle');
  }

  rollback(): Promise<void> {
    return this.#close(false, 'idle');
  }

  /** Commits or rolls back for good: using it afterwards is an error. */
  async end(keep: boolean): Promise<void> {
    if (keep && this.#nested > 0) {
      await this.#close(false, 'ended', true).catch(() => {});
      throw new InterfaceError(
        'The body of atomic ended while an atomic inside it was still running: await it. Everything was rolled back.',
      );
    }
    await this.#close(keep, 'ended', true);
  }

  async #start(batch: Batch, onRows: OnRows | undefined): Promise<readonly Outcome[]> {
    const first = this.enter(batch, onRows);
    this.#starting = first;
    try {
      const outcomes = await first;
      this.#state = 'begun';
      return outcomes;
    } finally {
      this.#starting = null;
    }
  }

  /** Waits for another's beginning. When the database could not begin, those who waited fail alike; a bad statement is its own affair. */
  async #started(starting: Promise<unknown>): Promise<void> {
    try {
      await starting;
    } catch (error) {
      if (this.dialect.error(error) instanceof OperationalError) throw error;
    }
  }

  async #close(keep: boolean, then: 'idle' | 'ended', force = false): Promise<void> {
    while (this.#starting !== null) await this.#starting.catch(() => {});
    this.#requireOpen();
    if (this.#nested > 0 && !force) {
      throw new InterfaceError('A savepoint inside this transaction is still open: let its body end first.');
    }
    const begun = this.#state === 'begun';
    this.#state = then;
    if (!begun) return;
    try {
      await this.leave(keep);
    } catch (error) {
      throw this.host.fail(error);
    }
  }

  async #takeTurn<T>(body: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    const before = this.#turn;
    const waits = this.#nested++ > 0;
    let done: () => void = () => {};
    const mine = new Promise<void>((resolve) => {
      done = resolve;
    });
    this.#turn = before.then(() => mine);
    try {
      if (waits) await this.#patiently(before);
      return await body();
    } finally {
      this.#nested--;
      done();
    }
  }

  /** Nobody can tell whether the savepoint before this one is a neighbour, which ends, or around it, which never would. */
  async #patiently(turn: Promise<void>): Promise<void> {
    const { patience } = this.host;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new DeadlockError(
              `An atomic waited ${patience} ms for another atomic of the same transaction. ` +
                'Inside the body of atomic(async (inner) => …) use inner, not the transaction around it.',
              { database: this.name },
            ),
          ),
        patience,
      );
    });
    await Promise.race([turn, late]).finally(() => clearTimeout(timer));
  }

  #requireOpen(): void {
    if (this.#state !== 'ended') return;
    throw new InterfaceError(
      'This transaction has ended: use it only inside the body of atomic, and await all that happens there.',
    );
  }
}

/** Runs `body` in the scope: ends it well when the body does, else undoes everything and throws the body's own error. */
export async function runIn<T>(scope: Scope, body: AtomicBody<T>): Promise<T> {
  let result: T;
  try {
    result = await body(scope as unknown as Transaction);
  } catch (error) {
    await scope.end(false).catch(() => {});
    throw error;
  }
  await scope.end(true);
  return result;
}
