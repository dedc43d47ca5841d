/** Merges changes where a key may have many data items: indexes. */

import { ItemType, PageField, padded, u16, u32 } from '../read/layout.ts';
import { type Cell, contentOf } from './cell.ts';
import { DuplicateMerge } from './duplicate-merge.ts';
import type { Change } from './merge.ts';
import { RowMerge } from './row-merge.ts';
import { buildDuplicates, isLargeSet } from './tree-builder.ts';
import { editTree } from './tree-edit.ts';

export class SetMerge extends RowMerge {
  protected override changed(cell: Cell | null, changes: readonly Change[]): Cell | null {
    const merge = new DuplicateMerge(this.store, changes);
    if (cell?.data[0]?.[2] === ItemType.duplicates) return this.#elsewhere(cell, u32(cell.data[0], 4), merge);
    const before = (cell?.data ?? []).map((item): Cell => ({ key: item, data: [] }));
    const data = merge.merged(before, 0, merge.count).map((one) => one.key);
    if (data.length === 0) return this.#gone(cell);
    const key = cell?.key ?? this.newKey(changes);
    const bytes = data.reduce((sum, one) => sum + padded(one.length) + 2, padded(key.length) + 2);
    if (!isLargeSet(this.store.pageSize, bytes, data.length)) return { key, data };
    const item = buildDuplicates(
      this.store,
      data.map((one) => contentOf(this.store, one)),
    );
    for (const one of data) this.forget(one);
    return { key, data: [item] };
  }

  /** A set that has a tree of its own keeps it as long as there is anything in it. */
  #elsewhere(cell: Cell, root: number, merge: DuplicateMerge): Cell | null {
    editTree(this.store, root, merge);
    if (u16(this.store.page(root), PageField.slots) > 0) return cell;
    this.store.release(root);
    return this.#gone(cell);
  }

  #gone(cell: Cell | null): null {
    if (cell !== null) this.forget(cell.key);
    return null;
  }
}
