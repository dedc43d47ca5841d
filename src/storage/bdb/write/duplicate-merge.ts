/** Merges changes where data items of one key are the keys themselves: trees of duplicates. */

import { PageType } from '../read/layout.ts';
import { compareBytes } from '../read/order.ts';
import type { Cell } from './cell.ts';
import { type Change, Merge } from './merge.ts';

export class DuplicateMerge extends Merge {
  readonly leafType: number = PageType.duplicateLeaf;

  compare(a: Uint8Array, b: Uint8Array): number {
    return compareBytes(a, b);
  }

  protected keyOf({ data }: Change): Uint8Array {
    return data;
  }

  protected changed(cell: Cell | null, changes: readonly Change[]): Cell | null {
    return this.replaced(cell, changes, false);
  }
}
