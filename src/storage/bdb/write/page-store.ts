/** The pages of a Berkeley DB file while it is changed: what changed lies over what was, until it is taken or given up. */
import { CorruptDatabaseError } from '../../../errors.ts';
import type { Pages } from '../content.ts';
import { MetaField, PageField, PageType, putU16, putU32, u32 } from '../read/layout.ts';
import type { PageSink } from './page-sink.ts';

/** What changed, in the form of a storage's delta. */
export interface ChangedPages {
  readonly pageSize: number;
  /** Bytes in the file afterwards. */
  readonly size: number;
  /** Page numbers, ascending. */
  readonly pages: Uint32Array;
  /** The pages one after the other. */
  readonly images: Uint8Array;
}

/**
 * Changeable pages over `base`, which is left alone. Pages that are freed go to the file's free list, and come from there.
 *
 * @example
 * const store = new PageStore(base);
 * applyChanges(store, changes);
 * const { pages, images } = store.take(); // and write them to the base
 */
export class PageStore implements Pages, PageSink {
  readonly pageSize: number;
  readonly #base: Pages;
  readonly #changed: Map<number, Uint8Array> = new Map();
  #count = 0;
  #free = 0;

  constructor(base: Pages) {
    this.#base = base;
    this.pageSize = base.pageSize;
    this.discard();
  }

  get count(): number {
    return this.#count;
  }

  page(number: number): Uint8Array {
    if (number >= this.#count) throw new CorruptDatabaseError(`The Berkeley DB file has no page ${number}.`);
    return this.#changed.get(number) ?? this.#base.page(number);
  }

  /** The page to be changed in place: for what others do not read through views of it. */
  edit(page: number): Uint8Array {
    const known = this.#changed.get(page);
    if (known !== undefined) return known;
    const bytes = this.#base.page(page).slice();
    this.#changed.set(page, bytes);
    return bytes;
  }

  write(page: number): Uint8Array {
    const bytes = new Uint8Array(this.pageSize);
    this.#changed.set(page, bytes);
    return bytes;
  }

  /** A page of the free list, or one behind the last. */
  allocate(): number {
    const page = this.#free;
    if (page === 0) return this.#count++;
    this.#free = u32(this.page(page), PageField.next);
    return page;
  }

  /** Puts the page on the free list. */
  release(page: number): void {
    const bytes = this.write(page);
    putU32(bytes, PageField.lsn + 4, 1);
    putU32(bytes, PageField.number, page);
    putU32(bytes, PageField.next, this.#free);
    putU16(bytes, PageField.low, this.pageSize);
    bytes[PageField.type] = PageType.free;
    this.#free = page;
  }

  /** Hands over what changed and forgets it: the base has to hold it before this store is used again. */
  take(): ChangedPages {
    this.#settle();
    const pages = Uint32Array.from(this.#changed.keys()).sort();
    const images = new Uint8Array(pages.length * this.pageSize);
    for (let i = 0; i < pages.length; i++) images.set(this.#changed.get(pages[i]!)!, i * this.pageSize);
    this.#changed.clear();
    return { pageSize: this.pageSize, size: this.#count * this.pageSize, pages, images };
  }

  /** Gives up what changed since it was last taken: everything is as in the base again. */
  discard(): void {
    this.#changed.clear();
    this.#count = this.#base.count;
    this.#free = u32(this.#base.page(0), MetaField.free);
  }

  /** Page 0 says where the free list begins and where the file ends. */
  #settle(): void {
    const first = this.page(0);
    if (u32(first, MetaField.free) === this.#free && u32(first, MetaField.last) === this.#count - 1) return;
    const bytes = this.edit(0);
    putU32(bytes, MetaField.free, this.#free);
    putU32(bytes, MetaField.last, this.#count - 1);
  }
}
