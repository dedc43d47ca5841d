/** The base of a database in IndexedDB: what it consists of beside the log's records, its chunks by their keys. */
import { get, keys, promisifyRequest } from 'idb-keyval';
import { DatabaseInUseError } from '../errors.ts';
import { type Base, chunkKeys, EMPTY_BASE, type Numbered } from './fold.ts';
import { deleteChunks, IdbDraft } from './idb-draft.ts';
import type { IdbStores } from './idb-stores.ts';
import { type ChunkDraft, StoredBase } from './stored-base.ts';
import { CHUNK } from './volume.ts';

/** The key of the base among the numbers of the records. */
export const BASE = 'base';

export class IdbBase extends StoredBase {
  readonly #stores: IdbStores;
  /** The latest one: no key that it used is used again, whatever became of it. */
  #draft: IdbDraft;
  /** The base of a switch that failed in a way that does not tell whether it was stored. */
  #unsure: Base | null = null;

  constructor(stores: IdbStores, name: string, base: Base, log: Numbered[]) {
    super(name, CHUNK, base, log);
    this.#stores = stores;
    this.#draft = new IdbDraft(stores.chunks, base.nextChunk, () => this.requireOpen());
    void this.inTurn(() => this.#dropLeftovers());
    this.considerFolding();
  }

  protected override get isUnsure(): boolean {
    return this.#unsure !== null;
  }

  protected override async draft(): Promise<ChunkDraft> {
    await this.#becomeSure();
    return (this.#draft = new IdbDraft(this.#stores.chunks, this.#draft.next, () => this.requireOpen()));
  }

  protected override async foldable(log: readonly Numbered[]): Promise<readonly Numbered[]> {
    return log.slice();
  }

  protected override async switchTo(next: Base): Promise<void> {
    this.#unsure = next;
    try {
      await this.#store(next);
      this.adopt(next);
    } catch (error) {
      await this.#becomeSure().catch(() => {});
      if (this.base !== next) throw error;
    }
  }

  protected override adopt(next: Base): void {
    this.#unsure = null;
    super.adopt(next);
  }

  protected override drop(keys: number[]): void {
    void deleteChunks(this.#stores.chunks, keys);
  }

  /** Stores `next` as the base and trims the log, in one small transaction. */
  async #store(next: Base): Promise<void> {
    const { generation } = this.base;
    let stranger = false;
    await this.#stores.log.store('strict')('readwrite', (store) => {
      const there = store.get(BASE);
      there.onsuccess = () => {
        const found = ((there.result as Base | undefined) ?? EMPTY_BASE).generation;
        // The next one is there already when the connection was lost just after it was stored.
        stranger = found !== generation && found !== next.generation;
        if (stranger) return;
        store.put(next, BASE);
        if (next.folded > 0) store.delete(IDBKeyRange.bound(1, next.folded));
      };
      return promisifyRequest(store.transaction);
    });
    if (stranger)
      throw new DatabaseInUseError(`Somebody else changed the stored database "${this.name}".`, { database: this.name });
  }

  /** Finds out which base is stored, if the last switch left that open. */
  async #becomeSure(): Promise<void> {
    const next = this.#unsure;
    if (next === null) return;
    const found = await get<Base>(BASE, this.#stores.log.store('relaxed'));
    if (found?.generation === next.generation) this.adopt(next);
    else this.#unsure = null;
  }

  /** Deletes the chunks of a fold or an import that did not get to its end. */
  async #dropLeftovers(): Promise<void> {
    const kept = chunkKeys(this.base);
    const found = await keys<number>(this.#stores.chunks.store('relaxed')).catch(() => []);
    await deleteChunks(
      this.#stores.chunks,
      found.filter((key) => !kept.has(key)),
    );
  }
}
