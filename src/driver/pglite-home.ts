/** What connections and their cursors need of the database they belong to. */
import type { Statement } from '../wire/statement.ts';
import type { OrderlyHome, Guest as Visitor } from './ordered-connection.ts';
import type { Session } from './pglite-session.ts';
import type { Traces } from './pglite-traces.ts';

/** Whoever has the session only because nobody else wanted it so far. */
export interface Idler {
  /** Gives it back, at once. */
  makeWay(): void;
}

/** A connection as its home sees it. */
export interface Guest extends Visitor {
  /** What it left in the session that others could notice. */
  readonly traces: Traces;
}

export interface Home extends OrderlyHome {
  /** Another one after a restart of the engine. */
  readonly session: Session;
  /** The stream that has the session only because nobody else wanted it so far. */
  idler: Idler | null;
  /** Has what the statements need fetched, an extension's files say; null when nothing is missing. */
  provide(statements: readonly Statement[]): Promise<void> | null;
  /** The error that says most about why a statement failed; a broken engine is restarted. */
  explain(error: unknown): unknown;
  /** Runs `sql`, which cleans up, as soon as nobody is in a transaction. */
  later(sql: string): void;
  /** The channels that other connections listen to stay when one lets go of its own. */
  isHeard(channel: string, except: Guest): boolean;
  forget(connection: Guest): void;
}
