/** The memory of an engine instance, read and written through views that survive its growth. */

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What a file system needs of an engine instance. */
export interface Instance {
  readonly heap: Heap;
  /** The engine's table of functions, for calls from C into JavaScript. */
  readonly table: WebAssembly.Table;
  malloc(bytes: number): number;
  free(pointer: number): void;
}

/** Integers are little-endian, pointers are 32 bits. */
export class Heap {
  readonly #memory: WebAssembly.Memory;
  #u8: Uint8Array;
  #i32: Int32Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#u8 = new Uint8Array(memory.buffer);
    this.#i32 = new Int32Array(memory.buffer);
  }

  /** All bytes. Growing the memory empties the view, so take it anew after every call into the engine. */
  get u8(): Uint8Array {
    // Testing the length costs a nanosecond, asking the memory for its buffer thirty-five.
    if (this.#u8.length === 0) this.#refresh();
    return this.#u8;
  }

  int(pointer: number): number {
    if (this.#i32.length === 0) this.#refresh();
    return this.#i32[pointer >> 2]!;
  }

  setInt(pointer: number, value: number): void {
    if (this.#i32.length === 0) this.#refresh();
    this.#i32[pointer >> 2] = value;
  }

  /** A whole number of up to 53 bits as 64 bits. */
  setLong(pointer: number, value: number): void {
    this.setInt(pointer, value | 0);
    this.setInt(pointer + 4, Math.floor(value / 0x1_0000_0000));
  }

  /** The text at `pointer`, up to its zero byte; '' for a null pointer. */
  text(pointer: number): string {
    if (pointer === 0) return '';
    const bytes = this.u8;
    return decoder.decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)));
  }

  /** Writes text and a zero byte; returns the bytes it took, or -1 when `room` bytes are too few. */
  setText(pointer: number, text: string, room: number): number {
    const bytes = encoder.encode(text);
    if (bytes.length >= room) return -1;
    this.u8.set(bytes, pointer);
    this.u8[pointer + bytes.length] = 0;
    return bytes.length + 1;
  }

  #refresh(): void {
    this.#u8 = new Uint8Array(this.#memory.buffer);
    this.#i32 = new Int32Array(this.#memory.buffer);
  }
}
