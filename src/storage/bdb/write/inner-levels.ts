/** The inner pages of a tree: for each page below them where its keys begin. */
import type { Pages } from '../content.ts';
import { INNER_HEAD, ItemType, overflowLimit, PageField, PageType, padded, putU16, putU32, u16, u32 } from '../read/layout.ts';
import { readChain, writeChain } from './overflow-chain.ts';
import { PageDraft } from './page-draft.ts';
import type { PageSink } from './page-sink.ts';
import { parts } from './parts.ts';

/** An entry of an inner page: a page below, and the least key that may be there. */
export interface Child {
  readonly page: number;
  /** The records below, in a tree of duplicates; otherwise 0. */
  readonly count: number;
  /** `ItemType.inline` or `ItemType.overflow`. */
  readonly type: number;
  /** The bytes of the key, or the item that refers to its chain. */
  readonly key: Uint8Array;
}

const NO_KEY = new Uint8Array();

/** The first page of a tree or of an inner page, whose key is never looked at. */
export function firstChild(page: number, count: number): Child {
  return { page, count, type: ItemType.inline, key: NO_KEY };
}

/** A page whose least key is `key`. */
export function childFrom(sink: PageSink, key: Uint8Array, page: number, count: number): Child {
  if (key.length <= overflowLimit(sink.pageSize)) return { page, count, type: ItemType.inline, key };
  return { page, count, type: ItemType.overflow, key: writeChain(sink, key) };
}

/** The entries of an inner page. Their keys are views of it. */
export function childrenOf(bytes: Uint8Array): Child[] {
  const children = new Array<Child>(u16(bytes, PageField.slots));
  for (let i = 0; i < children.length; i++) {
    const at = u16(bytes, PageField.items + 2 * i);
    children[i] = {
      page: u32(bytes, at + 4),
      count: u32(bytes, at + 8),
      type: bytes[at + 2]!,
      key: bytes.subarray(at + INNER_HEAD, at + INNER_HEAD + u16(bytes, at)),
    };
  }
  return children;
}

/** The least key below an entry. */
export function childKey(pages: Pages, { type, key }: Child): Uint8Array {
  return type === ItemType.overflow ? readChain(pages, key) : key;
}

/** Records below these pages, in a tree of duplicates. */
export function countOf(children: readonly Child[]): number {
  return children.reduce((sum, { count }) => sum + count, 0);
}

/** Writes an inner page. The root of a tree of duplicates has the count of all its records where leaves have their neighbor. */
export function writeInner(sink: PageSink, page: number, level: number, children: readonly Child[], total = 0): void {
  const draft = new PageDraft(sink, page);
  for (const [index, child] of children.entries()) {
    const { type, key } = index === 0 ? firstChild(0, 0) : child;
    const item = new Uint8Array(INNER_HEAD + key.length);
    putU16(item, 0, key.length);
    item[2] = type;
    putU32(item, 4, child.page);
    putU32(item, 8, child.count);
    item.set(key, INNER_HEAD);
    draft.slot(draft.put(item));
  }
  draft.close(PageType.inner, level, total, 0);
}

/** Divides the entries of one inner page among as many as they need; each has at least two if there are two. */
export function innerParts(children: readonly Child[], pageSize: number, isPacked: boolean): Child[][] {
  return parts(children, innerSize, pageSize - PageField.items, isPacked);
}

/** Writes the levels above `children`, from `level` up to the page `root`. */
export function writeLevels(sink: PageSink, root: number, level: number, children: readonly Child[]): void {
  const pages = innerParts(children, sink.pageSize, true);
  if (pages.length === 1) return writeInner(sink, root, level, children, countOf(children));
  const above = pages.map((part): Child => {
    const page = sink.allocate();
    writeInner(sink, page, level, part);
    return { ...part[0]!, page, count: countOf(part) };
  });
  writeLevels(sink, root, level + 1, above);
}

function innerSize({ key }: Child): number {
  return padded(INNER_HEAD + key.length) + 2;
}
