/** A file of which each chunk is read when it is first used. */
import type { ByteFile } from '../backend.ts';
import type { StoredFile } from '../fold.ts';
import type { Chunk, ChunkCache, Place } from './chunk-cache.ts';
import { CHUNK } from './chunk-file.ts';

export class LazyFile implements ByteFile {
  readonly #cache: ChunkCache;
  readonly #chunks: (Chunk | undefined)[];
  #size: number;
  /** The commit in which it got its name. */
  named: number;
  /** How many have it open. */
  users = 0;
  readonly #onClose: (file: LazyFile) => void;

  constructor(cache: ChunkCache, stored: StoredFile | null, onClose: (file: LazyFile) => void) {
    this.#cache = cache;
    this.#size = stored?.size ?? 0;
    this.#chunks = Array.from(stored?.chunks ?? [], (_, index) => chunk({ file: stored!, index }));
    this.named = cache.commit;
    this.#onClose = onClose;
  }

  size(): number {
    return this.#size;
  }

  read(into: Uint8Array, at: number): number {
    const length = Math.max(0, Math.min(into.length, this.#size - at));
    for (let done = 0; done < length; ) {
      const offset = (at + done) % CHUNK;
      const step = Math.min(length - done, CHUNK - offset);
      const bytes = this.#read((at + done - offset) / CHUNK);
      const part = bytes?.subarray(offset, offset + step);
      if (part !== undefined) into.set(part, done);
      // The chunk may end before the file does there.
      into.fill(0, done + (part?.length ?? 0), done + step);
      done += step;
    }
    return length;
  }

  write(from: Uint8Array, at: number): void {
    for (let done = 0; done < from.length; ) {
      const offset = (at + done) % CHUNK;
      const step = Math.min(from.length - done, CHUNK - offset);
      this.#writable((at + done - offset) / CHUNK, offset + step).set(from.subarray(done, done + step), offset);
      done += step;
    }
    this.#size = Math.max(this.#size, at + from.length);
  }

  truncate(size: number): void {
    if (size < this.#size) {
      for (const gone of this.#chunks.splice(Math.ceil(size / CHUNK))) if (gone !== undefined) this.#cache.forget(gone);
      const rest = size % CHUNK;
      const last = (size - rest) / CHUNK;
      if (rest > 0 && this.#chunks[last] !== undefined) this.#writable(last, 0).fill(0, rest);
    }
    this.#size = size;
  }

  sync(): void {}

  close(): void {
    this.users--;
    if (this.users === 0) this.#onClose(this);
  }

  /** Takes over where a base has what was committed up to `commit`. */
  adopt(stored: StoredFile, commit: number): void {
    for (const index of stored.chunks.keys()) {
      const chunk = this.#chunks[index];
      if (chunk !== undefined && chunk.changed <= commit) chunk.place = { file: stored, index };
    }
  }

  /** Keeps in memory what is stored in the chunks that `isFreed` says. */
  detach(isFreed: (key: number) => boolean): void {
    for (const chunk of this.#chunks) {
      if (chunk === undefined || chunk.place === null || !isFreed(chunk.place.file.chunks[chunk.place.index]!)) continue;
      this.#cache.load(chunk);
      chunk.place = null;
    }
  }

  /** Gives back the memory; nobody uses the file any more. */
  dispose(): void {
    this.truncate(0);
  }

  #read(index: number): Uint8Array | null {
    const chunk = this.#chunks[index];
    return chunk === undefined ? null : this.#cache.load(chunk);
  }

  /** The bytes of a chunk, at least `length`, that is going to be changed. */
  #writable(index: number, length: number): Uint8Array {
    const known = (this.#chunks[index] ??= chunk(null));
    let bytes = this.#cache.load(known);
    if (bytes === null || bytes.length < length) bytes = this.#cache.enlarge(known, bytes, length);
    known.place = null;
    known.changed = this.#cache.commit;
    return bytes;
  }
}

function chunk(place: Place | null): Chunk {
  return { bytes: null, place, changed: 0, used: false };
}
