/** Lets commits that wait together go to storage together, in order, one batch after the other. */

/** How many microtasks without a new commit count as a lull: enough for the next transaction of a queue to run. */
const LULL = 32;
/** A batch is not held back longer than this many milliseconds for more to join. */
const PATIENCE = 4;

interface Waiter {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit<T> {
  readonly #store: (batch: readonly T[]) => Promise<void>;
  #queue: T[] = [];
  #waiters: Waiter[] = [];
  #added = 0;
  #stored = 0;
  #running = false;
  #failed = false;
  #lastFlush: number | null = null;

  /** `store` stores a batch whole or rejects; a batch that failed comes again, with what was added since. */
  constructor(store: (batch: readonly T[]) => Promise<void>) {
    this.#store = store;
  }

  get pending(): number {
    return this.#added - this.#stored;
  }

  /** True from a failed batch until one succeeds. */
  get failed(): boolean {
    return this.#failed;
  }

  get lastFlush(): number | null {
    return this.#lastFlush;
  }

  /** Queues one commit. It is stored once `start` or `drained` is called. */
  add(item: T): void {
    this.#queue.push(item);
    this.#added++;
  }

  /** Resolves when everything added before the call is stored. */
  drained(): Promise<void> {
    if (this.#stored === this.#added) return Promise.resolve();
    const promise = new Promise<void>((resolve, reject) => {
      this.#waiters.push({ upTo: this.#added, resolve, reject });
    });
    this.start();
    return promise;
  }

  /** Begins storing what is queued, unless that is under way. */
  start(): void {
    if (this.#running || this.pending === 0) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    while (this.pending > 0) {
      await this.#lull();
      const batch = this.#queue;
      const upTo = this.#added;
      this.#queue = [];
      try {
        await this.#store(batch);
      } catch (error) {
        this.#fail(batch, error);
        return;
      }
      this.#failed = false;
      this.#stored = upTo;
      this.#lastFlush = Date.now();
      this.#settle(upTo);
    }
    this.#running = false;
  }

  /** Waits until the code that was just told of its commit, or is about to make one, has had its turn. */
  async #lull(): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (let seen = -1; seen !== this.#added && performance.now() < end; ) {
      seen = this.#added;
      for (let i = 0; i < LULL; i++) await null;
    }
  }

  #settle(upTo: number): void {
    let served = 0;
    while (served < this.#waiters.length && this.#waiters[served]!.upTo <= upTo) served++;
    for (const waiter of this.#waiters.splice(0, served)) waiter.resolve();
  }

  #fail(batch: T[], error: unknown): void {
    this.#queue = batch.concat(this.#queue);
    this.#failed = true;
    this.#running = false;
    // All of them: nothing may be stored that stands behind a commit that was not.
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }
}
