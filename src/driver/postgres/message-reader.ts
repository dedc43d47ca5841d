/** Finds the messages in what Postgres sends, in whatever pieces it comes. */
import { readText } from '../../util/utf8.ts';
import { type Description, formatsOf } from './row-decoder.ts';
import type { ServerFields } from './server-error.ts';

/** Receives each message: its type as the code of its letter, and where its body is. Must not throw, nor keep `bytes`. */
export type OnMessage = (type: number, bytes: Uint8Array, start: number, end: number) => void;

const HEADER = 5;

export class MessageReader {
  readonly #onMessage: OnMessage;
  /** A message of which not all came yet. */
  #part = new Uint8Array(1 << 14);
  #held = 0;

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  /** Reads what is between `start` and `end`; whole messages are read where they are. */
  feed(bytes: Uint8Array, start: number, end: number): void {
    let at = this.#held === 0 ? start : this.#complete(bytes, start, end);
    while (end - at >= HEADER) {
      const next = at + 1 + lengthAt(bytes, at);
      if (next > end) break;
      this.#onMessage(bytes[at]!, bytes, at + HEADER, next);
      at = next;
    }
    if (at < end) this.#hold(bytes, at, end);
  }

  /** Forgets a message that will never be whole. */
  reset(): void {
    this.#held = 0;
  }

  /** Adds to the held part until it is a message; returns where the next one starts. */
  #complete(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (this.#held < HEADER) {
      at = Math.min(end, start + HEADER - this.#held);
      this.#hold(bytes, start, at);
      if (this.#held < HEADER) return at;
    }
    const missing = 1 + lengthAt(this.#part, 0) - this.#held;
    const stop = Math.min(end, at + missing);
    this.#hold(bytes, at, stop);
    if (stop - at < missing) return stop;
    const length = this.#held;
    this.#held = 0;
    this.#onMessage(this.#part[0]!, this.#part, HEADER, length);
    if (this.#part.length > 1 << 20) this.#part = new Uint8Array(1 << 14);
    return stop;
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    let needed = this.#held + end - start;
    if (needed >= HEADER && this.#held >= HEADER) needed = Math.max(needed, 1 + lengthAt(this.#part, 0));
    if (needed > this.#part.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#part.length));
      larger.set(this.#part.subarray(0, this.#held));
      this.#part = larger;
    }
    this.#part.set(bytes.subarray(start, end), this.#held);
    this.#held += end - start;
  }
}

/** A RowDescription. */
export function readDescription(bytes: Uint8Array, start: number): Description {
  const view = viewOf(bytes);
  const count = view.getUint16(start);
  const names: string[] = [];
  const types: number[] = [];
  let at = start + 2;
  for (let i = 0; i < count; i++) {
    const end = bytes.indexOf(0, at);
    names.push(readText(bytes, at, end - at));
    types.push(view.getUint32(end + 7));
    at = end + 19;
  }
  return { names, types, formats: formatsOf(types) };
}

/** The fields of an ErrorResponse, by their letters in the manual's "Error and Notice Message Fields". */
export function readError(bytes: Uint8Array, start: number): ServerFields & { readonly severity: string } {
  const fields = new Map<string, string>();
  for (let at = start; bytes[at] !== 0; ) {
    const end = bytes.indexOf(0, at);
    fields.set(String.fromCharCode(bytes[at]!), readText(bytes, at + 1, end - at - 1));
    at = end + 1;
  }
  return {
    severity: fields.get('V') ?? 'ERROR',
    code: fields.get('C') ?? 'XX000',
    message: fields.get('M') ?? '',
    detail: fields.get('D'),
    hint: fields.get('H'),
    table: fields.get('t'),
    column: fields.get('c'),
  };
}

/** The texts of a message, each with a zero behind it. */
export function readStrings(bytes: Uint8Array, start: number, end: number): readonly string[] {
  const texts: string[] = [];
  for (let at = start; at < end; ) {
    const stop = bytes.indexOf(0, at);
    texts.push(readText(bytes, at, stop - at));
    at = stop + 1;
  }
  return texts;
}

/** The length in a message's header, which counts itself but not the letter before it. */
function lengthAt(bytes: Uint8Array, at: number): number {
  return (bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
