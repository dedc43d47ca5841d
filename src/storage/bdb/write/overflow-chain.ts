/** Keys and data that are too long for a page of their tree: a chain of pages of their own for each. */
import { CorruptDatabaseError } from '../../../errors.ts';
import type { Pages } from '../content.ts';
import { ItemType, overflowCapacity, PageField, PageType, putU16, putU32, REFERENCE_BYTES, u16, u32 } from '../read/layout.ts';
import type { PageSink } from './page-sink.ts';
import type { PageStore } from './page-store.ts';

/** Writes the chain of `content`, and gives the item that refers to it. */
export function writeChain(sink: PageSink, content: Uint8Array): Uint8Array {
  const capacity = overflowCapacity(sink.pageSize);
  const first = sink.allocate();
  let previous = 0;
  for (let at = 0, page = first; at < content.length; at += capacity) {
    const part = content.subarray(at, at + capacity);
    const next = at + capacity < content.length ? sink.allocate() : 0;
    const bytes = sink.write(page);
    putU32(bytes, PageField.lsn + 4, 1);
    putU32(bytes, PageField.number, page);
    putU32(bytes, PageField.previous, previous);
    putU32(bytes, PageField.next, next);
    putU16(bytes, PageField.slots, 1);
    putU16(bytes, PageField.low, part.length);
    bytes[PageField.type] = PageType.overflow;
    bytes.set(part, PageField.items);
    previous = page;
    page = next;
  }
  return reference(ItemType.overflow, first, content.length);
}

/** What the chain that `item` refers to has. */
export function readChain(pages: Pages, item: Uint8Array): Uint8Array {
  const length = u32(item, 8);
  if (length > pages.count * pages.pageSize)
    throw new CorruptDatabaseError(`An item of ${length} bytes is longer than its file.`);
  const content = new Uint8Array(length);
  let at = 0;
  for (const page of chainOf(pages, item)) {
    const bytes = pages.page(page);
    const part = Math.min(u16(bytes, PageField.low), overflowCapacity(pages.pageSize), length - at);
    content.set(bytes.subarray(PageField.items, PageField.items + part), at);
    at += part;
  }
  if (at < length) throw new CorruptDatabaseError(`An item of ${length} bytes ends after ${at}.`);
  return content;
}

/** Frees the pages of the chain that `item` refers to. */
export function releaseChain(store: PageStore, item: Uint8Array): void {
  for (const page of [...chainOf(store, item)]) store.release(page);
}

/** An item that refers to other pages. */
export function reference(type: number, page: number, length: number): Uint8Array {
  const item = new Uint8Array(REFERENCE_BYTES);
  item[2] = type;
  putU32(item, 4, page);
  putU32(item, 8, length);
  return item;
}

function* chainOf(pages: Pages, item: Uint8Array): Generator<number> {
  let left = Math.ceil(u32(item, 8) / overflowCapacity(pages.pageSize));
  for (let page = u32(item, 4); page !== 0; page = u32(pages.page(page), PageField.next)) {
    const isSound = left-- > 0 && page < pages.count && pages.page(page)[PageField.type] === PageType.overflow;
    if (!isSound) throw new CorruptDatabaseError(`Page ${page} does not belong to the item that refers to it.`);
    yield page;
  }
}
