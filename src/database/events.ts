/** What a database tells those who listen with `db.on`. */
import type { DriverValue } from '../wire/statement.ts';

/** One statement that was run, for logs. */
export interface QueryEvent {
  /** The text that was run, as the dialect spelled it or as it was given to `executeSql`. */
  readonly sql: string;
  /** The bound values; empty when the statement was run for many rows at once. */
  readonly params: readonly DriverValue[];
  /** Milliseconds from the call to the answer; statements sent together share it. */
  readonly duration: number;
  /** Rows that came back. */
  readonly rows: number;
  /** Rows inserted, updated or deleted. */
  readonly changes: number;
  /** Why it failed, when it did; the statements sent together with it then have it too. */
  readonly error: Error | null;
}

/** The events of `db.on(event, listener)`. */
export interface DatabaseEvents {
  /** A statement was run. Costs nothing while nobody listens. */
  readonly query: (event: QueryEvent) => void;
  /** Something was written or a transaction ended; many writes in one message are told of once. */
  readonly write: () => void;
  /** The engine is gone; every later call fails with this error until `connect()`. */
  readonly lost: (error: Error) => void;
  /** Storing failed after a change was applied; it is tried again with the next write. */
  readonly storage: (error: Error) => void;
}
