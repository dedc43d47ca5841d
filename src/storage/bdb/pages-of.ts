/** The pages of a Berkeley DB file that is bytes in memory, or a byte file. */
import type { ByteFile } from '../backend.ts';
import type { Pages } from './content.ts';
import { MetaField, u32 } from './layout.ts';

/**
 * The pages of the file, each read when it is asked for. `database` is its name for messages.
 * @throws CorruptDatabaseError when the bytes are not a Berkeley DB file.
 * @throws NotSupportedError when they are one that Waxwing does not read.
 */
export function pagesOf(source: Uint8Array | ByteFile, _database: string): Pages {
  const size = source instanceof Uint8Array ? source.length : source.size();
  const head = readBytes(source, 0, MetaField.end);
  const pageSize = u32(head, MetaField.pageSize);
  return { pageSize, count: size / pageSize, page: (number) => readBytes(source, number * pageSize, pageSize) };
}

function readBytes(source: Uint8Array | ByteFile, at: number, length: number): Uint8Array {
  if (source instanceof Uint8Array) return source.subarray(at, at + length);
  const bytes = new Uint8Array(length);
  source.read(bytes, at);
  return bytes;
}
