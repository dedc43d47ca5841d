/** Reads a database from IndexedDB: the base's chunks, then the log on top of them, all of it checked. */
import { entries, promisifyRequest } from 'idb-keyval';
import { CorruptDatabaseError } from '../errors.ts';
import { checksum } from '../util/checksum.ts';
import type { BackendOptions, OnProgress } from './backend.ts';
import { applying, type Base, baseBytes, EMPTY_BASE, logBytes, type Numbered, type StoredFile } from './fold.ts';
import { BASE } from './idb-base.ts';
import type { IdbStores } from './idb-stores.ts';
import { applyRecord, type LogRecord, recordFault } from './log.ts';
import { CHUNK, MemoryFile, type Volume } from './volume.ts';

/** What was found at opening. */
export interface Stored {
  readonly base: Base;
  readonly log: Numbered[];
}

/**
 * Reads all of the database `options.name` into `volume`.
 * @throws CorruptDatabaseError when a part is missing or damaged; it tells which.
 */
export function readStored(stores: IdbStores, options: BackendOptions, volume: Volume): Promise<Stored> {
  return new Reader(stores, options).read(volume);
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

  async read(volume: Volume): Promise<Stored> {
    const found = await entries<string | number, unknown>(this.#stores.log.store('relaxed'));
    const base = this.#checkedBase(found.find(([key]) => key === BASE)?.[1]);
    const log = this.#checkedLog(base, found);
    this.#total = baseBytes(base, CHUNK) + logBytes(log);
    this.#progress(logBytes(log));
    await this.#readBase(base, volume);
    const applies = applying(base);
    for (const { number, record } of log) applyRecord(volume, record, (change) => applies(number, change));
    return { base, log };
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

  async #readBase({ files }: Base, volume: Volume): Promise<void> {
    for (const { name, size, chunks } of files) {
      if (chunks.length !== Math.ceil(size / CHUNK))
        throw this.#corrupt(`"${name}" has ${chunks.length} chunks for ${size} bytes`);
    }
    const read = new Map<number, Promise<Uint8Array>>();
    const shared = new Set<number>();
    await this.#stores.chunks.store('relaxed')('readonly', (stored) => {
      // One request for each, so that one is checked while the next is on its way.
      for (const file of files) {
        for (const [index, key] of file.chunks.entries()) {
          if (read.has(key)) shared.add(key);
          else
            read.set(
              key,
              promisifyRequest<unknown>(stored.get(key)).then((chunk) => this.#checkedChunk(file, index, chunk)),
            );
        }
      }
      return Promise.all(read.values());
    });
    for (const { name, size, chunks } of files) {
      const all = await Promise.all(chunks.map((key) => read.get(key)!));
      volume.put(
        name,
        new MemoryFile(
          all,
          size,
          chunks.some((key) => shared.has(key)),
        ),
      );
    }
  }

  #checkedChunk({ name, size, sums }: StoredFile, index: number, chunk: unknown): Uint8Array {
    const length = Math.min(CHUNK, size - index * CHUNK);
    if (!(chunk instanceof Uint8Array)) throw this.#corrupt(`chunk ${index} of "${name}" is missing`);
    if (chunk.length !== length) throw this.#corrupt(`chunk ${index} of "${name}" has ${chunk.length} of ${length} bytes`);
    if (checksum(chunk) !== sums[index]) throw this.#corrupt(`chunk ${index} of "${name}" fails its checksum`);
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
