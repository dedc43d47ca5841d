/** Reads a database from IndexedDB: the base's chunks, then the log on top of them, all of it checked. */
import { entries, promisifyRequest } from 'idb-keyval';
import { CorruptDatabaseError } from '../errors.ts';
import { checksum } from '../util/checksum.ts';
import type { BackendOptions, OnProgress } from './backend.ts';
import { applies, type Base, EMPTY_BASE, type Numbered } from './fold.ts';
import { BASE } from './idb-base.ts';
import type { IdbStores } from './idb-stores.ts';
import { applyRecord, type LogRecord, recordBytes, recordFault } from './log.ts';
import { CHUNK, MemoryFile, Volume } from './volume.ts';

/** What was found at opening. */
export interface Stored {
  readonly volume: Volume;
  readonly base: Base;
  readonly log: Numbered[];
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
    const found = await entries<string | number, unknown>(this.#stores.log.store('relaxed'));
    const base = this.#checkedBase(found.find(([key]) => key === BASE)?.[1]);
    const log = this.#checkedLog(base, found);
    const logBytes = log.reduce((sum, { record }) => sum + recordBytes(record), 0);
    this.#total = logBytes + base.files.reduce((sum, file) => sum + file.size, 0);
    this.#progress(logBytes);
    const volume = new Volume();
    await this.#readBase(base, volume);
    for (const { number, record } of log) applyRecord(volume, record, (delta) => applies(base, number, delta));
    return { volume, base, log };
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

  async #readBase(base: Base, volume: Volume): Promise<void> {
    const store = this.#stores.chunks.store('relaxed');
    for (const { name, size, chunks, sums } of base.files) {
      if (chunks.length !== Math.ceil(size / CHUNK))
        throw this.#corrupt(`"${name}" has ${chunks.length} chunks for ${size} bytes`);
      // One request for each, so that one is checked while the next is on its way.
      const read = store('readonly', (stored) =>
        Promise.all(
          chunks.map(async (key, index) => {
            const chunk = await promisifyRequest<unknown>(stored.get(key));
            return this.#checkedChunk(name, index, chunk, Math.min(CHUNK, size - index * CHUNK), sums[index]);
          }),
        ),
      );
      volume.put(name, new MemoryFile(await read, size));
    }
  }

  #checkedChunk(name: string, index: number, chunk: unknown, length: number, sum: number | undefined): Uint8Array {
    if (!(chunk instanceof Uint8Array)) throw this.#corrupt(`chunk ${index} of "${name}" is missing`);
    if (chunk.length !== length) throw this.#corrupt(`chunk ${index} of "${name}" has ${chunk.length} of ${length} bytes`);
    if (checksum(chunk) !== sum) throw this.#corrupt(`chunk ${index} of "${name}" fails its checksum`);
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
