/** A list of texts as bytes in one buffer, which threads hand over without a copy. */
import { readText } from './utf8.ts';

/** In place of where a text ends: it is null. */
const NULL = -1;
/** Up to this many bytes are copied one by one, which is faster than to make a view of them. */
const SHORT = 64;

/**
 * Collects texts. What it makes is, for each, where it ends (a 32-bit integer, -1 for null), and behind that all their
 * bytes, one text after the other.
 */
export class PackedTexts {
  #bytes = new Uint8Array(1 << 14);
  #ends = new Int32Array(1 << 10);
  #used = 0;
  #count = 0;

  clear(): void {
    this.#used = this.#count = 0;
  }

  /** Adds the text of `length` bytes at `start` of `source`. */
  add(source: Uint8Array, start: number, length: number): void {
    const end = this.#used + length;
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(2 * end));
    const bytes = this.#bytes;
    if (length > SHORT) bytes.set(source.subarray(start, start + length), this.#used);
    else for (let from = start, to = this.#used; to < end; ) bytes[to++] = source[from++]!;
    this.#used = end;
    this.#end(end);
  }

  addNull(): void {
    this.#end(NULL);
  }

  /** All texts added, packed; there are none afterwards. */
  take(): ArrayBuffer {
    const head = 4 * this.#count;
    const buffer = new ArrayBuffer(head + this.#used);
    new Int32Array(buffer, 0, this.#count).set(this.#ends.subarray(0, this.#count));
    new Uint8Array(buffer, head).set(this.#bytes.subarray(0, this.#used));
    this.clear();
    return buffer;
  }

  /** The same as an array. */
  takeTexts(): (string | null)[] {
    const texts = read(this.#ends, this.#count, this.#bytes, 0);
    this.clear();
    return texts;
  }

  #end(end: number): void {
    if (this.#count === this.#ends.length) this.#ends = grown(this.#ends, new Int32Array(2 * this.#count));
    this.#ends[this.#count++] = end;
  }
}

/** The `count` texts that `PackedTexts` packed. */
export function unpackTexts(buffer: ArrayBuffer, count: number): (string | null)[] {
  return read(new Int32Array(buffer, 0, count), count, new Uint8Array(buffer), 4 * count);
}

function read(ends: Int32Array, count: number, bytes: Uint8Array, first: number): (string | null)[] {
  const texts: (string | null)[] = new Array(count);
  let start = first;
  for (let at = 0; at < count; at++) {
    const end = ends[at]!;
    if (end === NULL) {
      texts[at] = null;
      continue;
    }
    texts[at] = readText(bytes, start, first + end - start);
    start = first + end;
  }
  return texts;
}

function grown<A extends Uint8Array | Int32Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}
