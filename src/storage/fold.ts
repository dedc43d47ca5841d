/** Folds the commit log into the base, the chunks of the files, by generations and without holding up commits. */
import { checksum } from '../util/checksum.ts';
import { imageAt, isRemoval, type LoggedChange, type LoggedDelta, type LogRecord, recordBytes } from './log.ts';

/** One file of the base: which chunks make it up. Chunks are never rewritten, only replaced by others; files may share them. */
export interface StoredFile {
  readonly name: string;
  readonly size: number;
  /** The keys of its chunks, in order; each of as many bytes as the store says but the last, which may be shorter. */
  readonly chunks: readonly number[];
  /** The checksum of each chunk. */
  readonly sums: readonly number[];
  /** Records up to this number do not concern the file: it was put in place as a whole after them. */
  readonly since: number;
}

/** The files of a base. */
export interface Contents {
  /** The last record that is part of it. */
  readonly folded: number;
  readonly files: readonly StoredFile[];
}

/** What is stored but for the log; the state before record `folded + 1`. */
export interface Base extends Contents {
  /** Counts the bases; each is a whole of its own. */
  readonly generation: number;
  /** The key of the next chunk: no chunk of the base has this key or one behind it. */
  readonly nextChunk: number;
}

export const EMPTY_BASE: Base = { generation: 0, folded: 0, nextChunk: 1, files: [] };

/** A record of the log with its number. */
export interface Numbered {
  readonly number: number;
  readonly record: LogRecord;
}

/** Where chunks are read, and new ones written that nothing refers to until a base does. */
export interface ChunkStore {
  /** Bytes in a chunk. */
  readonly chunkBytes: number;
  /** A chunk of the base; zeros may follow it. */
  read(file: StoredFile, index: number): Promise<Uint8Array>;
  /** Takes over the bytes of a new chunk and tells its key. */
  write(bytes: Uint8Array): Promise<number>;
}

/** The base with the records of `log` in it. */
export async function fold(base: Base, log: readonly Numbered[], store: ChunkStore): Promise<Contents> {
  const files = new Map(base.files.map((file) => [file.name, file]));
  for (const [name, { anew, deltas }] of changesByFile(base, log)) {
    const old = (!anew && files.get(name)) || { name, size: 0, chunks: [], sums: [], since: 0 };
    if (anew && deltas.length === 0) files.delete(name);
    else files.set(name, await foldFile(old, deltas, store));
  }
  return { folded: log.at(-1)?.number ?? base.folded, files: [...files.values()] };
}

/** Tells of a change of record `number` whether it concerns the files as the base has them. */
export function applying(base: Base): (number: number, change: LoggedChange) => boolean {
  const since = new Map(base.files.map((file) => [file.name, file.since]));
  return (number, { file }) => number > (since.get(file) ?? 0);
}

/** The keys of all chunks the base consists of. */
export function chunkKeys({ files }: Base): Set<number> {
  return new Set(files.flatMap((file) => file.chunks));
}

/** Bytes of all chunks of the base, which are of `chunkBytes` but the last ones of files. */
export function baseBytes({ files }: Base, chunkBytes: number): number {
  const lengths = files.flatMap(({ size, chunks }) =>
    chunks.map((key, index) => [key, Math.min(chunkBytes, size - index * chunkBytes)] as const),
  );
  return [...new Map(lengths).values()].reduce((sum, length) => sum + length, 0);
}

/** Bytes of the records, near enough. */
export function logBytes(log: readonly Numbered[]): number {
  return log.reduce((sum, { record }) => sum + recordBytes(record), 0);
}

/** What became of one file. */
interface Changes {
  /** It was removed: nothing of what it was is left. */
  readonly anew: boolean;
  /** What came then. */
  readonly deltas: LoggedDelta[];
}

function changesByFile(base: Base, log: readonly Numbered[]): Map<string, Changes> {
  const applies = applying(base);
  const changes = new Map<string, Changes>();
  for (const { number, record } of log) {
    for (const change of record.deltas) {
      if (!applies(number, change)) continue;
      const of = changes.get(change.file);
      if (isRemoval(change)) changes.set(change.file, { anew: true, deltas: [] });
      else if (of === undefined) changes.set(change.file, { anew: false, deltas: [change] });
      else of.deltas.push(change);
    }
  }
  return changes;
}

async function foldFile(file: StoredFile, changes: readonly LoggedDelta[], store: ChunkStore): Promise<StoredFile> {
  const { chunkBytes } = store;
  const size = changes.at(-1)!.size;
  const count = Math.ceil(size / chunkBytes);
  const chunks = file.chunks.slice(0, count);
  const sums = file.sums.slice(0, count);
  const perChunk = changesByChunk(file.size, changes, chunkBytes);
  // One at a time: a fold may take its time, but not the memory of the whole file.
  for (const index of [...perChunk.keys()].sort((a, b) => a - b)) {
    if (index >= count) break;
    const start = index * chunkBytes;
    const old = index < file.chunks.length ? await store.read(file, index) : null;
    const bytes = new Uint8Array(Math.min(chunkBytes, size - start));
    if (old !== null) bytes.set(old.subarray(0, bytes.length));
    for (const delta of perChunk.get(index)!) applyToChunk(bytes, start, delta);
    sums[index] = checksum(bytes);
    chunks[index] = await store.write(bytes);
  }
  return { ...file, size, chunks, sums };
}

/** For each chunk that changes, the deltas that do it: by a page in it or by where the file ended in between. */
function changesByChunk(oldSize: number, changes: readonly LoggedDelta[], chunkBytes: number): Map<number, LoggedDelta[]> {
  const perChunk = new Map<number, LoggedDelta[]>();
  const note = (index: number, delta: LoggedDelta): void => {
    const list = perChunk.get(index);
    if (list === undefined) perChunk.set(index, [delta]);
    else if (list.at(-1) !== delta) list.push(delta);
  };
  let size = oldSize;
  for (const delta of changes) {
    const low = Math.min(delta.low, size);
    // To where the file ended before, too: it may grow again, and what was there is gone.
    const end = low === delta.size && low === size ? 0 : Math.ceil(Math.max(delta.size, size) / chunkBytes);
    for (let index = Math.floor(low / chunkBytes); index < end; index++) note(index, delta);
    size = delta.size;
    for (let i = 0; i < delta.pages.length; i++) note(Math.floor((delta.pages[i]! * delta.pageSize) / chunkBytes), delta);
  }
  return perChunk;
}

function applyToChunk(bytes: Uint8Array, start: number, delta: LoggedDelta): void {
  if (delta.low < start + bytes.length) bytes.fill(0, Math.max(0, delta.low - start));
  for (let i = 0; i < delta.pages.length; i++) {
    const at = delta.pages[i]! * delta.pageSize - start;
    if (at >= 0 && at < bytes.length) bytes.set(imageAt(delta, i).subarray(0, bytes.length - at), at);
  }
}
