/** Commits in IndexedDB: base chunks and an append-only log, one transaction for all commits that wait together. */
import { promisifyRequest } from 'idb-keyval';
import type { WaxwingError } from '../errors.ts';
import type { BackendOptions } from './backend.ts';
import type { Change } from './cluster.ts';
import { Committing } from './committing.ts';
import { IdbBase } from './idb-base.ts';
import { freshLog } from './idb-fresh-log.ts';
import { readStored } from './idb-reader.ts';
import { closeStores, type IdbStores, openStores } from './idb-stores.ts';
import { isRemoval, type LogRecord, toRecords } from './log.ts';
import type { Volume } from './volume.ts';

/** A database of which all was read into memory. */
export interface Opened<V> {
  readonly stores: IdbStores;
  readonly files: V;
  readonly base: IdbBase;
}

/** Opens the database `options.name` of the databases that `group` names, and puts what it holds into `files`. */
export async function openStored<V extends Volume>(group: string, options: BackendOptions, files: V): Promise<Opened<V>> {
  const stores = await openStores(group, options.name);
  try {
    const [{ base, log }] = await Promise.all([readStored(stores, options, files), freshLog()]);
    return { stores, files, base: new IdbBase(stores, options.name, base, log) };
  } catch (error) {
    closeStores(stores);
    throw error;
  }
}

export abstract class IdbStorage<V extends Volume> extends Committing {
  readonly kind = 'indexeddb';
  readonly files: V;
  protected readonly base: IdbBase;
  readonly #stores: IdbStores;
  /** Tells our records from those of anybody who should not be writing. */
  readonly #writer = Array.from(crypto.getRandomValues(new Uint32Array(2)), (word) => word.toString(36)).join('-');

  constructor(options: BackendOptions, { stores, files, base }: Opened<V>) {
    super(options);
    this.files = files;
    this.base = base;
    this.#stores = stores;
  }

  protected override get bytes(): number {
    return this.base.bytes;
  }

  protected override async append(batch: readonly (readonly Change[])[]): Promise<void> {
    const records = toRecords(this.#writer, batch);
    try {
      await this.#add(records);
    } catch (error) {
      const there = await this.#ours(error);
      if (there === null) throw error;
      this.base.stored(there);
      // They are the batch, or what the batch was when storing it failed without telling that it had not: then once more on top.
      if (!sameRecords(there, records)) return this.append(batch);
      return;
    }
    this.base.stored(records);
  }

  protected override async release(): Promise<void> {
    await this.base.close();
    closeStores(this.#stores);
  }

  async #add(records: readonly LogRecord[]): Promise<void> {
    // Without its chunks the log is nothing.
    if (this.#stores.chunks.end !== null) throw this.#stores.chunks.end;
    const store = this.#stores.log.store(this.durability === 'strict' ? 'strict' : 'relaxed');
    const first = this.base.last + 1;
    await store('readwrite', (log) => {
      // Not `put`: where there are no locks, a second writer must fail rather than overwrite.
      for (const [i, record] of records.entries()) log.add(record, first + i);
      // Said, not left to be found out: the browser need not report each record before it begins to store them.
      log.transaction.commit();
      return promisifyRequest(log.transaction);
    });
  }

  /** The records in the place of ours, if we sent them before the connection was lost. */
  async #ours(error: unknown): Promise<LogRecord[] | null> {
    if ((error as WaxwingError).code !== 'ConstraintError') return null;
    const range = IDBKeyRange.bound(this.base.last + 1, Number.MAX_SAFE_INTEGER);
    const there = await this.#stores.log.store('relaxed')('readonly', (log) => promisifyRequest<LogRecord[]>(log.getAll(range)));
    return there.every(({ writer }) => writer === this.#writer) ? there : null;
  }
}

function sameRecords(some: readonly LogRecord[], others: readonly LogRecord[]): boolean {
  const sums = (records: readonly LogRecord[]): string =>
    records.map(({ deltas }) => deltas.map((change) => change.file + (isRemoval(change) ? '' : change.sum)).join()).join(';');
  return sums(some) === sums(others);
}
