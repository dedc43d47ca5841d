/** What `database.listen` answers: the messages of one channel, in a loop. */
/// <reference lib="esnext.disposable" preserve="true" />
import type { Notification } from '../driver/driver.ts';

/** What a loop needs of those who hear. */
export interface Inlet {
  /** Resolves when Postgres listens. */
  join(inbox: Notifications): Promise<void>;
  leave(inbox: Notifications): Promise<void>;
  /** The error for the user. */
  fail(error: unknown): unknown;
}

/**
 * Messages sent to a channel since it was made; `for await` takes them one by one and waits for more. Leaving the loop ends the
 * listening, and so does closing the database, which ends the loop. When a server ends the session that listens, the loop
 * throws a ConnectionClosedError: what is sent until somebody listens again is heard by nobody.
 */
export class Notifications implements AsyncIterableIterator<Notification>, AsyncDisposable {
  /** Resolves when Postgres listens: what is sent afterwards, by whomever, arrives. */
  readonly ready: Promise<void>;
  readonly #inlet: Inlet;
  readonly #waiting: Notification[] = [];
  #over: { readonly error?: unknown } | null = null;
  #sleepers: (() => void)[] = [];

  constructor(inlet: Inlet) {
    this.#inlet = inlet;
    this.ready = this.#join();
    // Whoever loops hears of it there.
    this.ready.catch(() => {});
  }

  /** Takes a message for whoever loops. */
  take(notification: Notification): void {
    this.#waiting.push(notification);
    this.#wake();
  }

  /** Ends with an error, after what has arrived. */
  fail(error: unknown): void {
    this.#over ??= { error };
    this.#wake();
  }

  /** The next message, when there is one. */
  async next(): Promise<IteratorResult<Notification, undefined>> {
    try {
      await this.ready;
      for (;;) {
        const value = this.#waiting.shift();
        if (value !== undefined) return { done: false, value };
        if (this.#over !== null) break;
        await new Promise<void>((resolve) => this.#sleepers.push(resolve));
      }
    } catch (error) {
      this.#over ??= {};
      throw error;
    }
    const { error } = this.#over;
    // Told once; whoever asks again is told that it is over.
    this.#over = {};
    if (error !== undefined) throw this.#inlet.fail(error);
    return { done: true, value: undefined };
  }

  /** Listens no longer. */
  async return(): Promise<IteratorResult<Notification, undefined>> {
    this.#over = {};
    this.#waiting.length = 0;
    this.#wake();
    await this.#inlet.leave(this);
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #join(): Promise<void> {
    try {
      await this.#inlet.join(this);
    } catch (error) {
      throw this.#inlet.fail(error);
    }
  }

  #wake(): void {
    for (const wake of this.#sleepers.splice(0)) wake();
  }
}
