/** Merges changes where each key has one data item: tables, `metadb` and the directory. */

import type { TreeOrder } from '../content.ts';
import { PageType } from '../read/layout.ts';
import type { Cell } from './cell.ts';
import { type Change, Merge } from './merge.ts';
import type { PageStore } from './page-store.ts';

export class RowMerge extends Merge {
  readonly leafType: number = PageType.leaf;
  readonly #order: TreeOrder;

  constructor(store: PageStore, order: TreeOrder, changes: readonly Change[]) {
    super(store, changes);
    this.#order = order;
  }

  compare(a: Uint8Array, b: Uint8Array): number {
    return this.#order.compare(a, b);
  }

  protected keyOf({ key }: Change): Uint8Array {
    return key;
  }

  protected changed(cell: Cell | null, changes: readonly Change[]): Cell | null {
    return this.replaced(cell, changes, true);
  }
}
