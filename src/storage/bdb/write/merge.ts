/** The sorted changes of one tree, and how its leaves take them in. */
import { CorruptDatabaseError } from '../../../errors.ts';
import { ItemType } from '../read/layout.ts';
import { type Cell, contentOf, itemOf } from './cell.ts';
import { releaseChain } from './overflow-chain.ts';
import type { PageStore } from './page-store.ts';
import { firstWhere } from './sorted-search.ts';

const ADDED = 'The Berkeley DB file holds an entry already that a commit adds.';
const REMOVED = 'The Berkeley DB file does not hold an entry that a commit removes.';

/** One entry that comes or goes. */
export interface Change {
  readonly key: Uint8Array;
  /** Of no account where an entry goes whose key is the only one. */
  readonly data: Uint8Array;
  readonly isAdded: boolean;
}

/** The kinds of trees differ in what their keys are and in what a change makes of a cell. */
export abstract class Merge {
  /** What the leaves of the tree are: `PageType.leaf` or `PageType.duplicateLeaf`. */
  abstract readonly leafType: number;
  protected readonly store: PageStore;
  readonly #changes: readonly Change[];

  /** @param changes sorted by key, then by data where there are duplicates; what goes before what comes */
  constructor(store: PageStore, changes: readonly Change[]) {
    this.store = store;
    this.#changes = changes;
  }

  get count(): number {
    return this.#changes.length;
  }

  /** The key of a change. */
  key(change: number): Uint8Array {
    return this.keyOf(this.#changes[change]!);
  }

  abstract compare(a: Uint8Array, b: Uint8Array): number;

  /**
   * The cells of a leaf after the changes from `from` up to `to`; `cells` itself when the leaf stays as it is.
   * @throws CorruptDatabaseError when what goes is not there, or what comes is.
   */
  merged(cells: readonly Cell[], from: number, to: number): readonly Cell[] {
    const merged: Cell[] = [];
    let kept = 0;
    let isChanged = false;
    for (let at = from; at < to; ) {
      const key = this.key(at);
      const end = firstWhere(at + 1, to, (change) => this.compare(this.key(change), key) > 0);
      const difference = (index: number): number => this.compare(contentOf(this.store, cells[index]!.key), key);
      const index = firstWhere(kept, cells.length, (one) => difference(one) >= 0);
      const before = index < cells.length && difference(index) === 0 ? cells[index]! : null;
      for (; kept < index; kept++) merged.push(cells[kept]!);
      if (before !== null) kept++;
      const after = this.changed(before, this.#changes.slice(at, end));
      if (after !== null) merged.push(after);
      isChanged ||= after !== before;
      at = end;
    }
    for (; kept < cells.length; kept++) merged.push(cells[kept]!);
    return isChanged ? merged : cells;
  }

  protected abstract keyOf(change: Change): Uint8Array;

  /** A cell with the changes of its key, or null when there is none. */
  protected abstract changed(cell: Cell | null, changes: readonly Change[]): Cell | null;

  /** The change of a cell with one data item or none: it goes, it comes, or it is another. */
  protected replaced(cell: Cell | null, changes: readonly Change[], hasData: boolean): Cell | null {
    let isThere = cell !== null;
    for (const { isAdded } of changes) {
      if (isAdded === isThere) throw new CorruptDatabaseError(isThere ? ADDED : REMOVED);
      isThere = isAdded;
    }
    for (const item of cell?.data ?? []) this.forget(item);
    const { data } = changes.at(-1)!;
    if (isThere) return { key: cell?.key ?? this.newKey(changes), data: hasData ? [itemOf(this.store, data)] : [] };
    if (cell !== null) this.forget(cell.key);
    return null;
  }

  protected newKey(changes: readonly Change[]): Uint8Array {
    return itemOf(this.store, this.keyOf(changes.at(-1)!));
  }

  /** An item goes, and with it its chain. */
  protected forget(item: Uint8Array): void {
    if (item[2] === ItemType.overflow) releaseChain(this.store, item);
  }
}
