/** Text and blobs on their way into the engine's memory. */
import type { SqlJsModule } from 'sql.js';
import { DataError } from '../errors.ts';
import type { Heap } from '../storage/vfs/heap.ts';

const encoder = new TextEncoder();

/** Up to this many letters text is written letter by letter; beyond, the platform's encoder is faster. */
const SHORT = 64;
const SCRATCH = 1 << 16;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Writes a value's bytes into a scratch buffer, from which the engine copies them at once. */
export class TextWriter {
  readonly #c: SqlJsModule;
  readonly #heap: Heap;
  #room = SCRATCH;
  #pointer: number;

  constructor(c: SqlJsModule, heap: Heap) {
    this.#c = c;
    this.#heap = heap;
    this.#pointer = c._malloc(SCRATCH);
  }

  /** Where the last value is. */
  get pointer(): number {
    return this.#pointer;
  }

  /**
   * Writes text as UTF-8; returns its bytes.
   * @throws DataError for a lone surrogate: no sequence of UTF-8 stands for it.
   */
  text(text: string): number {
    const { length } = text;
    this.#reserve(length * 3);
    const bytes = this.#heap.u8;
    let at = this.#pointer;
    if (length <= SHORT) {
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[at++] = code;
      }
      if (i === length) return length;
    }
    const { written } = encoder.encodeInto(text, bytes.subarray(this.#pointer, this.#pointer + length * 3));
    if (written !== length && LONE_SURROGATE.test(text)) {
      throw new DataError('Text with half a surrogate pair is not Unicode and cannot be stored.');
    }
    return written;
  }

  blob(blob: Uint8Array): number {
    this.#reserve(blob.length);
    this.#heap.u8.set(blob, this.#pointer);
    return blob.length;
  }

  /** Gives back the room that one long value took. */
  trim(): void {
    if (this.#room > 16 * SCRATCH) this.#allocate(SCRATCH);
  }

  #reserve(bytes: number): void {
    if (bytes > this.#room) this.#allocate(bytes);
  }

  #allocate(bytes: number): void {
    const pointer = this.#c._malloc(bytes);
    if (pointer === 0) throw new DataError(`A value of ${bytes} bytes does not fit the engine's memory.`);
    this.#c._free(this.#pointer);
    this.#pointer = pointer;
    this.#room = bytes;
  }
}
