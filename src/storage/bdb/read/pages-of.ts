/** The pages of a Berkeley DB file that is bytes in memory, or a byte file. */
import type { ByteFile } from '../../backend.ts';
import { MemoryFile } from '../../volume.ts';
import type { Pages } from '../content.ts';
import { pageSizeOf } from './first-page.ts';
import { MetaField } from './layout.ts';

/**
 * The pages of the file as it is now: views of its bytes, which are read at once where they are not in memory. `database` is its
 * name for messages.
 * @throws CorruptDatabaseError when it is not a Berkeley DB file.
 * @throws NotSupportedError when it is one that Waxwing does not read.
 *
 * @example
 * const file = readBdb(pagesOf(bytes, 'my_app.db'), 'my_app.db');
 */
export function pagesOf(source: Uint8Array | ByteFile, database: string): Pages {
  const size = source instanceof Uint8Array ? source.length : source.size();
  const pageSize = pageSizeOf(bytesOf(source, Math.min(size, MetaField.end)), size, database);
  const count = size / pageSize;
  // No page goes beyond its chunk.
  if (source instanceof MemoryFile) return { pageSize, count, page: (number) => source.view(number * pageSize, pageSize) };
  // A device is asked once, not for each page.
  const bytes = bytesOf(source, size);
  return { pageSize, count, page: (number) => bytes.subarray(number * pageSize, (number + 1) * pageSize) };
}

function bytesOf(source: Uint8Array | ByteFile, length: number): Uint8Array {
  if (source instanceof Uint8Array) return source.subarray(0, length);
  const bytes = new Uint8Array(length);
  source.read(bytes, 0);
  return bytes;
}
