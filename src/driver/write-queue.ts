/** The write lock of one database: one holder at a time, the others in the order they came. */
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

export class WriteQueue {
  #holder: Holder | null = null;
  #since = 0;
  readonly #waiters = new Set<Waiter>();

  get isFree(): boolean {
    return this.#holder === null;
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
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(this.#timeoutError(waiter, timeout));
      }, timeout);
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
    const holder = this.#holder!;
    const since = new Date(performance.timeOrigin + this.#since).toISOString();
    const waited = `${waiter.holder.label} waited ${timeout} ms for the write lock, which ${holder.label} has held since ${since}`;
    const sameAllAlong = this.#since <= waiter.since && holder.lastActive <= waiter.since;
    if (!sameAllAlong) return new LockTimeoutError(`${waited}.`);
    return new DeadlockError(
      `${waited} without running anything. If this write is made inside that transaction, it waits for itself: ` +
        'make it through the transaction, with tx(Model) or tx(row). Otherwise end the transaction sooner.',
    );
  }
}
