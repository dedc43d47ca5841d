/** Named byte files in memory, in chunks, so that a file grows without being copied. */
import { StorageUnavailableError } from '../errors.ts';
import type { ByteFile, Files } from './backend.ts';

/** Bytes in a chunk: the unit in which files grow and in which the IndexedDB backend stores them. */
export const CHUNK: number = 1 << 20;

/** Files in memory; what opened them shares their bytes. */
export class Volume implements Files {
  protected readonly byName: Map<string, MemoryFile> = new Map();

  open(name: string): ByteFile {
    return this.file(name);
  }

  exists(name: string): boolean {
    return this.byName.has(name);
  }

  /** Forgets the name; whoever has the file open keeps it until closing. */
  remove(name: string): void {
    this.byName.delete(name);
  }

  /** The file as its chunks, made when it does not exist. */
  file(name: string): MemoryFile {
    const file = this.byName.get(name) ?? new MemoryFile();
    this.byName.set(name, file);
    return file;
  }

  /** Puts a file in the place of whatever had the name. */
  put(name: string, file: MemoryFile): void {
    this.byName.set(name, file);
  }

  /** Bytes of all files together. */
  get bytes(): number {
    let sum = 0;
    for (const file of this.byName.values()) sum += file.size();
    return sum;
  }
}

/** One file: its size and as many chunks as the size needs; bytes past the size are zero. */
export class MemoryFile implements ByteFile {
  /** Each of `CHUNK` bytes but the last, which may have less. */
  #chunks: Uint8Array[];
  #size: number;
  /** The chunks belong to others too: they are copied before they change. */
  #shared: boolean;

  /** Takes over `chunks`, each of `CHUNK` bytes but the last, which may be shorter; `shared` ones are left as they are. */
  constructor(chunks: Uint8Array[] = [], size = 0, shared = false) {
    this.#chunks = chunks;
    this.#size = size;
    this.#shared = shared;
  }

  size(): number {
    return this.#size;
  }

  read(into: Uint8Array, at: number): number {
    const length = Math.max(0, Math.min(into.length, this.#size - at));
    for (let done = 0; done < length; ) {
      const position = at + done;
      const offset = position % CHUNK;
      const step = Math.min(length - done, CHUNK - offset);
      into.set(this.#chunks[(position - offset) / CHUNK]!.subarray(offset, offset + step), done);
      done += step;
    }
    return length;
  }

  /** Bytes that lie in one chunk, as they are until the file changes; not to be changed. */
  view(at: number, length: number): Uint8Array {
    const offset = at % CHUNK;
    return this.#chunks[(at - offset) / CHUNK]!.subarray(offset, offset + length);
  }

  /** Its bytes in order, not to be changed. */
  *pieces(): Generator<Uint8Array<ArrayBuffer>, void> {
    for (let at = 0; at < this.#size; at += CHUNK)
      yield this.#chunks[at / CHUNK]!.subarray(0, this.#size - at) as Uint8Array<ArrayBuffer>;
  }

  /** Likewise, letting go of them one by one; the file is empty afterwards. */
  *drain(): Generator<Uint8Array<ArrayBuffer>, void> {
    const size = this.#size;
    // In place, so that they are not kept by whoever handed them over.
    const chunks = (this.#shared ? this.#chunks.slice() : this.#chunks).reverse();
    this.#chunks = [];
    this.#size = 0;
    for (let at = 0; at < size; at += CHUNK) yield chunks.pop()!.subarray(0, size - at) as Uint8Array<ArrayBuffer>;
  }

  write(from: Uint8Array, at: number): void {
    const end = at + from.length;
    if (end > this.#size) this.#grow(end);
    else this.#own();
    for (let done = 0; done < from.length; ) {
      const position = at + done;
      const offset = position % CHUNK;
      const step = Math.min(from.length - done, CHUNK - offset);
      const part = step === from.length ? from : from.subarray(done, done + step);
      this.#chunks[(position - offset) / CHUNK]!.set(part, offset);
      done += step;
    }
  }

  /** Cuts the file, or makes it longer with zeros. */
  truncate(size: number): void {
    if (size < this.#size) {
      this.#own();
      this.#chunks.length = Math.ceil(size / CHUNK);
      this.#chunks.at(-1)?.fill(0, size % CHUNK || CHUNK);
    }
    this.#grow(size);
  }

  sync(): void {}

  close(): void {}

  #own(): void {
    if (!this.#shared) return;
    this.#chunks = this.#chunks.map((chunk) => chunk.slice());
    this.#shared = false;
  }

  #grow(size: number): void {
    this.#own();
    const count = Math.ceil(size / CHUNK);
    try {
      for (let index = Math.max(0, this.#chunks.length - 1); index < count; index++) {
        const chunk = this.#chunks[index];
        const least = Math.min(CHUNK, size - index * CHUNK);
        // A small file takes little: a cluster has a thousand of them.
        if (chunk === undefined || chunk.length < least) this.#chunks[index] = longer(chunk, count > 1 ? CHUNK : least);
      }
    } catch (cause) {
      throw new StorageUnavailableError(`There is no memory left for a file of ${size} bytes.`, { cause });
    }
    this.#size = size;
  }
}

function longer(chunk: Uint8Array | undefined, least: number): Uint8Array {
  const whole = new Uint8Array(Math.min(CHUNK, Math.max(least, 2 * (chunk?.length ?? 0))));
  if (chunk !== undefined) whole.set(chunk);
  return whole;
}
