/** Changes the entries of one tree: every leaf with changes is merged with them and written again as as many pages as it needs now. */
import { CorruptDatabaseError } from '../../../errors.ts';
import { ItemType, PageField, PageType, putU32, u32 } from '../read/layout.ts';
import { type Cell, cellSize, cellsOf, contentOf, putCell } from './cell.ts';
import {
  type Child,
  childFrom,
  childKey,
  childrenOf,
  countOf,
  firstChild,
  innerParts,
  writeInner,
  writeLevels,
} from './inner-levels.ts';
import type { Merge } from './merge.ts';
import { releaseChain } from './overflow-chain.ts';
import { PageDraft } from './page-draft.ts';
import type { PageStore } from './page-store.ts';
import { parts } from './parts.ts';
import { firstWhere } from './sorted-search.ts';

/** A page with changes on or below it. */
interface Place {
  readonly page: number;
  readonly level: number;
  /** The changes: from this one up to, not including, that. */
  readonly from: number;
  readonly to: number;
  /** Nothing in the tree is behind this page. */
  readonly isLast: boolean;
}

/**
 * Applies the changes from the root down, in one go; the root stays where it is.
 * @throws CorruptDatabaseError when the tree does not hold what is to be removed, or holds what is to be added.
 */
export function editTree(store: PageStore, root: number, merge: Merge): void {
  if (merge.count > 0) new TreeEdit(store, merge).apply(root);
}

class TreeEdit {
  readonly #store: PageStore;
  readonly #merge: Merge;

  constructor(store: PageStore, merge: Merge) {
    this.#store = store;
    this.#merge = merge;
  }

  apply(root: number): void {
    const store = this.#store;
    const level = store.page(root)[PageField.level]!;
    const place: Place = { page: root, level, from: 0, to: this.#merge.count, isLast: true };
    if (level > 1) this.#innerRoot(place);
    else this.#leafRoot(place);
  }

  #leafRoot(root: Place): void {
    const pieces = this.#cells(root);
    if (pieces === null) return;
    if (pieces.length < 2) return this.#writeLeaf(root.page, pieces[0] ?? [], 0, 0);
    const pages = pieces.map(() => this.#store.allocate());
    writeLevels(this.#store, root.page, 2, this.#writeLeaves(pages, pieces, 0, 0));
  }

  #innerRoot(root: Place): void {
    const children = this.#children(root);
    if (children === null) return;
    if (children.length === 0) this.#writeLeaf(root.page, [], 0, 0);
    else if (children.length === 1) this.#collapse(root.page, children[0]!);
    else writeLevels(this.#store, root.page, root.level, children);
  }

  /** The only page below the root becomes the root. */
  #collapse(root: number, { page, count }: Child): void {
    const below = this.#store.page(page);
    const isInner = below[PageField.type] === PageType.inner;
    const children = isInner ? childrenOf(below) : [];
    this.#store.release(page);
    if (children.length === 1) return this.#collapse(root, children[0]!);
    const bytes = this.#store.write(root);
    bytes.set(below);
    putU32(bytes, PageField.number, root);
    if (isInner) putU32(bytes, PageField.previous, count);
  }

  /** What stands in the place of a page, or null when its entry stays as it is. The first keeps the place, so that its key does not matter. */
  #replaced(place: Place): Child[] | null {
    const result = place.level > 1 ? this.#inner(place) : this.#leaf(place);
    // Where records are counted, every entry on the way changes.
    return result?.length === 1 && this.#merge.leafType === PageType.leaf ? null : result;
  }

  #leaf(leaf: Place): Child[] | null {
    const store = this.#store;
    const pieces = this.#cells(leaf);
    if (pieces === null) return null;
    // The neighbors as they are now: the leaf before may have been divided a moment ago.
    const bytes = store.page(leaf.page);
    const previous = u32(bytes, PageField.previous);
    const next = u32(bytes, PageField.next);
    const pages = pieces.map((_, index) => (index === 0 ? leaf.page : store.allocate()));
    if (pieces.length === 0) {
      if (previous !== 0) putU32(store.edit(previous), PageField.next, next);
      store.release(leaf.page);
    }
    const last = pages.at(-1) ?? previous;
    if (next !== 0 && last !== leaf.page) putU32(store.edit(next), PageField.previous, last);
    return this.#writeLeaves(pages, pieces, previous, next);
  }

  #inner(place: Place): Child[] | null {
    const store = this.#store;
    const children = this.#children(place);
    if (children === null) return null;
    if (children.length === 0) store.release(place.page);
    return innerParts(children, store.pageSize, place.isLast).map((piece, index): Child => {
      const page = index === 0 ? place.page : store.allocate();
      writeInner(store, page, place.level, piece);
      return { ...piece[0]!, page, count: countOf(piece) };
    });
  }

  /** What a leaf has with its changes, for as many pages as it takes; null when the leaf stays as it is. */
  #cells({ page, from, to, isLast }: Place): Cell[][] | null {
    const { pageSize } = this.#store;
    const before = cellsOf(this.#page(page, 1));
    const last = before.at(-1);
    const isGrowing =
      isLast && (last === undefined || this.#merge.compare(contentOf(this.#store, last.key), this.#merge.key(to - 1)) < 0);
    const cells = this.#merge.merged(before, from, to);
    if (cells === before) return null;
    return parts(cells, cellSize, pageSize - PageField.items, isGrowing);
  }

  #writeLeaves(pages: readonly number[], pieces: readonly Cell[][], previous: number, next: number): Child[] {
    return pieces.map((cells, index): Child => {
      const page = pages[index]!;
      this.#writeLeaf(page, cells, pages[index - 1] ?? previous, pages[index + 1] ?? next);
      const count = this.#merge.leafType === PageType.leaf ? 0 : cells.length;
      return index === 0 ? firstChild(page, count) : childFrom(this.#store, contentOf(this.#store, cells[0]!.key), page, count);
    });
  }

  #writeLeaf(page: number, cells: readonly Cell[], previous: number, next: number): void {
    const draft = new PageDraft(this.#store, page);
    for (const cell of cells) putCell(draft, cell);
    draft.close(this.#merge.leafType, 1, previous, next);
  }

  /** The entries of an inner page with the changes below it, or null when they are as they were. */
  #children(place: Place): Child[] | null {
    const before = childrenOf(this.#page(place.page, place.level));
    const after: Child[] = [];
    let kept = 0;
    for (let from = place.from; from < place.to; ) {
      const { index, to } = this.#below(before, kept, from, place.to);
      const child = before[index]!;
      const isLast = place.isLast && index === before.length - 1;
      const replaced = this.#replaced({ page: child.page, level: place.level - 1, from, to, isLast });
      from = to;
      if (replaced === null) continue;
      for (; kept < index; kept++) after.push(before[kept]!);
      for (const one of replaced) after.push(one);
      if (replaced.length === 0) this.#forget(child);
      else after[after.length - replaced.length] = { ...child, page: replaced[0]!.page, count: replaced[0]!.count };
      kept = index + 1;
    }
    if (kept === 0) return null;
    for (; kept < before.length; kept++) after.push(before[kept]!);
    if (after.length === 0) return after;
    const { page, count } = after[0]!;
    this.#forget(after[0]!);
    return [firstChild(page, count), ...after.slice(1)];
  }

  /** The entry below which the change `from` belongs, and the first change that does not belong there. */
  #below(children: readonly Child[], first: number, from: number, end: number): { index: number; to: number } {
    const merge = this.#merge;
    const isBehind = (index: number, change: number): boolean =>
      merge.compare(childKey(this.#store, children[index]!), merge.key(change)) > 0;
    const index = firstWhere(Math.max(first, 1), children.length, (one) => isBehind(one, from)) - 1;
    const to = index + 1 < children.length ? firstWhere(from + 1, end, (change) => !isBehind(index + 1, change)) : end;
    return { index, to };
  }

  /** An entry goes, and with it the chain of its key. */
  #forget({ type, key }: Child): void {
    if (type === ItemType.overflow) releaseChain(this.#store, key);
  }

  #page(page: number, level: number): Uint8Array {
    const bytes = this.#store.page(page);
    const type = level > 1 ? PageType.inner : this.#merge.leafType;
    if (bytes[PageField.level] === level && bytes[PageField.type] === type) return bytes;
    throw new CorruptDatabaseError(`Page ${page} is not the page that the tree with it should have there.`);
  }
}
