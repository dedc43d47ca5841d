/** The chunks in memory: read when they are needed, and let go when there are too many and they are stored as they are. */
import type { StoredFile } from '../fold.ts';
import { BLOCK, CHUNK, type ChunkFile } from './chunk-file.ts';

/** Where a chunk is stored as it is now. */
export interface Place {
  readonly file: StoredFile;
  readonly index: number;
}

/** One chunk of a file; without bytes and place it is zeros. */
export interface Chunk {
  bytes: Uint8Array | null;
  place: Place | null;
  /** The commit that its last change belongs to. */
  changed: number;
  /** Used since the cache last looked. */
  used: boolean;
}

/** How many chunks are looked at, at the most, to make room for one. */
const TRIES = 64;

export class ChunkCache {
  /** The commit that changes belong to that are made now. */
  commit = 0;
  readonly #file: ChunkFile;
  /** Bytes kept in memory, unless more of them were changed. */
  readonly #most: number;
  /** In the order in which they were last looked at. */
  readonly #chunks = new Set<Chunk>();
  #bytes = 0;

  constructor(file: ChunkFile, most: number) {
    this.#file = file;
    this.#most = most;
  }

  /** Bytes in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The bytes of the chunk, or null when it is zeros without any. */
  load(chunk: Chunk): Uint8Array | null {
    chunk.used = true;
    if (chunk.bytes === null && chunk.place !== null) this.#keep(chunk, this.#file.read(chunk.place.file, chunk.place.index));
    return chunk.bytes;
  }

  /** Gives the chunk room for `length` bytes; `bytes` are those it has. */
  enlarge(chunk: Chunk, bytes: Uint8Array | null, length: number): Uint8Array {
    const least = Math.max(length, 2 * (bytes?.length ?? 0));
    const larger = new Uint8Array(Math.min(CHUNK, Math.ceil(least / BLOCK) * BLOCK));
    if (bytes !== null) larger.set(bytes);
    this.#keep(chunk, larger);
    return larger;
  }

  /** The chunk is no file's any more. */
  forget(chunk: Chunk): void {
    if (this.#chunks.delete(chunk)) this.#bytes -= chunk.bytes!.length;
    chunk.bytes = null;
    chunk.place = null;
  }

  #keep(chunk: Chunk, bytes: Uint8Array): void {
    this.#bytes += bytes.length - (chunk.bytes?.length ?? 0);
    chunk.bytes = bytes;
    // Before the new one is added: it stays whatever happens.
    this.#chunks.delete(chunk);
    this.#makeRoom();
    this.#chunks.add(chunk);
  }

  #makeRoom(): void {
    let tries = 0;
    for (const chunk of this.#chunks) {
      if (this.#bytes <= this.#most || ++tries > TRIES) return;
      this.#chunks.delete(chunk);
      if (chunk.used || chunk.place === null) {
        chunk.used = false;
        this.#chunks.add(chunk);
      } else {
        this.#bytes -= chunk.bytes!.length;
        chunk.bytes = null;
      }
    }
  }
}
