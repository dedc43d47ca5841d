/** The directory of a file: where each tree's meta page is, by the tree's name. */

import type { Entry, Pages } from '../content.ts';
import { MASTER_ROOT, MetaField, u32 } from '../read/layout.ts';
import { byteOrder } from '../read/order.ts';
import { contentOf } from './cell.ts';
import { findCell } from './tree-search.ts';

const encoder = new TextEncoder();

/** Where a tree is. */
export interface PlacedTree {
  readonly meta: number;
  readonly root: number;
}

/** The entry of a tree: its name, and the page big-endian. */
export function directoryEntry(name: string, meta: number): Entry {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, meta);
  return { key: encoder.encode(name), data };
}

/** Where the tree `name` is, or null when there is none. */
export function findTree(pages: Pages, name: string): PlacedTree | null {
  const cell = findCell(pages, MASTER_ROOT, byteOrder, encoder.encode(name));
  if (cell === null) return null;
  const [b0, b1, b2, b3] = contentOf(pages, cell.data[0]!);
  const meta = u32(Uint8Array.of(b3!, b2!, b1!, b0!), 0);
  return { meta, root: u32(pages.page(meta), MetaField.root) };
}
