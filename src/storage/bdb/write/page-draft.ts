/** A page being filled: items from its end downward, slots from its beginning upward. */
import { ITEM_HEAD, ItemType, PageField, padded, putU16, putU32 } from '../read/layout.ts';
import type { PageSink } from './page-sink.ts';

/** Writes its head when `close`d; what is put must fit, which `free` tells. */
export class PageDraft {
  number: number;
  bytes: Uint8Array;
  #slots: number = PageField.items;
  #low: number;

  constructor(sink: PageSink, number: number) {
    this.number = number;
    this.bytes = sink.write(number);
    this.#low = this.bytes.length;
  }

  /** Bytes left for items and slots. */
  get free(): number {
    return this.#low - this.#slots;
  }

  /** Puts an encoded item, and says where it is. */
  put(item: Uint8Array): number {
    this.#low -= padded(item.length);
    copy(item, this.bytes, this.#low);
    return this.#low;
  }

  /** Puts bytes as an inline item, and says where it is. */
  inline(content: Uint8Array): number {
    this.#low -= padded(ITEM_HEAD + content.length);
    putU16(this.bytes, this.#low, content.length);
    this.bytes[this.#low + 2] = ItemType.inline;
    copy(content, this.bytes, this.#low + ITEM_HEAD);
    return this.#low;
  }

  slot(offset: number): void {
    putU16(this.bytes, this.#slots, offset);
    this.#slots += 2;
  }

  /** Goes on with what it has on another page. */
  move(sink: PageSink, number: number): void {
    const bytes = sink.write(number);
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.number = number;
  }

  close(type: number, level: number, previous: number, next: number): void {
    const { bytes } = this;
    putU32(bytes, PageField.lsn + 4, 1);
    putU32(bytes, PageField.number, this.number);
    putU32(bytes, PageField.previous, previous);
    putU32(bytes, PageField.next, next);
    putU16(bytes, PageField.slots, (this.#slots - PageField.items) >> 1);
    putU16(bytes, PageField.low, this.#low);
    bytes[PageField.level] = level;
    bytes[PageField.type] = type;
  }
}

/** A loop is faster than `set` for the few bytes that most keys have. */
function copy(from: Uint8Array, to: Uint8Array, at: number): void {
  if (from.length > 32) to.set(from, at);
  else for (let i = 0; i < from.length; i++) to[at + i] = from[i]!;
}
