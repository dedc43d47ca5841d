/** Reads a database from IndexedDB: the base's chunks, then the log on top of them, all of it checked. */
import { entries, keys, promisifyRequest } from 'idb-keyval';
import { CorruptDatabaseError } from '../errors.ts';
import { checksum } from '../util/checksum.ts';
import type { BackendOptions, OnProgress } from './backend.ts';
import { applying, type Base, EMPTY_BASE, type Numbered } from './fold.ts';
import { BASE } from './idb-base.ts';
import type { IdbStores } from './idb-stores.ts';
import { applyRecord, type LogRecord, recordBytes, recordFault } from './log.ts';
import { CHUNK, MemoryFile, Volume } from './volume.ts';

/** What was found at opening. */
export interface Stored {
  readonly volume: Volume;
  readonly base: Base;
  readonly log: Numbered[];
  /** Chunks that are not the base's. */
  readonly leftovers: number[];
}

/** A chunk that is to be read, and where it is used first. */
interface Wanted {
  readonly key: number;
  readonly length: number;
  readonly sum: number | undefined;
  readonly place: string;
  users: number;
}

/**
 * Reads all of the database `options.name`.
 * @throws CorruptDatabaseError when a part is missing or damaged; it tells which.
 */
export function readStored(stores: IdbStores, options: BackendOptions): Promise<Stored> {
  return new Reader(stores, options).read();
}

class Reader {
  readonly #stores: IdbStores;
  readonly #name: string;
  readonly #onProgress: OnProgress | undefined;
  #done = 0;
  #total = 0;

  constructor(stores: IdbStores, options: BackendOptions) {
    this.#stores = stores;
    this.#name = options.name;
    this.#onProgress = options.onProgress;
  }

  async read(): Promise<Stored> {
    const [found, present] = await Promise.all([
      entries<string | number, unknown>(this.#stores.log.store('relaxed')),
      keys<number>(this.#stores.chunks.store('relaxed')),
    ]);
    const base = this.#checkedBase(found.find(([key]) => key === BASE)?.[1]);
    const log = this.#checkedLog(base, found);
    const wanted = this.#wanted(base);
    const logBytes = log.reduce((sum, { record }) => sum + recordBytes(record), 0);
    this.#total = [...wanted.values()].reduce((sum, { length }) => sum + length, logBytes);
    this.#progress(logBytes);
    const chunks = await this.#readChunks(wanted, present);
    const volume = new Volume();
    for (const { name, size, chunks: of } of base.files) {
      const shared = of.some((key) => wanted.get(key)!.users > 1);
      volume.put(
        name,
        new MemoryFile(
          Array.from(of, (key) => chunks.get(key)!),
          size,
          shared,
        ),
      );
    }
    const applies = applying(base);
    for (const { number, record } of log) applyRecord(volume, record, (change) => applies(number, change));
    return { volume, base, log, leftovers: present.filter((key) => !wanted.has(key)) };
  }

  #checkedBase(found: unknown): Base {
    if (found === undefined) return EMPTY_BASE;
    const base = found as Partial<Base> | null;
    const whole =
      typeof base === 'object' &&
      Array.isArray(base?.files) &&
      [base.generation, base.folded, base.nextChunk].every(Number.isSafeInteger);
    if (!whole) throw this.#corrupt('the list of its chunks is not one');
    return base as Base;
  }

  /** The records behind the base. All that are there were acknowledged: none may be missing but what was never stored. */
  #checkedLog(base: Base, found: readonly (readonly [string | number, unknown])[]): Numbered[] {
    const log: Numbered[] = [];
    for (const [number, record] of found) {
      if (typeof number !== 'number') continue;
      const expected = base.folded + log.length + 1;
      if (number !== expected) throw this.#corrupt(`record ${expected} of its log is missing (the next one there is ${number})`);
      const fault = recordFault(record);
      if (fault !== null) throw this.#corrupt(`record ${number} of its log ${fault}; ${log.length} records before it are whole`);
      log.push({ number, record: record as LogRecord });
    }
    return log;
  }

  /** The chunks of the base by their keys. */
  #wanted(base: Base): Map<number, Wanted> {
    const wanted = new Map<number, Wanted>();
    for (const file of base.files) {
      const { name, size, chunks, sums } = file;
      if (chunks.length !== Math.ceil(size / CHUNK))
        throw this.#corrupt(`"${name}" has ${chunks.length} chunks for ${size} bytes`);
      for (const [index, key] of chunks.entries()) {
        const length = Math.min(CHUNK, size - index * CHUNK);
        const known = wanted.get(key);
        if (known !== undefined) known.users++;
        else wanted.set(key, { key, length, sum: sums[index], place: `chunk ${index} of "${name}"`, users: 1 });
      }
    }
    return wanted;
  }

  async #readChunks(wanted: ReadonlyMap<number, Wanted>, present: readonly number[]): Promise<Map<number, Uint8Array>> {
    const there = new Set(present);
    for (const [key, { place }] of wanted) if (!there.has(key)) throw this.#corrupt(`${place} is missing`);
    const chunks = new Map<number, Uint8Array>();
    await this.#stores.chunks.store('relaxed')('readonly', (stored) =>
      // One request for each mebibyte, so that one is checked while the next is on its way.
      Promise.all(
        inBatches(present, wanted).map(async (batch) => {
          const range = IDBKeyRange.bound(batch[0]!.key, batch.at(-1)!.key);
          const values = await promisifyRequest<unknown[]>(stored.getAll(range));
          for (const [i, chunk] of batch.entries()) chunks.set(chunk.key, this.#checkedChunk(chunk, values[i]));
        }),
      ),
    );
    return chunks;
  }

  #checkedChunk({ length, sum, place }: Wanted, chunk: unknown): Uint8Array {
    if (!(chunk instanceof Uint8Array)) throw this.#corrupt(`${place} is missing`);
    if (chunk.length !== length) throw this.#corrupt(`${place} has ${chunk.length} of ${length} bytes`);
    if (checksum(chunk) !== sum) throw this.#corrupt(`${place} fails its checksum`);
    this.#progress(length);
    return chunk;
  }

  #progress(bytes: number): void {
    this.#done += bytes;
    this.#onProgress?.(this.#done, this.#total);
  }

  #corrupt(what: string): CorruptDatabaseError {
    return new CorruptDatabaseError(
      `The stored database "${this.#name}" is damaged: ${what}. It was left as it is. Import a copy under another name, or remove it.`,
      { database: this.#name },
    );
  }
}

/** The wanted chunks in runs that have nothing else between them, each of about a mebibyte. */
function inBatches(present: readonly number[], wanted: ReadonlyMap<number, Wanted>): Wanted[][] {
  const batches: Wanted[][] = [];
  let room = 0;
  for (const key of present) {
    const chunk = wanted.get(key);
    if (chunk === undefined || chunk.length > room) room = 0;
    if (chunk === undefined) continue;
    if (room === 0) {
      batches.push([]);
      room = CHUNK;
    }
    batches.at(-1)!.push(chunk);
    room -= chunk.length;
  }
  return batches;
}
