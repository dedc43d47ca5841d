/** The pages of a Berkeley DB file that is bytes in memory, or a byte file. */
import type { ByteFile } from '../../backend.ts';
import type { Pages } from '../content.ts';
import { pageSizeOf } from './first-page.ts';
import { MetaField } from './layout.ts';

/**
 * The pages of the file, each read when it is asked for; those of bytes in memory are views. `database` is its name for messages.
 * @throws CorruptDatabaseError when it is not a Berkeley DB file.
 * @throws NotSupportedError when it is one that Waxwing does not read.
 *
 * @example
 * const file = readBdb(pagesOf(bytes, 'my_app.db'), 'my_app.db');
 */
export function pagesOf(source: Uint8Array | ByteFile, database: string): Pages {
  const size = source instanceof Uint8Array ? source.length : source.size();
  const pageSize = pageSizeOf(readBytes(source, 0, Math.min(size, MetaField.end)), size, database);
  return { pageSize, count: size / pageSize, page: (number) => readBytes(source, number * pageSize, pageSize) };
}

function readBytes(source: Uint8Array | ByteFile, at: number, length: number): Uint8Array {
  if (source instanceof Uint8Array) return source.subarray(at, at + length);
  const bytes = new Uint8Array(length);
  source.read(bytes, at);
  return bytes;
}
