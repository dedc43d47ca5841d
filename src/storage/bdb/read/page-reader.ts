/** Reads pages and items of a Berkeley DB file and believes nothing: every offset, length and reference is checked. */
import type { CorruptDatabaseError } from '../../../errors.ts';
import type { Pages } from '../content.ts';
import { damaged } from './damage.ts';
import {
  INNER_HEAD,
  ITEM_HEAD,
  ItemType,
  overflowCapacity,
  PageField,
  PageType,
  padded,
  REFERENCE_BYTES,
  u16,
  u32,
} from './layout.ts';

/** Nobody's page. */
const NOBODY = 0;

export class PageReader {
  readonly database: string;
  readonly #pages: Pages;
  /** For each page which tree it belongs to, as far as known. */
  readonly #owners: Uint32Array;
  /** For each page the last walk that came by. */
  readonly #walks: Uint32Array;
  #walk = 0;

  constructor(pages: Pages, database: string) {
    this.database = database;
    this.#pages = pages;
    this.#owners = new Uint32Array(pages.count);
    this.#walks = new Uint32Array(pages.count);
  }

  get pageSize(): number {
    return this.#pages.pageSize;
  }

  get count(): number {
    return this.#pages.count;
  }

  /** The number of a new walk. */
  startWalk(): number {
    return ++this.#walk;
  }

  /** Pages that no walk has met, the first one apart. */
  get unmet(): number {
    return this.#owners.subarray(1).reduce((sum, owner) => sum + (owner === NOBODY ? 1 : 0), 0);
  }

  /** The page, which must be of one of these types. A walk finds a page once, and a page belongs to one owner: so every walk ends. */
  page(number: number, types: readonly number[], owner: number, walk: number): Uint8Array {
    if (number === 0 || number >= this.count)
      throw this.damaged(`it refers to page ${number}, and has the pages 0 to ${this.count - 1}`);
    if (this.#walks[number] === walk) throw this.damaged(`page ${number} is in two places of the same tree`);
    if (this.#owners[number] !== NOBODY && this.#owners[number] !== owner)
      throw this.damaged(`page ${number} belongs to two trees`);
    const page = this.#pages.page(number);
    const type = page[PageField.type]!;
    if (u32(page, PageField.number) !== number || !types.includes(type))
      throw this.damaged(
        `page ${number} says that it is page ${u32(page, PageField.number)} of type ${type}, and should be of type ${types.join(' or ')}`,
      );
    this.#walks[number] = walk;
    this.#owners[number] = owner;
    if (type !== PageType.overflow && type !== PageType.meta) this.#requireSlots(number, page, type);
    return page;
  }

  /** Where the item of a slot begins. */
  offset(number: number, page: Uint8Array, slot: number): number {
    const at = u16(page, PageField.items + 2 * slot);
    if (at < u16(page, PageField.low) || at + ITEM_HEAD > this.pageSize)
      throw this.damaged(`slot ${slot} of page ${number} points to byte ${at}`);
    return at;
  }

  /** How many bytes of its page the item takes. */
  itemLength(number: number, page: Uint8Array, at: number): number {
    const inline = (page[at + 2]! & ~ItemType.deleted) === ItemType.inline;
    const length = inline ? ITEM_HEAD + u16(page, at) : REFERENCE_BYTES;
    if (at + length > this.pageSize) throw this.damaged(`the item at byte ${at} of page ${number} reaches beyond the page`);
    return padded(length);
  }

  /** The bytes of an item that is inline or an overflow item; a view when it is inline. */
  item(number: number, page: Uint8Array, at: number, owner: number, walk: number): Uint8Array {
    const type = page[at + 2]! & ~ItemType.deleted;
    if (type === ItemType.inline) return page.subarray(at + ITEM_HEAD, at + ITEM_HEAD + u16(page, at));
    if (type !== ItemType.overflow) throw this.damaged(`the item at byte ${at} of page ${number} is of type ${type}`);
    return this.#overflow(u32(page, at + 4), u32(page, at + 8), owner, walk);
  }

  /** The key of an entry of an inner page. */
  innerKey(number: number, page: Uint8Array, at: number, owner: number, walk: number): Uint8Array {
    const length = u16(page, at);
    const type = page[at + 2]!;
    const end = at + INNER_HEAD + (type === ItemType.overflow ? REFERENCE_BYTES : length);
    if (end > this.pageSize) throw this.damaged(`the entry at byte ${at} of page ${number} reaches beyond the page`);
    if (type === ItemType.inline) return page.subarray(at + INNER_HEAD, end);
    if (type !== ItemType.overflow) throw this.damaged(`the entry at byte ${at} of page ${number} is of type ${type}`);
    return this.#overflow(u32(page, at + INNER_HEAD + 4), u32(page, at + INNER_HEAD + 8), owner, walk);
  }

  /** The bytes of a chain of overflow pages. */
  #overflow(first: number, length: number, owner: number, walk: number): Uint8Array {
    const most = overflowCapacity(this.pageSize);
    // Before memory is asked for: a damaged length can be anything.
    if (length > most * this.count)
      throw this.damaged(`the item that begins in page ${first} tells of ${length} bytes, more than the file has`);
    const bytes = new Uint8Array(length);
    let done = 0;
    for (let number = first, previous = 0; done < length; ) {
      const page = this.page(number, [PageType.overflow], owner, walk);
      const part = u16(page, PageField.low);
      if (part === 0 || part > most || done + part > length || u32(page, PageField.previous) !== previous)
        throw this.damaged(`page ${number} does not continue the item that begins in page ${first}`);
      bytes.set(page.subarray(PageField.items, PageField.items + part), done);
      done += part;
      previous = number;
      number = u32(page, PageField.next);
      if (done === length && number !== 0)
        throw this.damaged(`page ${number} is beyond the end of the item that begins in page ${first}`);
    }
    return bytes;
  }

  damaged(what: string): CorruptDatabaseError {
    return damaged(this.database, what);
  }

  #requireSlots(number: number, page: Uint8Array, type: number): void {
    const slots = u16(page, PageField.slots);
    const low = u16(page, PageField.low);
    if (PageField.items + 2 * slots > low || low > this.pageSize || (type === PageType.leaf && slots % 2 === 1))
      throw this.damaged(`page ${number} tells of ${slots} slots, and of items from byte ${low} on`);
  }
}
