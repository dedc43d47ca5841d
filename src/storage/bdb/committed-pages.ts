/** The pages of a SQLite file as the last commit that was translated left them, while an engine goes on writing to the file. */
import type { ByteFile } from '../backend.ts';
import type { MemoryFile } from '../volume.ts';
import type { Pages } from './content.ts';
import type { PagesAfter } from './pages-after.ts';

/**
 * No second copy of the file: commits are in the engine's log first, and come to the file later. What was committed lies over the
 * file until the file has it; and where the file is written before a commit is known here, what was there is kept.
 */
export class CommittedPages implements Pages {
  readonly #file: MemoryFile;
  #pageSize: number;
  #count: number;
  /** Pages that the file has otherwise. */
  readonly #over = new Map<number, Uint8Array>();

  /** All that is in `file` counts as committed; `pageSize` is its own, or any when it is empty. */
  constructor(file: MemoryFile, pageSize: number) {
    this.#file = file;
    this.#pageSize = pageSize;
    this.#count = file.size() / pageSize;
  }

  get pageSize(): number {
    return this.#pageSize;
  }

  get count(): number {
    return this.#count;
  }

  /** How many pages lie over the file. */
  get kept(): number {
    return this.#over.size;
  }

  page(number: number): Uint8Array {
    return this.#over.get(number) ?? this.#inFile(number);
  }

  /** From here on the pages are as in `after`. */
  advance(after: PagesAfter): void {
    if (after.pageSize !== this.#pageSize) this.#over.clear();
    this.#pageSize = after.pageSize;
    this.#count = after.count;
    for (const number of this.#over.keys()) if (number >= after.count) this.#over.delete(number);
    for (const [number, image] of after.images) {
      if (this.#isInFile(number, image)) this.#over.delete(number);
      else this.#over.set(number, image);
    }
  }

  /** What the engine is to work on: all it does to the file goes through here. */
  get live(): ByteFile {
    const file = this.#file;
    return {
      size: () => file.size(),
      read: (into, at) => file.read(into, at),
      write: (from, at) => {
        this.#keep(at, at + from.length);
        file.write(from, at);
        this.#compare(at, at + from.length);
      },
      truncate: (size) => {
        this.#keep(size, file.size());
        file.truncate(size);
      },
      sync: () => {},
      close: () => {},
    };
  }

  /** Keeps what is in the file from `start` to `end`, which is going to change. */
  #keep(start: number, end: number): void {
    const last = Math.min(this.#count, Math.ceil(end / this.#pageSize));
    for (let number = Math.floor(start / this.#pageSize); number < last; number++) {
      if (!this.#over.has(number)) this.#over.set(number, this.#inFile(number));
    }
  }

  /** Gives up what the file has now. */
  #compare(start: number, end: number): void {
    const last = Math.ceil(end / this.#pageSize);
    for (let number = Math.floor(start / this.#pageSize); number < last; number++) {
      const image = this.#over.get(number);
      if (image !== undefined && this.#isInFile(number, image)) this.#over.delete(number);
    }
  }

  #inFile(number: number): Uint8Array {
    const bytes = new Uint8Array(this.#pageSize);
    this.#file.read(bytes, number * this.#pageSize);
    return bytes;
  }

  #isInFile(number: number, image: Uint8Array): boolean {
    if (this.#file.size() < (number + 1) * this.#pageSize) return false;
    const there = words(this.#inFile(number));
    const wanted = words(image);
    for (let i = 0; i < there.length; i++) if (there[i] !== wanted[i]) return false;
    return true;
  }
}

/** A whole page as words, four bytes each. */
function words(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}
