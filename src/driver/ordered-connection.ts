/** A connection whose calls run in the order they were made, each when it is its turn. */
import { ConnectionClosedError, OperationalError } from '../errors.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { Connection } from './driver.ts';
import type { Holder, WriteQueue } from './write-queue.ts';

/** A connection as its home sees it. */
export interface Guest {
  /** Lets go of the engine; a transaction that was open is rolled back, and its next statement fails with `error`. */
  giveUp(error: Error): void;
  /** Says better why the transaction is gone, if it ended for `was`. */
  explain(was: Error, reason: Error): void;
  /** Closes at once; what waits fails with `error`. */
  closeNow(error: Error): void;
}

/** What a connection needs of the database it belongs to. */
export interface OrderlyHome {
  /** Whose turn it is. */
  readonly queue: WriteQueue;
  readonly lockTimeout: number;
  /** True when calls have to wait: for another file or engine, writes also for a flush that failed before. */
  isBarred(writes: boolean): boolean;
  /** Waits for that once; rejects when the flush fails again. */
  passBarrier(): Promise<void>;
  /** Hands over what was committed; resolves when it is stored, null when nothing was committed. */
  settle(): Promise<void> | null;
  forget(guest: Guest): void;
}

/** What takes the rows of a statement as they are made. */
type Sink = (rows: Rows) => void;

interface Job {
  readonly batch: Batch;
  readonly onRows: OnRows | undefined;
  readonly resolve: (outcomes: Promise<readonly Outcome[]> | readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Tells what ends a transaction by keeping it from what rolls it back; a comment that says so does no harm. */
const COMMITS = /\b(?:commit|end)\b/i;
const NOTHING: Outcome = { rows: { names: [], length: 0, data: [] }, changes: 0, lastInsertId: null };

/**
 * Calls that can run at once do, without a detour; the others stand in line. A turn lasts to the end of the transaction
 * that is begun in it.
 */
export abstract class OrderedConnection<H extends OrderlyHome> implements Connection, Guest, Holder {
  readonly label: string;
  lastActive = 0;
  protected readonly home: H;
  protected holdsTurn = false;
  /** Why the transaction is gone that the caller believes to be in. */
  protected lost: Error | null = null;
  protected closed: Error | null = null;
  readonly #jobs: Job[] = [];
  #isPumping = false;

  constructor(home: H, label: string) {
    this.home = home;
    this.label = label;
  }

  /** False where reads need no turn, because each connection has a snapshot of its own. */
  protected abstract readonly readsInTurn: boolean;
  /** True in a transaction of this connection. */
  protected abstract readonly isOpen: boolean;
  protected abstract perform(statement: Statement, sink: Sink | undefined): Outcome;
  abstract stream(statement: Statement, size: number): AsyncGenerator<Rows, void>;
  abstract giveUp(error: Error): void;

  run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    if (this.closed !== null) return Promise.reject(this.closed);
    const writes = writesAny(batch);
    const isReady = this.#isNext(batch) && !this.home.isBarred(writes) && this.lacks(batch) === null;
    if (isReady && this.#hasTurn(writes)) return this.#runNow(batch, onRows);
    return new Promise((resolve, reject) => {
      this.#jobs.push({ batch, onRows, resolve, reject });
      void this.#pump();
    });
  }

  async close(): Promise<void> {
    this.closeNow(this.lost ?? new ConnectionClosedError('The connection is closed.'));
  }

  closeNow(error: Error): void {
    if (this.closed !== null) return;
    this.closed = error;
    this.home.forget(this);
    for (const job of this.#jobs.splice(0)) job.reject(error);
    this.home.queue.reject(error, this);
    this.giveUp(error);
    // Also when the turn came just now and the job that waited for it has not heard yet.
    this.home.queue.release(this);
  }

  explain(was: Error, reason: Error): void {
    if (this.lost === was) this.lost = reason;
  }

  /** Fetches what the engine lacks for the batch; null when it lacks nothing. */
  protected lacks(_batch: Batch): Promise<void> | null {
    return null;
  }

  /** Waits until something can be read. @throws what the connection was closed with */
  protected async enter(): Promise<void> {
    await this.#passBarrier(false);
    if (this.closed !== null) throw this.closed;
  }

  protected takeTurn(): boolean {
    return (this.holdsTurn ||= this.home.queue.tryTake(this));
  }

  protected giveTurn(): void {
    if (!this.holdsTurn) return;
    this.holdsTurn = false;
    this.home.queue.release(this);
  }

  /**
   * Outside a transaction reads that need no turn do not stand in line behind writes that wait for somebody else's
   * transaction: that one may be waiting for them.
   */
  #isNext(batch: Batch): boolean {
    if (this.#jobs.length === 0) return true;
    return !this.readsInTurn && isPlainRead(batch) && !this.isOpen && this.#jobs.every((job) => isPlainWrite(job.batch));
  }

  #hasTurn(writes: boolean): boolean {
    return !(writes || this.readsInTurn) || this.takeTurn();
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    // Whoever called may be in the middle of the rows of a statement.
    await null;
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      try {
        await this.#makeReady(job.batch);
        if (this.closed !== null) {
          this.giveTurn();
          break;
        }
        job.resolve(this.#runNow(job.batch, job.onRows));
      } catch (error) {
        if (!this.isOpen) this.giveTurn();
        job.reject(error);
      }
      if (this.#jobs[0] === job) this.#jobs.shift();
    }
    this.#isPumping = false;
  }

  async #makeReady(batch: Batch): Promise<void> {
    const writes = writesAny(batch);
    await this.#equip(batch, writes);
    if (this.closed !== null || this.#hasTurn(writes)) return;
    await this.home.queue.take(this, this.home.lockTimeout);
    this.holdsTurn = true;
    await this.#equip(batch, writes);
  }

  /** Waits until the engine has what the batch needs; one that was started again meanwhile lacks it anew. */
  async #equip(batch: Batch, writes: boolean): Promise<void> {
    for (;;) {
      await this.#passBarrier(writes);
      const fetched = this.lacks(batch);
      if (fetched === null) return;
      await fetched;
    }
  }

  async #passBarrier(writes: boolean): Promise<void> {
    while (this.home.isBarred(writes)) await this.home.passBarrier();
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
    // A read that overtook others leaves them the turn that came for them.
    if ((this.readsInTurn || !isPlainRead(batch)) && !this.isOpen) this.giveTurn();
    const stored = this.home.settle();
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
      if (this.isOpen) this.#runOne(rollback);
      this.lost = null;
      throw error;
    }
  }

  #runAll(batch: Batch, onRows: OnRows | undefined): readonly Outcome[] {
    return batch.statements.map((statement, index) => this.#runOne(statement, onRows && ((rows) => onRows(index, rows))));
  }

  #runOne(statement: Statement, sink?: Sink): Outcome {
    const { lost } = this;
    if (lost === null) return this.perform(statement, sink);
    if (statement.mode === 'end') this.lost = null;
    // Rolling back what is rolled back already is what the caller wanted.
    if (statement.mode === 'end' && !COMMITS.test(statement.sql)) return NOTHING;
    const message =
      lost instanceof ConnectionClosedError ? lost.message : `The transaction was rolled back after an error: ${lost.message}`;
    throw new OperationalError(message, { cause: lost, sql: statement.sql });
  }
}

function writesAny(batch: Batch): boolean {
  return writes(batch.bracket?.begin) || batch.statements.some(writes);
}

function writes(statement: Statement | undefined): boolean {
  return statement !== undefined && (statement.mode === 'write' || statement.mode === 'begin');
}

function isPlainRead(batch: Batch): boolean {
  return batch.bracket === undefined && batch.statements.every(({ mode }) => mode === 'read');
}

/** Writes that begin nothing others belong to. */
function isPlainWrite(batch: Batch): boolean {
  return batch.statements.every(({ mode }) => mode === 'read' || mode === 'write');
}
