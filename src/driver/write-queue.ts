/** What one at a time may hold, the others in the order they came: the write lock of a database, or its one session. */
import { DeadlockError, LockTimeoutError } from '../errors.ts';

/** Whoever can hold the lock. */
export interface Holder {
  /** Who this is, for the message to those who wait in vain. */
  readonly label: string;
  /** When it last ran something, in the milliseconds of `performance.now()`. */
  readonly lastActive: number;
}

interface Waiter {
  readonly holder: Holder;
  readonly since: number;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** How the thing that is waited for is spoken of. */
export interface QueueWords {
  /** What it is: "the write lock". */
  readonly lock: string;
  /** Who waits for it: "write". */
  readonly waiter: string;
}

const WRITE_LOCK: QueueWords = { lock: 'the write lock', waiter: 'write' };
/** The longest that a timer waits. */
const FOR_EVER = 2 ** 31 - 1;

export class WriteQueue {
  readonly #words: QueueWords;
  #holder: Holder | null = null;
  #since = 0;
  readonly #waiters = new Set<Waiter>();

  constructor(words: QueueWords = WRITE_LOCK) {
    this.#words = words;
  }

  get isFree(): boolean {
    return this.#holder === null;
  }

  /** True when somebody waits for it. */
  get isWanted(): boolean {
    return this.#waiters.size > 0;
  }

  /** Takes the lock if nobody has it; whoever waits gets it before. */
  tryTake(holder: Holder): boolean {
    if (this.#holder !== null) return false;
    this.#grant(holder);
    return true;
  }

  /**
   * Waits for the lock for at most `timeout` milliseconds.
   * @throws LockTimeoutError, which names who holds it and since when
   * @throws DeadlockError when the holder did nothing all the while
   */
  take(holder: Holder, timeout: number): Promise<void> {
    if (this.tryTake(holder)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.#waiters.delete(waiter);
          reject(this.#timeoutError(waiter, timeout));
        },
        Math.min(timeout, FOR_EVER),
      );
      const waiter: Waiter = { holder, since: performance.now(), timer, resolve, reject };
      this.#waiters.add(waiter);
    });
  }

  /** Gives the lock to whoever waits longest. */
  release(holder: Holder): void {
    if (this.#holder !== holder) return;
    this.#holder = null;
    const [next] = this.#waiters;
    if (next === undefined) return;
    this.#waiters.delete(next);
    clearTimeout(next.timer);
    this.#grant(next.holder);
    next.resolve();
  }

  /** Takes those of `holder` out of the queue, or all. */
  reject(error: Error, holder?: Holder): void {
    for (const waiter of this.#waiters) {
      if (holder !== undefined && waiter.holder !== holder) continue;
      this.#waiters.delete(waiter);
      clearTimeout(waiter.timer);
      waiter.reject(error);
    }
  }

  #grant(holder: Holder): void {
    this.#holder = holder;
    this.#since = performance.now();
  }

  #timeoutError(waiter: Waiter, timeout: number): Error {
    const { lock } = this.#words;
    const holder = this.#holder!;
    const since = new Date(performance.timeOrigin + this.#since).toISOString();
    const waited = `${waiter.holder.label} waited ${timeout} ms for ${lock}, which ${holder.label} has held since ${since}`;
    const sameAllAlong = this.#since <= waiter.since && holder.lastActive <= waiter.since;
    if (!sameAllAlong) return new LockTimeoutError(`${waited}.`);
    return new DeadlockError(
      `${waited} without running anything. If this ${this.#words.waiter} is made inside that transaction, it waits for itself: ` +
        'make it through the transaction, with tx(Model) or tx(row). Otherwise end the transaction sooner.',
    );
  }
}
