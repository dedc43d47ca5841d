/** The pages of a SQLite file that is bytes in memory, or a byte file. */
import { CorruptDatabaseError } from '../../../errors.ts';
import type { ByteFile } from '../../backend.ts';
import type { Pages } from '../content.ts';
import { HEADER_BYTES, readSqliteHeader } from './sqlite-header.ts';

/**
 * The pages, each read when it is asked for. An empty file has none.
 * @throws CorruptDatabaseError when the bytes are not a SQLite file.
 */
export function sqlitePages(source: Uint8Array | ByteFile, database: string): Pages {
  const size = source instanceof Uint8Array ? source.length : source.size();
  if (size === 0) return { pageSize: 4096, count: 0, page: () => new Uint8Array(4096) };
  const { pageSize } = readSqliteHeader(bytesAt(source, 0, Math.min(size, HEADER_BYTES)), database);
  if (size % pageSize !== 0)
    throw new CorruptDatabaseError(`The SQLite file "${database}" ends within a page: it was not copied whole.`, { database });
  return { pageSize, count: size / pageSize, page: (number) => bytesAt(source, number * pageSize, pageSize) };
}

function bytesAt(source: Uint8Array | ByteFile, at: number, length: number): Uint8Array {
  if (source instanceof Uint8Array) return source.subarray(at, at + length);
  const bytes = new Uint8Array(length);
  source.read(bytes, at);
  return bytes;
}
