/** What a server's background processes do, done here between statements: checkpoints, vacuuming and statistics. */
import type { Rows } from '../wire/statement.ts';
import type { Session } from './pglite-session.ts';
import { CHECKPOINT, FLUSH_STATISTICS, TABLES_TO_CLEAN } from './pglite-sql.ts';

/** More bytes than this in the log since the last checkpoint make one when nothing else is going on … */
const LONG_LOG = 4 << 20;
/** … and more than this at once. */
const TOO_LONG_LOG = 24 << 20;
/** Milliseconds without a statement after which nothing is going on. */
const IDLE = 50;
/** Milliseconds after which tables that changed are looked at. */
const REST = 1000;

/** What is looked after. */
export interface Patient {
  readonly session: Session;
  /** Bytes in the log since the last checkpoint. */
  readonly walBytes: number;
  /** True when nobody is in a transaction, waits for one, or reads a stream that holds the session. */
  readonly isIdle: boolean;
  /** Hands over what a checkpoint or a vacuum has written. */
  hand(): void;
}

type Timer = ReturnType<typeof setTimeout>;

export class Maintenance {
  readonly #patient: Patient;
  #checkpoint: Timer | undefined;
  #vacuum: Timer | undefined;
  /** Tables that could not be cleaned are left alone. */
  readonly #refused = new Set<string>();
  #stopped = false;

  constructor(patient: Patient) {
    this.#patient = patient;
  }

  /** Something was committed, or the log grew inside a transaction. */
  written(): void {
    if (this.#stopped) return;
    const { walBytes } = this.#patient;
    if (walBytes > TOO_LONG_LOG) this.checkpoint();
    else if (walBytes > LONG_LOG) this.#checkpoint ??= later(IDLE, () => this.#emptyWhenIdle());
    this.#vacuum ??= later(REST, () => this.#clean());
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#checkpoint);
    clearTimeout(this.#vacuum);
  }

  #emptyWhenIdle(): void {
    this.#checkpoint = undefined;
    if (this.#stopped || this.#patient.walBytes <= LONG_LOG) return;
    if (this.#patient.isIdle) this.checkpoint();
    else this.#checkpoint = later(IDLE, () => this.#emptyWhenIdle());
  }

  /** Also inside a transaction: what it wrote so far goes to its tables, where a rollback leaves it dead. */
  checkpoint(): void {
    if (this.#patient.session.isAborted || this.#patient.session.isRunning) return;
    try {
      this.#patient.session.query(CHECKPOINT);
    } catch {
      // The log stays long; whatever was wrong, the next write will meet it and tell.
    }
    this.#patient.hand();
  }

  /** One table at a time: a statement that comes meanwhile waits for that one only. */
  #clean(): void {
    this.#vacuum = undefined;
    if (this.#stopped) return;
    const again = (): void => {
      this.#vacuum = later(this.#patient.isIdle ? 0 : REST, () => this.#clean());
    };
    if (!this.#patient.isIdle) return again();
    const sql = this.#next();
    if (sql === null) return;
    try {
      this.#patient.session.query(sql);
    } catch {
      this.#refused.add(sql);
    }
    this.#patient.hand();
    if (this.#patient.walBytes > LONG_LOG) this.checkpoint();
    again();
  }

  /** The statement that cleans the table that needs it most. */
  #next(): string | null {
    try {
      this.#patient.session.query(FLUSH_STATISTICS);
      const { data }: Rows = this.#patient.session.query(TABLES_TO_CLEAN);
      const all = (data[0] ?? []) as readonly string[];
      return all.find((sql) => !this.#refused.has(sql)) ?? null;
    } catch {
      return null;
    }
  }
}

/** A timer that does not keep Node's process alive. */
function later(milliseconds: number, work: () => void): Timer {
  const timer = setTimeout(work, milliseconds);
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
