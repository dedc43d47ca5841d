/** A connection as the layers above see it: calls in order, on the one session that all connections share. */
import { ConnectionClosedError, OperationalError } from '../errors.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { Connection } from './driver.ts';
import { Cursor } from './pglite-cursor.ts';
import type { Guest, Home } from './pglite-home.ts';
import type { Sink } from './pglite-session.ts';
import { COMMITS } from './pglite-sql.ts';
import { Traces } from './pglite-traces.ts';
import type { Holder } from './write-queue.ts';

interface Job {
  readonly batch: Batch;
  readonly onRows: OnRows | undefined;
  readonly resolve: (outcomes: Promise<readonly Outcome[]> | readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

const NOTHING: Outcome = { rows: { names: [], length: 0, data: [] }, changes: 0, lastInsertId: null };

export class PgliteConnection implements Connection, Guest, Holder {
  readonly label: string;
  lastActive = 0;
  readonly traces: Traces = new Traces();
  readonly #home: Home;
  readonly #jobs: Job[] = [];
  readonly #cursors = new Set<Cursor>();
  #holds = false;
  #isPumping = false;
  /** Counted up with each time the session was given back: what belongs to a transaction knows that it is over. */
  #turn = 0;
  /** Why the transaction is gone that the caller believes to be in. */
  #lost: Error | null = null;
  #closed: Error | null = null;

  constructor(home: Home, label: string) {
    this.#home = home;
    this.label = label;
  }

  run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    if (this.#jobs.length === 0 && this.#isReady(batch) && this.#takeSession()) return this.#runNow(batch, onRows);
    return new Promise((resolve, reject) => {
      this.#jobs.push({ batch, onRows, resolve, reject });
      void this.#pump();
    });
  }

  async *stream(statement: Statement, size: number): AsyncGenerator<Rows, void> {
    if (this.#closed !== null) throw this.#closed;
    await this.#passBarrier(false);
    const cursor = new Cursor(this.#home, this.label, statement, size, this.#guard());
    this.#cursors.add(cursor);
    try {
      yield* cursor.slices();
    } finally {
      this.#cursors.delete(cursor);
    }
  }

  async close(): Promise<void> {
    this.closeNow(this.#lost ?? new ConnectionClosedError('The connection is closed.'));
  }

  closeNow(error: Error): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    this.#home.forget(this);
    for (const job of this.#jobs.splice(0)) job.reject(error);
    this.#home.queue.reject(error, this);
    this.giveUp(error);
    // Also when the session was granted just now and the job that waited for it has not heard yet.
    this.#home.queue.release(this);
  }

  giveUp(error: Error): void {
    const { session } = this.#home;
    // Called by what gets the rows of a statement: Postgres is in the middle of it.
    if (session.isRunning) return queueMicrotask(() => this.giveUp(error));
    // Readers in the middle of their rows have to notice.
    for (const cursor of this.#cursors) cursor.fail(error);
    this.#cursors.clear();
    if (!this.#holds) return;
    if (session.isOpen) {
      this.#lost = error;
      session.rollBack();
      void this.#home.settle();
    }
    this.#giveSession();
  }

  explain(was: Error, reason: Error): void {
    if (this.#lost === was) this.#lost = reason;
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    // Whoever called may be in the middle of the rows of a statement.
    await null;
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      try {
        await this.#makeReady(job.batch);
        if (this.#closed !== null) {
          this.#giveSession();
          break;
        }
        job.resolve(this.#runNow(job.batch, job.onRows));
      } catch (error) {
        if (this.#holds && !this.#home.session.isOpen) this.#giveSession();
        job.reject(error);
      }
      if (this.#jobs[0] === job) this.#jobs.shift();
    }
    this.#isPumping = false;
  }

  async #makeReady(batch: Batch): Promise<void> {
    const writes = writesAny(batch);
    await this.#home.provide(batch.statements);
    await this.#passBarrier(writes);
    if (this.#closed !== null || this.#takeSession()) return;
    await this.#home.queue.take(this, this.#home.lockTimeout);
    this.#holds = true;
    await this.#passBarrier(writes);
  }

  async #passBarrier(writes: boolean): Promise<void> {
    while (this.#home.isBarred(writes)) await this.#home.passBarrier();
  }

  #isReady(batch: Batch): boolean {
    return !this.#home.isBarred(writesAny(batch)) && this.#home.provide(batch.statements) === null;
  }

  /** Runs the batch without giving up the thread, then waits until what it committed is stored. */
  #runNow(batch: Batch, onRows: OnRows | undefined): Promise<readonly Outcome[]> {
    let outcomes: readonly Outcome[] | undefined;
    let failure: unknown;
    try {
      outcomes = batch.bracket === undefined ? this.#runAll(batch, onRows) : this.#runBracketed(batch, onRows);
    } catch (error) {
      failure = error;
    }
    this.lastActive = performance.now();
    const stored = this.#home.settle();
    if (!this.#home.session.isOpen) this.#giveSession();
    if (outcomes === undefined) {
      // The statements before the one that failed may have committed; the failure is what counts.
      stored?.catch(() => {});
      return Promise.reject(failure);
    }
    const done = outcomes;
    return stored === null ? Promise.resolve(done) : stored.then(() => done);
  }

  #runBracketed(batch: Batch, onRows: OnRows | undefined): readonly Outcome[] {
    const { begin, commit, rollback } = batch.bracket!;
    this.#runOne(begin);
    try {
      const outcomes = this.#runAll(batch, onRows);
      this.#runOne(commit);
      return outcomes;
    } catch (error) {
      if (this.#home.session.isOpen) this.#runOne(rollback);
      this.#lost = null;
      throw error;
    }
  }

  #runAll(batch: Batch, onRows: OnRows | undefined): readonly Outcome[] {
    return batch.statements.map((statement, index) => this.#runOne(statement, onRows && ((rows) => onRows(index, rows))));
  }

  #runOne(statement: Statement, sink?: Sink): Outcome {
    const lost = this.#lost;
    if (lost !== null) {
      if (statement.mode === 'end') this.#lost = null;
      // Rolling back what is rolled back already is what the caller wanted.
      if (statement.mode === 'end' && !COMMITS.test(statement.sql)) return NOTHING;
      const message =
        lost instanceof ConnectionClosedError ? lost.message : `The transaction was rolled back after an error: ${lost.message}`;
      throw new OperationalError(message, { cause: lost, sql: statement.sql });
    }
    if (!this.traces.mayRun(statement.sql, (channel) => this.#home.isHeard(channel, this))) return NOTHING;
    try {
      const { session } = this.#home;
      const outcome = session.run(statement, sink);
      if (session.trace !== null) this.traces.note(session.trace, statement);
      return outcome;
    } catch (error) {
      throw this.#home.explain(error);
    }
  }

  /** For a cursor inside the transaction that is open now: what fails when that one is over. Null outside of one. */
  #guard(): (() => void) | null {
    if (!this.#holds || !this.#home.session.isOpen) return null;
    const turn = this.#turn;
    return () => {
      if (this.#turn === turn) return;
      throw this.#closed ?? this.#lost ?? new OperationalError('The transaction ended while rows of it were being read.');
    };
  }

  #takeSession(): boolean {
    const { session, idler, queue } = this.#home;
    if (session.isRunning) return false;
    if (this.#holds) return true;
    idler?.makeWay();
    this.#holds = queue.tryTake(this);
    return this.#holds;
  }

  #giveSession(): void {
    if (!this.#holds) return;
    this.#holds = false;
    this.#turn++;
    this.#home.queue.release(this);
  }
}

function writesAny(batch: Batch): boolean {
  return writes(batch.bracket?.begin) || batch.statements.some(writes);
}

function writes(statement: Statement | undefined): boolean {
  return statement !== undefined && (statement.mode === 'write' || statement.mode === 'begin');
}
