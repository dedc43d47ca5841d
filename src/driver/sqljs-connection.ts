/** A connection as the layers above see it: calls in order, with the write lock where they need it. */
import { ConnectionClosedError, InternalError, OperationalError, WaxwingError } from '../errors.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { Connection } from './driver.ts';
import type { Handle } from './sqljs-handle.ts';
import { NOTHING_TO_ROLL_BACK } from './sqljs-sql.ts';
import type { Holder, WriteQueue } from './write-queue.ts';

/** What a connection needs of the database it belongs to. */
export interface Home {
  readonly queue: WriteQueue;
  readonly lockTimeout: number;
  /** True when calls have to wait: for an import, writes also for a flush that failed before. */
  isBarred(writes: boolean): boolean;
  /** Waits for that once; rejects when the flush fails again. */
  passBarrier(): Promise<void>;
  /** A connection to the engine that nobody uses. */
  acquire(): Handle;
  release(handle: Handle): void;
  /** Hands over what was committed; resolves when it is stored, null when nothing was committed. */
  publish(): Promise<void> | null;
  forget(connection: SqlJsConnection): void;
}

interface Job {
  readonly batch: Batch;
  readonly onRows: OnRows | undefined;
  readonly resolve: (outcomes: Promise<readonly Outcome[]> | readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

export class SqlJsConnection implements Connection, Holder {
  readonly label: string;
  lastActive = 0;
  readonly #home: Home;
  readonly #jobs: Job[] = [];
  readonly #streams = new Set<Handle>();
  #handle: Handle | null = null;
  #holdsLock = false;
  #isPumping = false;
  /** Why the transaction is gone that the caller believes to be in. */
  #lost: Error | null = null;
  #closed: Error | null = null;

  constructor(home: Home, label: string) {
    this.#home = home;
    this.label = label;
  }

  run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    const writes = needsLock(batch);
    if (this.#isNext(batch) && !this.#home.isBarred(writes) && (!writes || this.#takeLock())) return this.#runNow(batch, onRows);
    return new Promise((resolve, reject) => {
      this.#jobs.push({ batch, onRows, resolve, reject });
      void this.#pump();
    });
  }

  async *stream(statement: Statement, size: number): AsyncGenerator<Rows, void> {
    if (this.#closed !== null) throw this.#closed;
    await this.#passBarrier(false);
    if (this.#handle?.isOpen) {
      yield* this.#handle.stream(statement, size);
      return;
    }
    const handle = this.#home.acquire();
    this.#streams.add(handle);
    try {
      yield* handle.stream(statement, size);
    } finally {
      if (this.#streams.delete(handle)) this.#home.release(handle);
    }
  }

  async close(): Promise<void> {
    this.closeNow(this.#lost ?? new ConnectionClosedError('The connection is closed.'));
  }

  /** Closes at once; what waits fails with `error`. */
  closeNow(error: Error): void {
    if (this.#closed !== null) return;
    this.#closed = error;
    this.#home.forget(this);
    for (const job of this.#jobs.splice(0)) job.reject(error);
    this.#home.queue.reject(error, this);
    this.giveUp(error);
    // Also when the lock was granted just now and the job that waited for it has not heard yet.
    this.#home.queue.release(this);
  }

  /** Lets go of the engine; a transaction that was open is rolled back, and its next statement fails with `error`. */
  giveUp(error: Error): void {
    if (this.#handle?.isOpen) this.#lost = error;
    // Readers in the middle of their rows have to notice.
    for (const handle of this.#streams) handle.close();
    this.#streams.clear();
    if (this.#handle !== null) this.#home.release(this.#handle);
    this.#handle = null;
    this.#releaseLock();
  }

  /** Says better why the transaction is gone, if it ended for `was`. */
  explain(was: Error, reason: Error): void {
    if (this.#lost === was) this.#lost = reason;
  }

  /**
   * Outside a transaction plain reads do not stand in line behind writes that wait for somebody else's transaction:
   * that one may be waiting for them.
   */
  #isNext(batch: Batch): boolean {
    if (this.#jobs.length === 0) return true;
    return isPlainRead(batch) && !this.#handle?.isOpen && this.#jobs.every((job) => isPlainWrite(job.batch));
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      try {
        const writes = needsLock(job.batch);
        await this.#passBarrier(writes);
        if (writes && this.#closed === null && !this.#takeLock()) {
          await this.#home.queue.take(this, this.#home.lockTimeout);
          this.#holdsLock = true;
          await this.#passBarrier(writes);
        }
        if (this.#closed !== null) {
          this.#releaseLock();
          break;
        }
        job.resolve(this.#runNow(job.batch, job.onRows));
      } catch (error) {
        if (!this.#handle?.isOpen) this.#releaseLock();
        job.reject(error);
      }
      if (this.#jobs[0] === job) this.#jobs.shift();
    }
    this.#isPumping = false;
  }

  async #passBarrier(writes: boolean): Promise<void> {
    while (this.#home.isBarred(writes)) await this.#home.passBarrier();
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
    if (!isPlainRead(batch) && !this.#handle?.isOpen) this.#releaseLock();
    const stored = this.#home.publish();
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
      if (this.#handle?.isOpen) this.#runOne(rollback);
      this.#lost = null;
      throw error;
    }
  }

  #runAll(batch: Batch, onRows: OnRows | undefined): readonly Outcome[] {
    return batch.statements.map((statement, index) => this.#runOne(statement, onRows && ((rows) => onRows(index, rows))));
  }

  #runOne(statement: Statement, sink?: (rows: Rows) => void): Outcome {
    const lost = this.#lost;
    if (lost !== null && statement.mode !== 'end') {
      const message =
        lost instanceof ConnectionClosedError ? lost.message : `The transaction was rolled back after an error: ${lost.message}`;
      throw new OperationalError(message, { cause: lost, sql: statement.sql });
    }
    this.#lost = null;
    const handle = (this.#handle ??= this.#home.acquire());
    const wasOpen = handle.isOpen;
    try {
      return handle.run(statement, sink);
    } catch (error) {
      if (lost !== null && isAboutNothing(error))
        return { rows: { names: [], length: 0, data: [] }, changes: 0, lastInsertId: null };
      if (wasOpen && !handle.isOpen && statement.mode !== 'end') this.#lost = error as Error;
      throw error instanceof WebAssembly.RuntimeError
        ? new InternalError(`The engine broke: ${error.message}.`, { cause: error, sql: statement.sql })
        : error;
    }
  }

  #takeLock(): boolean {
    return (this.#holdsLock ||= this.#home.queue.tryTake(this));
  }

  #releaseLock(): void {
    if (!this.#holdsLock) return;
    this.#holdsLock = false;
    this.#home.queue.release(this);
  }
}

function needsLock(batch: Batch): boolean {
  return modeNeedsLock(batch.bracket?.begin) || batch.statements.some(modeNeedsLock);
}

function modeNeedsLock(statement: Statement | undefined): boolean {
  return statement !== undefined && (statement.mode === 'write' || statement.mode === 'begin');
}

function isPlainRead(batch: Batch): boolean {
  return batch.bracket === undefined && batch.statements.every(({ mode }) => mode === 'read');
}

/** Writes that begin nothing others belong to. */
function isPlainWrite(batch: Batch): boolean {
  return batch.statements.every(({ mode }) => mode === 'read' || mode === 'write');
}

/** Rolling back what SQLite has rolled back already is what the caller wanted. */
function isAboutNothing(error: unknown): boolean {
  return error instanceof WaxwingError && error.message === NOTHING_TO_ROLL_BACK;
}
