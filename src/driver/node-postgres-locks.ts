/** Watches a statement on a server: one that waits for a lock too long is given up, and told who holds it. */
import { DeadlockError, LockTimeoutError, type WaxwingError } from '../errors.ts';
import type { SessionPool } from './node-postgres-pool.ts';

/** A connection of this driver that may hold locks. */
export interface Holder {
  readonly label: string;
  /** The server's process for it; null while it has none. */
  readonly pid: number | null;
  readonly isBusy: boolean;
  /** When it last ran something, in the milliseconds of `performance.now()`. */
  readonly lastActive: number;
}

/** Who blocks a process; the process is told to give up when there is somebody. Postgres manual: pg_blocking_pids. */
const GIVE_UP = `SELECT blocker.pid, activity.usename, activity.application_name,
  to_char(activity.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), pg_cancel_backend($1::integer)
  FROM unnest(pg_blocking_pids($1::integer)) AS blocker (pid)
  LEFT JOIN pg_stat_activity AS activity ON activity.pid = blocker.pid`;
const BLOCKED = 'SELECT cardinality(pg_blocking_pids($1::integer)) > 0';
const CANCEL = 'SELECT pg_cancel_backend($1::integer)';

/** True when a process waits for a lock of somebody else. */
export async function isBlocked(pool: SessionPool, pid: number): Promise<boolean> {
  const [row] = await pool.aside(BLOCKED, [pid]);
  return row?.[0] === true;
}

/** Has the server give up what a process is at. */
export async function cancel(pool: SessionPool, pid: number): Promise<void> {
  await pool.aside(CANCEL, [pid]);
}

export class LockWatch {
  readonly #pool: SessionPool;
  readonly #holders: Iterable<Holder>;
  readonly #label: string;
  readonly #pid: number;
  readonly #patience: number;
  readonly #since = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<WaxwingError | null> = Promise.resolve(null);
  #stopped = false;

  /** Watches what the process `pid` runs for `label`, until `stop`. */
  constructor(pool: SessionPool, holders: Iterable<Holder>, label: string, pid: number, patience: number) {
    this.#pool = pool;
    this.#holders = holders;
    this.#label = label;
    this.#pid = pid;
    this.#patience = Math.max(patience, 1);
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Why the statement was given up; null when it failed by itself. */
  verdict(): Promise<WaxwingError | null> {
    return this.#looking;
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().catch(() => null);
      // One that does not wait for a lock may work as long as it likes.
      void this.#looking.then((error) => error ?? this.#arm());
    }, this.#patience);
  }

  async #look(): Promise<WaxwingError | null> {
    const blockers = await this.#pool.aside(GIVE_UP, [this.#pid]);
    const [first] = blockers;
    if (first === undefined) return null;
    const holders = [...this.#holders];
    const ours = blockers.map((row) => holders.find(({ pid }) => pid === row[0])).find((holder) => holder !== undefined);
    const name = ours?.label ?? `process ${first[0]} of user ${first[1]} (${first[2] || 'another program'})`;
    const since = blockers.find((row) => row[0] === ours?.pid)?.[3] ?? first[3];
    const waited = `${this.#label} waited ${this.#patience} ms for a lock, which ${name} has held since ${since}`;
    const details = { code: '55P03', database: this.#pool.place.database };
    if (ours === undefined || !this.#didNothing(ours)) return new LockTimeoutError(`${waited}.`, details);
    return new DeadlockError(
      `${waited} without running anything. If this write is made inside that transaction, it waits for itself: ` +
        'make it through the transaction, with tx(Model) or tx(row). Otherwise end the transaction sooner.',
      details,
    );
  }

  #didNothing({ isBusy, lastActive }: Holder): boolean {
    return !isBusy && lastActive <= this.#since;
  }
}
