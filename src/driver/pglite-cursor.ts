/** Rows of a query as they are asked for, while others use the session. */
import { ConnectionClosedError } from '../errors.ts';
import type { Rows, Statement } from '../wire/statement.ts';
import type { Home, Idler } from './pglite-home.ts';
import { BEGIN_SNAPSHOT, COMMIT, closeCursor, declareCursor, HAS_CURSOR } from './pglite-sql.ts';
import type { Description } from './postgres/row-decoder.ts';
import type { Holder } from './write-queue.ts';

/** Cursors of this thread, for their names. */
let made = 0;

/**
 * A cursor of Postgres. Inside a transaction it is part of that one. Outside it has a transaction of its own, which holds
 * the session for as long as nobody else wants it; then Postgres puts the rows that are left aside (`WITH HOLD`),
 * and the others go on while the reader sees its snapshot to the end.
 */
export class Cursor implements Holder, Idler {
  readonly label: string;
  lastActive = 0;
  readonly #home: Home;
  readonly #statement: Statement;
  readonly #size: number;
  readonly #guard: (() => void) | null;
  readonly #name = `waxwing_cursor_${made++}`;
  readonly #session: Home['session'];
  #isDeclared = false;
  #failure: unknown = null;

  /** `guard` throws when the transaction is over that the cursor is part of; null where it has one of its own. */
  constructor(home: Home, label: string, statement: Statement, size: number, guard: (() => void) | null) {
    this.#home = home;
    this.#statement = statement;
    this.#size = size;
    this.#guard = guard;
    this.#session = home.session;
    this.label = `a stream of ${label}`;
  }

  async *slices(): AsyncGenerator<Rows, void> {
    try {
      if (this.#statement.mode !== 'read' || !HAS_CURSOR.test(this.#statement.sql)) {
        yield* await this.#withSession(() => this.#readAll());
        return;
      }
      const description = await this.#declare();
      for (let last = false; !last; ) {
        const rows = await this.#fetch(description);
        last = rows.length < this.#size;
        if (last) await this.#close();
        if (rows.length > 0) yield rows;
      }
    } finally {
      await this.#close();
    }
  }

  /** Lets others have the session: what is left to read is put aside. */
  makeWay(): void {
    if (this.#home.idler !== this || this.#session.isRunning) return;
    this.#home.idler = null;
    try {
      this.#session.query(COMMIT);
    } catch (error) {
      // The query failed on rows that nobody has asked for yet.
      this.#isDeclared = false;
      this.#failure = this.#home.explain(error);
    }
    void this.#home.settle();
    this.#home.queue.release(this);
  }

  /** The connection is closed, or the engine gone: the next slice fails with `error`. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#home.queue.reject(error, this);
    this.#end();
  }

  /** Takes the session for a transaction of its own, and declares the cursor in it. */
  async #declare(): Promise<Description> {
    if (this.#guard !== null) {
      await this.#turn();
      return this.#declareNow();
    }
    await this.#takeSession();
    try {
      this.#session.query(BEGIN_SNAPSHOT);
      const description = this.#declareNow();
      this.#home.idler = this;
      return description;
    } catch (error) {
      this.#session.rollBack();
      this.#home.queue.release(this);
      throw error;
    }
  }

  #declareNow(): Description {
    const { sql, params = [] } = this.#statement;
    const declaration = declareCursor(this.#name, sql, this.#guard === null);
    return this.#told(() => {
      this.#session.run({ sql: declaration, params, mode: 'read' });
      this.#isDeclared = true;
      return this.#session.describeCursor(this.#name, sql);
    });
  }

  async #fetch(description: Description): Promise<Rows> {
    const fetch = (): Rows => this.#told(() => this.#session.fetch(this.#name, description, this.#statement, this.#size));
    this.#check();
    if (this.#guard !== null || this.#home.idler === this) {
      await this.#turn();
      const rows = fetch();
      if (this.#home.idler === this && this.#home.queue.isWanted) this.makeWay();
      return rows;
    }
    // What was put aside can be read in the middle of another's transaction, unless that one has failed.
    if (!this.#session.isRunning && !this.#session.isAborted) return fetch();
    return this.#withSession(fetch);
  }

  #readAll(): readonly Rows[] {
    const slices: Rows[] = [];
    this.#told(() => this.#session.run(this.#statement, (rows) => slices.push(rows)));
    return slices;
  }

  /** Does something with the session; a failure is told as well as it can be. */
  #told<T>(work: () => T): T {
    this.#guard?.();
    try {
      this.lastActive = performance.now();
      return work();
    } catch (error) {
      throw this.#home.explain(error);
    }
  }

  async #withSession<T>(work: () => T): Promise<T> {
    if (this.#guard !== null) {
      await this.#turn();
      return work();
    }
    await this.#takeSession();
    try {
      return work();
    } finally {
      this.#home.queue.release(this);
    }
  }

  async #takeSession(): Promise<void> {
    await this.#turn();
    this.#home.idler?.makeWay();
    await this.#home.queue.take(this, this.#home.lockTimeout);
    this.#check();
  }

  /** Waits while a statement is in the middle of its rows. */
  async #turn(): Promise<void> {
    while (this.#session.isRunning) await null;
    this.#check();
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#session === this.#home.session) return;
    throw new ConnectionClosedError('The engine was restarted while rows were being read.', { sql: this.#statement.sql });
  }

  /** Frees what Postgres keeps, and waits for what reading it may have stored: a query can call functions that write. */
  async #close(): Promise<void> {
    await this.#end();
  }

  #end(): Promise<void> | null {
    if (!this.#isDeclared || this.#session !== this.#home.session || this.#session.isBroken) return null;
    this.#isDeclared = false;
    if (this.#home.idler === this) return this.#finish();
    if (this.#guard === null) this.#home.later(closeCursor(this.#name));
    else if (!this.#session.isAborted && isPassed(this.#guard)) this.#session.query(closeCursor(this.#name));
    return null;
  }

  /** Ends the transaction of its own; without the cursor there is nothing left to put aside. */
  #finish(): Promise<void> | null {
    this.#home.idler = null;
    try {
      if (this.#session.isAborted) this.#session.rollBack();
      else for (const sql of [closeCursor(this.#name), COMMIT]) this.#session.query(sql);
      return this.#home.settle();
    } finally {
      this.#home.queue.release(this);
    }
  }
}

function isPassed(guard: () => void): boolean {
  try {
    guard();
    return true;
  } catch {
    return false;
  }
}
