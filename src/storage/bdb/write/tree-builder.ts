/** Builds whole trees from their entries in order. */
import type { Entry, TreeOrder } from '../content.ts';
import { ITEM_HEAD, ItemType, overflowLimit, PageType, padded, REFERENCE_BYTES } from '../read/layout.ts';
import { LeafRun } from './leaf-run.ts';
import { reference } from './overflow-chain.ts';
import type { PageSink } from './page-sink.ts';

/** Writes the tree of `entries` with the root page `root`. */
export function buildTree(sink: PageSink, root: number, order: TreeOrder, entries: Iterable<Entry>): void {
  const leaves = new LeafRun(sink, PageType.leaf, root, order.duplicates ? spareOf(sink) : 0);
  if (order.duplicates) addSets(sink, leaves, order, entries);
  else for (const { key, data } of entries) leaves.pair(key, data);
  leaves.finish();
}

/** Writes data items of one key, which are sorted, as a tree of their own, and gives the item that refers to it. */
export function buildDuplicates(sink: PageSink, data: Iterable<Uint8Array>): Uint8Array {
  const root = sink.allocate();
  const leaves = new LeafRun(sink, PageType.duplicateLeaf, root, spareOf(sink));
  for (const one of data) leaves.duplicate(one);
  leaves.finish();
  return reference(ItemType.duplicates, root, 0);
}

/** Whether these data items of one key are so many that Berkeley DB gives them a tree of their own. */
export function isLargeSet(pageSize: number, bytes: number, items: number): boolean {
  return items > 1 && bytes >= pageSize / 4;
}

/** Rows come at the end of their table mostly; what is sorted by anything else comes anywhere. */
function spareOf({ pageSize }: PageSink): number {
  return pageSize >> 4;
}

function addSets(sink: PageSink, leaves: LeafRun, order: TreeOrder, entries: Iterable<Entry>): void {
  let key: Uint8Array | null = null;
  let data: Uint8Array[] = [];
  for (const entry of entries) {
    if (key !== null && order.compare(key, entry.key) === 0) data.push(entry.data);
    else {
      if (key !== null) addSet(sink, leaves, key, data);
      key = entry.key;
      data = [entry.data];
    }
  }
  if (key !== null) addSet(sink, leaves, key, data);
}

function addSet(sink: PageSink, leaves: LeafRun, key: Uint8Array, data: readonly Uint8Array[]): void {
  if (data.length === 1) leaves.pair(key, data[0]!);
  else if (isLargeSet(sink.pageSize, setBytes(sink.pageSize, key, data), data.length))
    leaves.elsewhere(key, buildDuplicates(sink, data));
  else leaves.set(key, data);
}

/** What Berkeley DB counts: the key once, every data item, and a slot for each. */
function setBytes(pageSize: number, key: Uint8Array, data: readonly Uint8Array[]): number {
  const limit = overflowLimit(pageSize);
  const sizeOf = ({ length }: Uint8Array) => (length > limit ? REFERENCE_BYTES : padded(ITEM_HEAD + length)) + 2;
  return data.reduce((sum, one) => sum + sizeOf(one), sizeOf(key));
}
