/** What backends that store commits have in common: when a commit is stored, who waits for it, and the end. */
import { ConnectionClosedError } from '../errors.ts';
import type { BackendOptions, Durability, StorageKind, StorageState } from './backend.ts';
import type { Change } from './cluster.ts';
import { GroupCommit } from './group-commit.ts';
import { askToPersist, platformState } from './platform.ts';

/** Milliseconds until a deferred commit is stored. */
const DEFERRAL = 100;

export abstract class Committing {
  abstract readonly kind: StorageKind;
  protected readonly name: string;
  readonly #group = new GroupCommit<readonly Change[]>((batch) => this.append(batch));
  #durability: Durability;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closing: Promise<void> | null = null;

  constructor(options: BackendOptions) {
    this.name = options.name;
    this.#durability = options.durability;
  }

  get durability(): Durability {
    return this.#durability;
  }

  set durability(durability: Durability) {
    this.#durability = durability;
    this.#schedule();
  }

  commit(changes: readonly Change[]): void {
    this.requireOpen();
    this.#group.add(changes);
    this.#schedule();
  }

  durable(): Promise<void> {
    // A deferred commit counts as soon as it is applied, but not while storing fails.
    if (this.#durability === 'deferred' && !this.#group.failed) return Promise.resolve();
    return this.#group.drained();
  }

  flush(): Promise<void> {
    return this.#group.drained();
  }

  async state(): Promise<StorageState> {
    const { pending, lastFlush } = this.#group;
    return {
      backend: this.kind,
      durability: this.#durability,
      bytes: this.bytes,
      pending,
      lastFlush,
      ...(await platformState()),
    };
  }

  persist(): Promise<boolean> {
    return askToPersist();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Bytes stored. */
  protected abstract readonly bytes: number;
  /** Stores everything in the batch, whole, or rejects; it comes again then. */
  protected abstract append(batch: readonly (readonly Change[])[]): Promise<void>;
  /** Ends what goes on beside the commits, and lets go of the storage. */
  protected abstract release(): Promise<void>;

  protected requireOpen(): void {
    if (this.#closing !== null)
      throw new ConnectionClosedError(`The database "${this.name}" is closed.`, { database: this.name });
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.flush();
    } finally {
      await this.release();
    }
  }

  #schedule(): void {
    if (this.#durability !== 'deferred') this.#group.start();
    else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#group.start();
      }, DEFERRAL);
  }
}
