/** Where a database's data is and whether it is safe there: `database.storage`. */
import type { Driver } from '../driver/driver.ts';
import type { Durability, StorageState } from '../storage/backend.ts';
import { Emitter } from '../util/emitter.ts';

/** What the handle needs of its database. */
export interface StorageHost {
  /** The open driver, opening it where that is allowed. */
  driver(): Promise<Driver>;
  /** The open driver, or null. */
  readonly opened: Driver | null;
  durability: Durability;
  fail(error: unknown): unknown;
  onWrite(listener: () => void): () => void;
}

/** Milliseconds between two looks while commits wait to be stored. */
const LOOK = 100;

/** `await database.storage.state()` tells backend, bytes, quota and what is not stored yet. */
export class DatabaseStorage {
  readonly #host: StorageHost;
  readonly #listeners: Emitter<{ state: (state: StorageState) => void }> = new Emitter();
  #unwatch: (() => void) | null = null;
  #looking = false;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = '';

  constructor(host: StorageHost) {
    this.#host = host;
  }

  /** Backend, durability, bytes, quota, pending commits, and when the last one was stored. Opens the database. */
  async state(): Promise<StorageState> {
    return this.#ask((driver) => driver.storage());
  }

  /** Asks the platform not to evict the data when space is short; false when it would not promise. */
  async persist(): Promise<boolean> {
    const persisted = await this.#ask((driver) => driver.persist());
    this.#look();
    return persisted;
  }

  /** Resolves when everything committed is stored, whatever the durability. */
  async flush(): Promise<void> {
    await this.#ask((driver) => driver.flush());
    this.#look();
  }

  /** When a commit counts as done: `strict`, `relaxed` or `deferred`. */
  get durability(): Durability {
    return this.#host.durability;
  }

  /** Changes the durability of all commits from now on. */
  async setDurability(durability: Durability): Promise<void> {
    this.#host.durability = durability;
    if (this.#host.opened !== null) await this.#ask((driver) => driver.setDurability(durability));
    this.#look();
  }

  /** Calls `listener` with the state now and whenever writes through this database changed it. Returns what stops it. */
  subscribe(listener: (state: StorageState) => void): () => void {
    const stop = this.#listeners.on('state', listener);
    this.#unwatch ??= this.#host.onWrite(() => this.#look());
    this.#last = '';
    this.#look();
    return () => {
      stop();
      if (this.#listeners.has('state')) return;
      this.#unwatch?.();
      this.#unwatch = null;
      clearTimeout(this.#timer);
    };
  }

  async #ask<T>(question: (driver: Driver) => Promise<T>): Promise<T> {
    try {
      return await question(await this.#host.driver());
    } catch (error) {
      throw this.#host.fail(error);
    }
  }

  /** Tells the listeners the state if it is another one; one question at a time, however many writes there are. */
  #look(): void {
    if (!this.#listeners.has('state')) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    clearTimeout(this.#timer);
    void this.#tell().finally(() => {
      this.#looking = false;
      if (!this.#again) return;
      this.#again = false;
      this.#look();
    });
  }

  async #tell(): Promise<void> {
    // A state that cannot be had (the database is closed, say) is for those who ask for it, not for those who watch.
    const state = await this.state().catch(() => null);
    if (state === null) return;
    const seen = JSON.stringify(state);
    if (seen !== this.#last) this.#listeners.emit('state', state);
    this.#last = seen;
    if (state.pending > 0 && this.#listeners.has('state')) this.#timer = setTimeout(() => this.#look(), LOOK);
  }
}
