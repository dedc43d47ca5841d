/** Folds the commit log into the base, 1 MiB chunks of the files, by generations and without holding up commits. */
import { checksum } from '../util/checksum.ts';
import { imageAt, type LoggedDelta, type LogRecord } from './log.ts';
import { CHUNK } from './volume.ts';

/** One file of the base: which chunks make it up. Chunks are never rewritten, only replaced by others. */
export interface StoredFile {
  readonly name: string;
  readonly size: number;
  /** The keys of its chunks, in order; each of `CHUNK` bytes but the last. */
  readonly chunks: readonly number[];
  /** The checksum of each chunk. */
  readonly sums: readonly number[];
  /** Records up to this number do not concern the file: it was put in place as a whole after them. */
  readonly since: number;
}

/** What is stored but for the log; the state before record `folded + 1`. */
export interface Base {
  /** Counts the bases; each is a whole of its own. */
  readonly generation: number;
  /** The last record that is part of the base. */
  readonly folded: number;
  /** The key of the next chunk: no chunk of the base has this key or one behind it. */
  readonly nextChunk: number;
  readonly files: readonly StoredFile[];
}

export const EMPTY_BASE: Base = { generation: 0, folded: 0, nextChunk: 1, files: [] };

/** A record of the log with its number. */
export interface Numbered {
  readonly number: number;
  readonly record: LogRecord;
}

/** Where chunks are read and written meanwhile. */
export interface ChunkStore {
  read(key: number): Promise<Uint8Array>;
  write(key: number, bytes: Uint8Array): Promise<void>;
}

/** The base with the records of `log` in it. Its new chunks are stored when this resolves; nothing refers to them yet. */
export async function fold(base: Base, log: readonly Numbered[], store: ChunkStore, writer: ChunkWriter): Promise<Base> {
  const files = new Map(base.files.map((file) => [file.name, file]));
  for (const [name, changes] of changesByFile(base, log)) {
    files.set(name, await foldFile(files.get(name) ?? emptyFile(name), changes, store, writer));
  }
  return {
    generation: base.generation + 1,
    folded: log.at(-1)?.number ?? base.folded,
    nextChunk: writer.next,
    files: [...files.values()],
  };
}

/** Stores new chunks under new keys. */
export class ChunkWriter {
  next: number;
  readonly #store: ChunkStore;

  constructor(next: number, store: ChunkStore) {
    this.next = next;
    this.#store = store;
  }

  /** Stores the chunk and tells its key and checksum. */
  async write(bytes: Uint8Array): Promise<{ key: number; sum: number }> {
    const key = this.next++;
    await this.#store.write(key, bytes);
    return { key, sum: checksum(bytes) };
  }
}

/** Whether a delta of record `number` concerns the files as the base has them. */
export function applies(base: Base, number: number, delta: LoggedDelta): boolean {
  const since = base.files.find((file) => file.name === delta.file)?.since ?? 0;
  return number > since;
}

/** The keys of all chunks the base consists of. */
export function chunkKeys(base: Base): Set<number> {
  return new Set(base.files.flatMap((file) => file.chunks));
}

function emptyFile(name: string): StoredFile {
  return { name, size: 0, chunks: [], sums: [], since: 0 };
}

function changesByFile(base: Base, log: readonly Numbered[]): Map<string, LoggedDelta[]> {
  const changes = new Map<string, LoggedDelta[]>();
  for (const { number, record } of log) {
    for (const delta of record.deltas) {
      if (!applies(base, number, delta)) continue;
      const list = changes.get(delta.file);
      if (list === undefined) changes.set(delta.file, [delta]);
      else list.push(delta);
    }
  }
  return changes;
}

async function foldFile(
  file: StoredFile,
  changes: readonly LoggedDelta[],
  store: ChunkStore,
  writer: ChunkWriter,
): Promise<StoredFile> {
  const size = changes.at(-1)!.size;
  const count = Math.ceil(size / CHUNK);
  const chunks = file.chunks.slice(0, count);
  const sums = file.sums.slice(0, count);
  const perChunk = changesByChunk(file.size, changes);
  // One at a time: a fold may take its time, but not the memory of the whole file.
  for (const index of [...perChunk.keys()].sort((a, b) => a - b)) {
    if (index >= count) break;
    const start = index * CHUNK;
    const old = index < file.chunks.length ? await store.read(file.chunks[index]!) : null;
    const bytes = new Uint8Array(CHUNK);
    if (old !== null) bytes.set(old);
    for (const delta of perChunk.get(index)!) applyToChunk(bytes, start, delta);
    const { key, sum } = await writer.write(size - start < CHUNK ? bytes.slice(0, size - start) : bytes);
    chunks[index] = key;
    sums[index] = sum;
  }
  return { ...file, size, chunks, sums };
}

/** For each chunk that changes, the deltas that do it: by a page in it or by where the file ended in between. */
function changesByChunk(oldSize: number, changes: readonly LoggedDelta[]): Map<number, LoggedDelta[]> {
  const perChunk = new Map<number, LoggedDelta[]>();
  const note = (index: number, delta: LoggedDelta): void => {
    const list = perChunk.get(index);
    if (list === undefined) perChunk.set(index, [delta]);
    else if (list.at(-1) !== delta) list.push(delta);
  };
  let size = oldSize;
  for (const delta of changes) {
    const low = Math.min(delta.low, size);
    const end = low === delta.size && low === size ? 0 : Math.ceil(delta.size / CHUNK);
    for (let index = Math.floor(low / CHUNK); index < end; index++) note(index, delta);
    size = delta.size;
    for (let i = 0; i < delta.pages.length; i++) note(Math.floor((delta.pages[i]! * delta.pageSize) / CHUNK), delta);
  }
  return perChunk;
}

function applyToChunk(bytes: Uint8Array, start: number, delta: LoggedDelta): void {
  if (delta.low < start + CHUNK) bytes.fill(0, Math.max(0, delta.low - start));
  for (let i = 0; i < delta.pages.length; i++) {
    const at = delta.pages[i]! * delta.pageSize - start;
    if (at >= 0 && at < CHUNK) bytes.set(imageAt(delta, i), at);
  }
}
