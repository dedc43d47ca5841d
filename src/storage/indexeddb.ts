/** A database in IndexedDB: base chunks and an append-only log, one transaction for all commits that wait together. */
import { promisifyRequest } from 'idb-keyval';
import { ConnectionClosedError, type WaxwingError } from '../errors.ts';
import type { Backend, BackendOptions, Delta, Durability, OnProgress, StorageState } from './backend.ts';
import { chunked } from './chunked.ts';
import { GroupCommit } from './group-commit.ts';
import { IdbBase } from './idb-base.ts';
import { readStored, type Stored } from './idb-reader.ts';
import { closeStores, deleteStores, type IdbStores, listStores, openStores } from './idb-stores.ts';
import { type LogRecord, toRecords } from './log.ts';
import { askToPersist, platformState } from './platform.ts';
import { SIDE_FILES } from './side-files.ts';
import { MemoryFile, type Volume } from './volume.ts';

/** Milliseconds until a deferred commit is stored. */
const DEFERRAL = 100;

/**
 * Opens the database `options.name` of this origin, reading all of it into memory.
 * @throws CorruptDatabaseError when a part is missing or damaged; it tells which.
 * @throws StorageUnavailableError when there is no IndexedDB, it is refused, or it does not answer.
 */
export async function openIndexedDb(options: BackendOptions): Promise<Backend> {
  const stores = await openStores(options.name);
  try {
    return new IndexedDbBackend(stores, options, await readStored(stores, options));
  } catch (error) {
    closeStores(stores);
    throw error;
  }
}

/** Deletes the database `name`, if there is one. */
export function removeIndexedDb(name: string): Promise<void> {
  return deleteStores(name);
}

/** The names of the databases stored here. */
export function listIndexedDb(): Promise<string[]> {
  return listStores();
}

class IndexedDbBackend implements Backend {
  readonly kind = 'indexeddb';
  readonly keeps = 'pages';
  readonly files: Volume;
  readonly #name: string;
  readonly #stores: IdbStores;
  readonly #base: IdbBase;
  readonly #group = new GroupCommit<readonly Delta[]>((batch) => this.#append(batch));
  /** Tells our records from those of anybody who should not be writing. */
  readonly #writer = Array.from(crypto.getRandomValues(new Uint32Array(2)), (word) => word.toString(36)).join('-');
  #durability: Durability;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closing: Promise<void> | null = null;

  constructor(stores: IdbStores, options: BackendOptions, { volume, base, log }: Stored) {
    this.files = volume;
    this.#name = options.name;
    this.#stores = stores;
    this.#base = new IdbBase(stores, options.name, base, log);
    this.#durability = options.durability;
  }

  get durability(): Durability {
    return this.#durability;
  }

  set durability(durability: Durability) {
    this.#durability = durability;
    this.#schedule();
  }

  commit(deltas: readonly Delta[]): void {
    if (this.#closing !== null) throw this.#closedError();
    this.#group.add(deltas);
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
      bytes: this.#base.bytes,
      pending,
      lastFlush,
      ...(await platformState()),
    };
  }

  persist(): Promise<boolean> {
    return askToPersist();
  }

  async replace(name: string, source: AsyncIterable<Uint8Array>, bytes: number, onProgress?: OnProgress): Promise<void> {
    if (this.#closing !== null) throw this.#closedError();
    await this.flush();
    const contents: Uint8Array[] = [];
    await this.#base.replace(name, kept(chunked(source, bytes, onProgress), contents));
    this.files.put(name, new MemoryFile(contents, bytes));
    for (const suffix of SIDE_FILES) this.files.remove(name + suffix);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.#group.drained();
    } finally {
      await this.#base.close();
      closeStores(this.#stores);
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

  /** Stores everything in the batch in one transaction. */
  async #append(batch: readonly (readonly Delta[])[]): Promise<void> {
    const records = toRecords(this.#writer, batch);
    try {
      await this.#add(records);
    } catch (error) {
      const there = await this.#ours(error);
      if (there === null) throw error;
      this.#base.stored(there);
      // They are the batch, or what the batch was when storing it failed without telling that it had not: then once more on top.
      if (!sameRecords(there, records)) return this.#append(batch);
      return;
    }
    this.#base.stored(records);
  }

  async #add(records: readonly LogRecord[]): Promise<void> {
    // Without its chunks the log is nothing.
    if (this.#stores.chunks.end !== null) throw this.#stores.chunks.end;
    const store = this.#stores.log.store(this.#durability === 'strict' ? 'strict' : 'relaxed');
    const first = this.#base.last + 1;
    await store('readwrite', (log) => {
      // Not `put`: where there are no locks, a second writer must fail rather than overwrite.
      for (const [i, record] of records.entries()) log.add(record, first + i);
      return promisifyRequest(log.transaction);
    });
  }

  /** The records in the place of ours, if we sent them before the connection was lost. */
  async #ours(error: unknown): Promise<LogRecord[] | null> {
    if ((error as WaxwingError).code !== 'ConstraintError') return null;
    const range = IDBKeyRange.bound(this.#base.last + 1, Number.MAX_SAFE_INTEGER);
    const there = await this.#stores.log.store('relaxed')('readonly', (log) => promisifyRequest<LogRecord[]>(log.getAll(range)));
    return there.every(({ writer }) => writer === this.#writer) ? there : null;
  }

  #closedError(): ConnectionClosedError {
    return new ConnectionClosedError(`The database "${this.#name}" is closed.`, { database: this.#name });
  }
}

function sameRecords(some: readonly LogRecord[], others: readonly LogRecord[]): boolean {
  const sums = (records: readonly LogRecord[]): string =>
    records.map(({ deltas }) => deltas.map(({ sum }) => sum).join()).join(';');
  return sums(some) === sums(others);
}

/** Passes the chunks on and keeps them. */
async function* kept(chunks: AsyncIterable<Uint8Array>, into: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    into.push(chunk);
    yield chunk;
  }
}
