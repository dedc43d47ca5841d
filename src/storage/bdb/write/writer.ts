/** Writes a whole Berkeley DB file, its trees packed one behind the other. */
import type { Entry, TreeContent } from '../content.ts';
import { MASTER_ROOT, TreeFlags } from '../read/layout.ts';
import { byteOrder } from '../read/order.ts';
import { directoryEntry } from './directory.ts';
import { FreshPages } from './fresh-pages.ts';
import { writeMetaPage } from './meta-page.ts';
import { buildTree } from './tree-builder.ts';

export interface WriteOptions {
  /** A power of two from 512 to 32768. */
  readonly pageSize: number;
  /** `FILE_ID_BYTES` random bytes. */
  readonly fileId: Uint8Array;
}

/**
 * The file with these trees. `metadb` has to be among them: `headerTree` makes it.
 *
 * @example
 * const file = writeBdb([headerTree(header, sequences), ...trees], { pageSize: 4096, fileId });
 * const memory = new MemoryFile(file.chunks, file.size);
 */
export function writeBdb(trees: Iterable<TreeContent>, { pageSize, fileId }: WriteOptions): FreshPages {
  const pages = new FreshPages(pageSize);
  const directory: Entry[] = [];
  const first = pages.allocate();
  // The directory's root has its fixed place behind page 0, and is known last.
  pages.allocate();
  for (const { name, order, entries } of trees) {
    const page = pages.allocate();
    const root = pages.allocate();
    buildTree(pages, root, order, entries);
    writeMetaPage(pages, { page, last: page, root, flags: order.duplicates ? TreeFlags.index : TreeFlags.table, fileId });
    directory.push(directoryEntry(name, page));
  }
  directory.sort((a, b) => byteOrder.compare(a.key, b.key));
  buildTree(pages, MASTER_ROOT, byteOrder, directory);
  writeMetaPage(pages, { page: first, last: pages.count - 1, root: MASTER_ROOT, flags: TreeFlags.table, fileId });
  return pages;
}
