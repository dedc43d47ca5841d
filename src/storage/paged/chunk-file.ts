/** The file of chunks: who has which of its blocks, and chunks read and written. */
import { CorruptDatabaseError } from '../../errors.ts';
import { checksum } from '../../util/checksum.ts';
import type { Base, StoredFile } from '../fold.ts';
import type { ChunkDraft } from '../stored-base.ts';
import type { Handle } from './handle.ts';

/** Bytes in a chunk: what is read at once, and written anew when a page of it changes. */
export const CHUNK: number = 64 << 10;
/** Bytes in a block: chunks begin with one. A chunk's key is the number of its first block. */
export const BLOCK: number = 8 << 10;
/** The key of a chunk of zeros, which takes no block. */
const HOLE = 0;
/** Bytes written between two flushes: one of very many would hold up commits. */
const FLUSH = 2 << 20;
/** Milliseconds of work on a base after which others have their turn. */
const SLICE = 4;

export class ChunkFile {
  readonly #handle: Handle;
  readonly #name: string;
  /** Key → how many blocks it has. */
  readonly #extents = new Map<number, number>();
  /** For each block whether it is taken; the first one is nobody's, as its number is the hole's. */
  #taken: Uint8Array = new Uint8Array(1024).fill(1, 0, 1);
  /** Blocks up to the last that is taken. */
  #end = 1;
  /** No block before this one is free. */
  #firstFree = 1;

  /** @throws CorruptDatabaseError when the file is too short for the base. */
  constructor(handle: Handle, name: string, base: Base) {
    this.#handle = handle;
    this.#name = name;
    for (const file of base.files) {
      for (const [index, key] of file.chunks.entries()) {
        if (key !== HOLE && !this.#extents.has(key)) this.#take(key, blocksOf(lengthOf(file, index)));
      }
    }
    const size = handle.size();
    if (size >= this.#end * BLOCK || this.#end === 1) return;
    throw this.corrupt(`its chunks have ${size} of ${this.#end * BLOCK} bytes`);
  }

  /** Blocks up to the last one in use. */
  get end(): number {
    return this.#end;
  }

  /** The chunk in whole blocks; zeros behind its end. */
  read(file: StoredFile, index: number): Uint8Array {
    const length = lengthOf(file, index);
    const bytes = new Uint8Array(blocksOf(length) * BLOCK);
    const key = file.chunks[index]!;
    if (key === HOLE) return bytes;
    const read = this.#handle.read(bytes, key * BLOCK);
    if (read < bytes.length) throw this.corrupt(`chunk ${index} of "${file.name}" has ${read} of ${bytes.length} bytes`);
    if (checksum(bytes.subarray(0, length)) !== file.sums[index])
      throw this.corrupt(`chunk ${index} of "${file.name}" fails its checksum`);
    return bytes;
  }

  /** Writes the chunk to blocks that nobody has and tells its key. */
  write(bytes: Uint8Array): number {
    if (isZero(bytes)) return HOLE;
    const blocks = blocksOf(bytes.length);
    const key = this.#find(blocks);
    let whole = bytes;
    if (bytes.length < blocks * BLOCK) {
      whole = new Uint8Array(blocks * BLOCK);
      whole.set(bytes);
    }
    this.#handle.write(whole, key * BLOCK);
    this.#take(key, blocks);
    return key;
  }

  flush(): void | Promise<void> {
    return this.#handle.flush();
  }

  /** The blocks of these chunks may be used again. */
  free(keys: Iterable<number>): void {
    for (const key of keys) {
      if (key === HOLE) continue;
      this.#taken.fill(0, key, key + this.#extents.get(key)!);
      this.#extents.delete(key);
      this.#firstFree = Math.min(this.#firstFree, key);
    }
    this.#end = this.#taken.lastIndexOf(1) + 1;
  }

  /** Gives the room behind the last chunk back to the platform. */
  trim(): void {
    if (this.#handle.size() > this.#end * BLOCK) this.#handle.truncate(this.#end * BLOCK);
  }

  corrupt(what: string): CorruptDatabaseError {
    return corrupt(this.#name, what);
  }

  #take(key: number, blocks: number): void {
    const end = key + blocks;
    if (end > this.#taken.length) {
      const longer = new Uint8Array(Math.max(end, 2 * this.#taken.length));
      longer.set(this.#taken);
      this.#taken = longer;
    }
    this.#taken.fill(1, key, end);
    this.#extents.set(key, blocks);
    this.#end = Math.max(this.#end, end);
  }

  /** The first place where there are so many free blocks. */
  #find(blocks: number): number {
    while (this.#taken[this.#firstFree] === 1) this.#firstFree++;
    for (let key = this.#firstFree; key < this.#end; ) {
      let free = 0;
      while (free < blocks && this.#taken[key + free] !== 1) free++;
      if (free === blocks) return key;
      key += free + 1;
    }
    return Math.max(1, this.#end);
  }
}

/** The chunks of one change of the base. */
export class PagedDraft implements ChunkDraft {
  readonly chunkBytes: number = CHUNK;
  readonly #file: ChunkFile;
  readonly #requireOpen: () => void;
  readonly #written: number[] = [];
  #unflushed = 0;
  #since: number = performance.now();

  constructor(file: ChunkFile, requireOpen: () => void) {
    this.#file = file;
    this.#requireOpen = requireOpen;
  }

  get next(): number {
    return this.#file.end;
  }

  async read(file: StoredFile, index: number): Promise<Uint8Array> {
    return this.#file.read(file, index);
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.#requireOpen();
    const key = this.#file.write(bytes);
    this.#written.push(key);
    this.#unflushed += bytes.length;
    if (this.#unflushed >= FLUSH) await this.finish();
    if (performance.now() - this.#since >= SLICE) {
      await new Promise((resolve) => setTimeout(resolve));
      this.#since = performance.now();
    }
    return key;
  }

  async finish(): Promise<void> {
    this.#requireOpen();
    await this.#file.flush();
    this.#unflushed = 0;
  }

  async discard(): Promise<void> {
    this.#file.free(this.#written);
  }
}

/** Bytes in the chunk of the file at `index`. */
function lengthOf({ size }: StoredFile, index: number): number {
  return Math.min(CHUNK, size - index * CHUNK);
}

export function corrupt(name: string, what: string): CorruptDatabaseError {
  return new CorruptDatabaseError(
    `The stored database "${name}" is damaged: ${what}. It was left as it is. Import a copy under another name, or remove it.`,
    { database: name },
  );
}

function blocksOf(bytes: number): number {
  return Math.ceil(bytes / BLOCK);
}

function isZero(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte !== 0) return false;
  return true;
}
