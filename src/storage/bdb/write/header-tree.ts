/** The tree `metadb`, in which Berkeley DB SQL keeps the words of SQLite's header. */
import type { Entry, TreeChange, TreeContent } from '../content.ts';
import { putU32 } from '../read/layout.ts';
import { byteOrder } from '../read/order.ts';
import { HEADER_TREE } from '../read/trees.ts';

/**
 * The tree as a whole.
 *
 * @param header words by number 1…8, as in `BdbFile.header`
 * @param sequences what the tree has besides
 */
export function headerTree(header: ReadonlyMap<number, number>, sequences: readonly Entry[] = []): TreeContent {
  const entries = [...[...header].map(word), ...sequences].sort((a, b) => byteOrder.compare(a.key, b.key));
  return { name: HEADER_TREE, order: byteOrder, entries };
}

/** What to change for the header `after` where there was `before`, or null when they say the same. Absent words are 0. */
export function headerChange(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): TreeChange | null {
  const removed = [...before].filter(([number, value]) => after.get(number) !== value).map(word);
  const added = [...after].filter(([number, value]) => before.get(number) !== value).map(word);
  if (removed.length + added.length === 0) return null;
  return { name: HEADER_TREE, order: byteOrder, what: 'changed', removed, added };
}

/** Number and value are 64 bits wide, little-endian. */
function word([number, value]: readonly [number, number]): Entry {
  const key = new Uint8Array(8);
  const data = new Uint8Array(8);
  putU32(key, 0, number);
  putU32(data, 0, value);
  return { key, data };
}
