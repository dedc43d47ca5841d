/** A key of a leaf with all its data items, as they are encoded there. */
import type { Pages } from '../content.ts';
import { ITEM_HEAD, ItemType, overflowLimit, PageField, PageType, padded, putU16, REFERENCE_BYTES, u16 } from '../read/layout.ts';
import { readChain, writeChain } from './overflow-chain.ts';
import type { PageDraft } from './page-draft.ts';
import type { PageSink } from './page-sink.ts';

export interface Cell {
  readonly key: Uint8Array;
  /** Nothing, in the leaves of a tree of duplicates. */
  readonly data: readonly Uint8Array[];
}

/** What is on a leaf. The items are views of it. */
export function cellsOf(bytes: Uint8Array): Cell[] {
  const isPairs = bytes[PageField.type] === PageType.leaf;
  const end = PageField.items + 2 * u16(bytes, PageField.slots);
  const cells: Cell[] = [];
  let data: Uint8Array[] = [];
  let keyAt = 0;
  for (let slot: number = PageField.items; slot < end; slot += isPairs ? 4 : 2) {
    const at = u16(bytes, slot);
    if (at !== keyAt) {
      data = [];
      cells.push({ key: itemAt(bytes, at), data });
      keyAt = at;
    }
    if (isPairs) data.push(itemAt(bytes, u16(bytes, slot + 2)));
  }
  return cells;
}

/** Puts a cell on a page that has room for it. */
export function putCell(draft: PageDraft, { key, data }: Cell): void {
  const at = draft.put(key);
  if (data.length === 0) draft.slot(at);
  for (const item of data) {
    draft.slot(at);
    draft.slot(draft.put(item));
  }
}

/** Bytes that a cell takes on its page. */
export function cellSize({ key, data }: Cell): number {
  const least = padded(key.length) + (data.length === 0 ? 2 : 0);
  return data.reduce((sum, item) => sum + padded(item.length) + 4, least);
}

/** Encodes what is to stand on a leaf. */
export function itemOf(sink: PageSink, content: Uint8Array): Uint8Array {
  if (content.length > overflowLimit(sink.pageSize)) return writeChain(sink, content);
  const item = new Uint8Array(ITEM_HEAD + content.length);
  putU16(item, 0, content.length);
  item[2] = ItemType.inline;
  item.set(content, ITEM_HEAD);
  return item;
}

/** What an item stands for. */
export function contentOf(pages: Pages, item: Uint8Array): Uint8Array {
  return item[2] === ItemType.inline ? item.subarray(ITEM_HEAD) : readChain(pages, item);
}

function itemAt(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(at, at + (bytes[at + 2] === ItemType.inline ? ITEM_HEAD + u16(bytes, at) : REFERENCE_BYTES));
}
