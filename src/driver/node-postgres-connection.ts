/** A connection to a server as the layers above see it: calls in order, on a session of its own. */
import { ConnectionClosedError } from '../errors.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { Connection, ConnectOptions } from './driver.ts';
import { cancel, type Holder, isBlocked, LockWatch } from './node-postgres-locks.ts';
import type { SessionPool } from './node-postgres-pool.ts';
import { GOODBYE, type Session } from './node-postgres-session.ts';
import { endsTransaction, groupFrom, isPlainRead, isPlainWrite, isQuery, undoes } from './node-postgres-sql.ts';
import { readCursor, readSnapshot, slices } from './node-postgres-stream.ts';
import { rolledBack, unanswered } from './node-postgres-unanswered.ts';

/** What a connection needs of the database it belongs to. */
export interface Home {
  readonly pool: SessionPool;
  readonly lockTimeout: number;
  /** All connections that are open: those that hold locks are among them. */
  readonly connections: Set<ServerConnection>;
}

interface Job {
  readonly batch: Batch;
  readonly onRows: OnRows | undefined;
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Milliseconds after which reads that wait look for a session of their own. */
const PATIENCE = 20;
const NOTHING: Outcome = { rows: { names: [], length: 0, data: [] }, changes: 0, lastInsertId: null };

export class ServerConnection implements Connection, Holder {
  readonly label: string;
  lastActive = 0;
  readonly #home: Home;
  readonly #options: ConnectOptions;
  /** The first one is being run. */
  readonly #jobs: Job[] = [];
  readonly #cursors = new Set<number>();
  #session: Session | null = null;
  #pumping: Promise<void> | null = null;
  #impatience: ReturnType<typeof setTimeout> | undefined;
  /** Why the transaction is gone that the caller believes to be in. */
  #lost: ConnectionClosedError | null = null;
  #closed: Error | null = null;
  #closing: Promise<void> | null = null;
  /** True when what runs shall be given up. */
  #aborted = false;

  constructor(home: Home, options: ConnectOptions = {}) {
    this.#home = home;
    this.label = options.label ?? 'a connection';
    this.#options = options;
  }

  get pid(): number | null {
    return this.#session?.pid ?? null;
  }

  get isBusy(): boolean {
    return this.#jobs.length > 0;
  }

  run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      this.#jobs.push({ batch, onRows, resolve, reject });
      this.#pumping ??= this.#pump();
      if (this.#jobs.length > 1) this.#beImpatient();
    });
  }

  async *stream(statement: Statement, size: number): AsyncGenerator<Rows, void> {
    if (this.#closed !== null) throw this.#closed;
    // What was called before comes first, and decides whether a transaction is open.
    while (this.#jobs.length > 0) await this.#pumping;
    if (this.#lost !== null || !isQuery(statement)) yield* this.#whole(statement, size);
    else if (this.#session !== null && this.#session.status !== 'I') yield* this.#inside(statement, size);
    else yield* this.#apart(statement, size);
  }

  close(): Promise<void> {
    return this.closeNow(new ConnectionClosedError('The connection is closed.'));
  }

  /** Closes; what waits fails with `error`, but for a commit or rollback called before. */
  closeNow(error: Error): Promise<void> {
    return (this.#closing ??= this.#close(error));
  }

  async #close(error: Error): Promise<void> {
    this.#closed = error;
    clearTimeout(this.#impatience);
    const last = this.#jobs.at(-1)?.batch.statements.at(-1);
    const timer = last?.mode === 'end' ? undefined : this.#abort(error);
    await this.#pumping;
    this.#home.connections.delete(this);
    const session = this.#session;
    this.#session = null;
    if (session !== null) await this.#home.pool.give(session);
    clearTimeout(timer);
  }

  /** What runs is given up by the server, which says so to whoever waits for it; or it is cut off, unless somebody else's by then. */
  #abort(error: Error): ReturnType<typeof setTimeout> {
    this.#aborted = true;
    const [running, ...waiting] = this.#jobs;
    for (const job of waiting) job.reject(error);
    this.#jobs.length = running === undefined ? 0 : 1;
    const session = this.#session;
    const cut = (): unknown => session === this.#session && session?.cut();
    if (running !== undefined && session !== null) cancel(this.#home.pool, session.pid).catch(cut);
    return setTimeout(() => session?.cut(), GOODBYE);
  }

  async #pump(): Promise<void> {
    for (let job = this.#jobs[0]; job !== undefined; job = this.#jobs[0]) {
      try {
        const session = await this.#ready();
        job.resolve(await this.#perform(session, job.batch, job.onRows));
      } catch (error) {
        job.reject(this.#aborted ? this.#closed : error);
      }
      this.lastActive = performance.now();
      this.#jobs.shift();
    }
    clearTimeout(this.#impatience);
    this.#pumping = null;
  }

  /** The session, a new one when the old is gone; a transaction is gone with it. */
  async #ready(): Promise<Session> {
    const session = this.#session;
    if (session !== null && session.lost === null) return session;
    if (session !== null) {
      if (session.status !== 'I') this.#lost = session.lost;
      this.#leave(session);
    }
    const next = await this.#take();
    next.onLost = (error) => this.#options.onLost?.(error);
    this.#session = next;
    if (this.#aborted) throw this.#closed;
    return next;
  }

  /** A session as new, with what was set since. */
  async #take(): Promise<Session> {
    const { pool } = this.#home;
    const session = await pool.take();
    const preamble = this.#options.preamble?.() ?? [];
    try {
      if (preamble.length > 0) await session.run(preamble);
      return session;
    } catch (error) {
      void pool.give(session);
      throw error;
    }
  }

  /** Has nothing to do any more with a session that is gone. */
  #leave(session: Session): void {
    this.#session = null;
    void this.#home.pool.give(session);
  }

  async #perform(session: Session, batch: Batch, onRows: OnRows | undefined): Promise<readonly Outcome[]> {
    const { statements, bracket } = batch;
    if (bracket !== undefined && this.#lost === null) {
      const { begin, commit, rollback } = bracket;
      const inside = session.status !== 'I';
      try {
        const all = await this.#turn(session, [begin, ...statements, commit], onRows && ((at, rows) => onRows(at - 1, rows)));
        return all.slice(1, -1);
      } catch (error) {
        if (session.lost === null && (inside || session.status !== 'I')) await this.#turn(session, [rollback]);
        throw error;
      }
    }
    const outcomes: Outcome[] = [];
    while (outcomes.length < statements.length) {
      const start = outcomes.length;
      const lost = this.#aboutLost(statements[start]!);
      if (lost !== null) {
        outcomes.push(lost);
        continue;
      }
      const group = groupFrom(statements, start, session.status !== 'I');
      outcomes.push(...(await this.#turn(session, group, onRows && ((at, rows) => onRows(start + at, rows)))));
    }
    return outcomes;
  }

  /** What becomes of a statement whose transaction went with the connection. */
  #aboutLost(statement: Statement): Outcome | null {
    const lost = this.#lost;
    if (lost === null) return null;
    if (statement.mode === 'end') this.#lost = null;
    if (undoes(statement)) return NOTHING;
    throw rolledBack(lost, statement.sql);
  }

  async #turn(session: Session, statements: readonly Statement[], onRows?: OnRows): Promise<readonly Outcome[]> {
    const { pool, connections, lockTimeout } = this.#home;
    const watch = new LockWatch(pool, connections, this.label, session.pid, lockTimeout);
    const inside = session.status !== 'I';
    try {
      return await session.run(statements, onRows);
    } catch (error) {
      watch.stop();
      if (session.lost !== null) {
        if (inside && !statements.some(endsTransaction)) this.#lost = session.lost;
        if (session === this.#session) this.#leave(session);
        throw unanswered(session.lost, statements, inside);
      }
      throw (error as { code?: unknown }).code === CANCELLED ? ((await watch.verdict()) ?? error) : error;
    } finally {
      watch.stop();
    }
  }

  /** After a while the reads that wait may go another way. */
  #beImpatient(): void {
    clearTimeout(this.#impatience);
    this.#impatience = setTimeout(() => void this.#overtake().catch(() => {}), PATIENCE);
  }

  /**
   * Outside a transaction plain reads do not stand in line behind a long read, nor behind a write that waits for
   * somebody else's transaction: that one may be waiting for them. They see what that session sees, unless it has
   * settings or temporary tables of its own.
   */
  async #overtake(): Promise<void> {
    const session = this.#session;
    const running = this.#jobs[0];
    if (session === null || running === undefined || session.status !== 'I' || !session.isLikeNew) return;
    const reading = isPlainRead(running.batch);
    if (!reading && !isPlainWrite(running.batch)) return;
    if (!reading && !(await isBlocked(this.#home.pool, session.pid))) return this.#beImpatient();
    if (this.#jobs[0] !== running || this.#closed !== null) return;
    const waiting = this.#jobs.slice(1);
    const bar = waiting.findIndex(({ batch }) => !isPlainRead(batch) && (reading || !isPlainWrite(batch)));
    const readers = (bar < 0 ? waiting : waiting.slice(0, bar)).filter(({ batch }) => isPlainRead(batch));
    for (const job of readers) {
      if (!this.#home.pool.hasRoom) return this.#beImpatient();
      this.#jobs.splice(this.#jobs.indexOf(job), 1);
      void this.#runApart(job);
    }
  }

  async #runApart({ batch, onRows, resolve, reject }: Job): Promise<void> {
    const { pool } = this.#home;
    try {
      const session = await pool.take();
      try {
        resolve(await this.#perform(session, batch, onRows));
      } finally {
        await pool.give(session);
      }
    } catch (error) {
      reject(error);
    }
  }

  /** Rows of a statement that no cursor can be of: they come at once. */
  async *#whole(statement: Statement, size: number): AsyncGenerator<Rows, void> {
    const [outcome] = await this.run({ statements: [statement] });
    yield* slices(outcome!.rows, size);
  }

  /** Rows of a cursor in the transaction that is open. Other calls may come between. */
  async *#inside(statement: Statement, size: number): AsyncGenerator<Rows, void> {
    let number = 1;
    while (this.#cursors.has(number)) number++;
    this.#cursors.add(number);
    const send = async (statements: readonly Statement[]): Promise<readonly Outcome[]> => this.run({ statements });
    try {
      yield* readCursor(send, `waxwing_${number}`, statement, size);
    } finally {
      this.#cursors.delete(number);
    }
  }

  /** Rows of a cursor in a transaction of its own, on a session of its own. */
  async *#apart(statement: Statement, size: number): AsyncGenerator<Rows, void> {
    const { pool } = this.#home;
    const session = await this.#take();
    const send = async (statements: readonly Statement[]): Promise<readonly Outcome[]> => {
      if (this.#closed !== null) throw this.#closed;
      return session.run(statements);
    };
    try {
      yield* readSnapshot(send, statement, size);
    } catch (error) {
      throw session.lost === null ? error : unanswered(session.lost, [statement], false);
    } finally {
      await pool.give(session);
    }
  }
}

const CANCELLED = '57014';
