/** What is stored of a database in IndexedDB, base and log, and how the one is folded into the other while commits go on. */
import { delMany, get, keys, promisifyRequest, set } from 'idb-keyval';
import { ConnectionClosedError, CorruptDatabaseError, DatabaseInUseError } from '../errors.ts';
import { type Base, type ChunkStore, ChunkWriter, chunkKeys, EMPTY_BASE, fold, type Numbered } from './fold.ts';
import type { IdbStores } from './idb-stores.ts';
import { type LogRecord, recordBytes } from './log.ts';

/** The key of the base among the numbers of the records. */
export const BASE = 'base';
/** The log is folded when it is a quarter of the base, but not before it has this many bytes, nor later than at the most. */
const LOG_AT_LEAST = 2 << 20;
const LOG_AT_MOST = 16 << 20;

export class IdbBase {
  readonly #stores: IdbStores;
  readonly #name: string;
  #base: Base;
  /** The stored records that are not in the base yet. */
  #log: Numbered[];
  #logBytes: number;
  /** The key of the next chunk; never one that was used, whatever became of it. */
  #nextChunk: number;
  /** The base of a switch that failed in a way that does not tell whether it was stored. */
  #unsure: Base | null = null;
  /** Changes of the base, one after the other. */
  #work: Promise<unknown>;
  #folding = false;
  /** No fold is tried before the log is this long. */
  #foldAt = 0;
  #closed = false;

  constructor(stores: IdbStores, name: string, base: Base, log: Numbered[]) {
    this.#stores = stores;
    this.#name = name;
    this.#base = base;
    this.#log = log;
    this.#logBytes = bytesOf(log);
    this.#nextChunk = base.nextChunk;
    this.#work = this.#dropLeftovers();
    this.#considerFolding();
  }

  /** The number of the last stored record. */
  get last(): number {
    return this.#log.at(-1)?.number ?? this.#base.folded;
  }

  /** Bytes stored. */
  get bytes(): number {
    return this.#baseBytes + this.#logBytes;
  }

  /** Notes that `records` were stored as the next ones. */
  stored(records: readonly LogRecord[]): void {
    for (const record of records) {
      this.#log.push({ number: this.last + 1, record });
      this.#logBytes += recordBytes(record);
    }
    this.#considerFolding();
  }

  /** Puts the file `name` in place as a whole, in chunks; the records so far do not concern it any more. */
  replace(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#inTurn(async (writer) => {
      const written: { key: number; sum: number }[] = [];
      let size = 0;
      for await (const chunk of chunks) {
        written.push(await writer.write(chunk));
        size += chunk.length;
      }
      const file = { name, size, chunks: written.map(({ key }) => key), sums: written.map(({ sum }) => sum), since: this.last };
      const files = [...this.#base.files.filter((other) => other.name !== name), file];
      return { ...this.#base, generation: this.#base.generation + 1, nextChunk: writer.next, files };
    });
  }

  /** Waits for what is under way; a fold is given up. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#work;
  }

  get #baseBytes(): number {
    return this.#base.files.reduce((sum, file) => sum + file.size, 0);
  }

  #considerFolding(): void {
    const wanted = Math.max(this.#foldAt, Math.min(LOG_AT_MOST, Math.max(LOG_AT_LEAST, this.#baseBytes / 4)));
    if (this.#folding || this.#closed || this.#logBytes < wanted) return;
    this.#folding = true;
    this.#inTurn((writer, store) => fold(this.#base, this.#log.slice(), store, writer))
      .then(
        () => (this.#foldAt = 0),
        // It is the commits that tell when storage fails; a fold waits until the log has grown some more.
        () => (this.#foldAt = this.#logBytes + LOG_AT_LEAST),
      )
      .finally(() => {
        this.#folding = false;
        this.#considerFolding();
      });
  }

  /** Runs `make`, which stores chunks and tells the base they belong to, alone, and switches to that base. */
  #inTurn(make: (writer: ChunkWriter, store: ChunkStore) => Promise<Base>): Promise<void> {
    const result = this.#work.then(async () => {
      await this.#becomeSure();
      const store = this.#chunkStore();
      const writer = new ChunkWriter(this.#nextChunk, store);
      try {
        await this.#switchTo(await make(writer, store));
      } catch (error) {
        const unused = Array.from({ length: writer.next - this.#nextChunk }, (_, i) => this.#nextChunk + i);
        if (this.#unsure === null) await this.#drop(unused);
        throw error;
      } finally {
        this.#nextChunk = writer.next;
      }
    });
    this.#work = result.catch(() => {});
    return result;
  }

  async #switchTo(next: Base): Promise<void> {
    this.#unsure = next;
    try {
      await this.#store(next);
      this.#adopt(next);
    } catch (error) {
      await this.#becomeSure().catch(() => {});
      if (this.#base !== next) throw error;
    }
  }

  /** Stores `next` as the base and trims the log, in one small transaction. */
  async #store(next: Base): Promise<void> {
    const { generation } = this.#base;
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
      throw new DatabaseInUseError(`Somebody else changed the stored database "${this.#name}".`, { database: this.#name });
  }

  /** Finds out which base is stored, if the last switch left that open. */
  async #becomeSure(): Promise<void> {
    const next = this.#unsure;
    if (next === null) return;
    const found = await get<Base>(BASE, this.#stores.log.store('relaxed'));
    if (found?.generation === next.generation) this.#adopt(next);
    else this.#unsure = null;
  }

  #adopt(next: Base): void {
    const kept = chunkKeys(next);
    const old = [...chunkKeys(this.#base)].filter((key) => !kept.has(key));
    this.#unsure = null;
    this.#base = next;
    this.#log = this.#log.filter(({ number }) => number > next.folded);
    this.#logBytes = bytesOf(this.#log);
    void this.#drop(old);
  }

  #chunkStore(): ChunkStore {
    // Strict even for relaxed databases: the records that a chunk replaces are gone afterwards.
    const chunks = this.#stores.chunks.store('strict');
    return {
      read: async (key) => {
        const bytes = await get<Uint8Array>(key, chunks);
        if (bytes) return bytes;
        throw new CorruptDatabaseError(`Chunk ${key} of the stored database "${this.#name}" is gone.`, { database: this.#name });
      },
      write: async (key, bytes) => {
        if (this.#closed) throw new ConnectionClosedError(`The database "${this.#name}" is closed.`, { database: this.#name });
        await set(key, bytes, chunks);
      },
    };
  }

  /** Best effort: chunks that nobody refers to cost room, no more, and the next opening looks for them. */
  async #drop(unused: number[]): Promise<void> {
    if (unused.length > 0) await delMany(unused, this.#stores.chunks.store('relaxed')).catch(() => {});
  }

  /** Deletes the chunks of a fold or an import that did not get to its end. */
  async #dropLeftovers(): Promise<void> {
    const kept = chunkKeys(this.#base);
    const found = await keys<number>(this.#stores.chunks.store('relaxed')).catch(() => []);
    await this.#drop(found.filter((key) => !kept.has(key)));
  }
}

function bytesOf(log: readonly Numbered[]): number {
  return log.reduce((sum, { record }) => sum + recordBytes(record), 0);
}
