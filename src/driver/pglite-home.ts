/** What connections and their cursors need of the database they belong to. */
import type { Statement } from '../wire/statement.ts';
import type { Session } from './pglite-session.ts';
import type { Traces } from './pglite-traces.ts';
import type { WriteQueue } from './write-queue.ts';

/** Whoever has the session only because nobody else wanted it so far. */
export interface Idler {
  /** Gives it back, at once. */
  makeWay(): void;
}

/** A connection as its home sees it. */
export interface Guest {
  /** What it left in the session that others could notice. */
  readonly traces: Traces;
  /** Lets go of the session; a transaction that was open is rolled back, and its next statement fails with `error`. */
  giveUp(error: Error): void;
  /** Says better why the transaction is gone, if it ended for `was`. */
  explain(was: Error, reason: Error): void;
  /** Closes at once; what waits fails with `error`. */
  closeNow(error: Error): void;
}

export interface Home {
  /** Who has the session. */
  readonly queue: WriteQueue;
  readonly lockTimeout: number;
  /** Another one after a restart of the engine. */
  readonly session: Session;
  /** The stream that has the session only because nobody else wanted it so far. */
  idler: Idler | null;
  /** True when calls have to wait: for a restart, writes also for a flush that failed before. */
  isBarred(writes: boolean): boolean;
  /** Waits for that once; rejects when it fails again. */
  passBarrier(): Promise<void>;
  /** Has what the statements need fetched, an extension's files say; null when nothing is missing. */
  provide(statements: readonly Statement[]): Promise<void> | null;
  /** Hands over what was committed; resolves when it is stored, null when nothing was committed. */
  settle(): Promise<void> | null;
  /** The error that says most about why a statement failed; a broken engine is restarted. */
  explain(error: unknown): unknown;
  /** Runs `sql`, which cleans up, as soon as nobody is in a transaction. */
  later(sql: string): void;
  /** The channels that other connections listen to stay when one lets go of its own. */
  isHeard(channel: string, except: Guest): boolean;
  forget(connection: Guest): void;
}
