/** What a base consists of as bytes of a file. */
import { StorageUnavailableError } from '../../errors.ts';
import { checksum } from '../../util/checksum.ts';
import type { Base, StoredFile } from '../fold.ts';
import type { Handle } from './handle.ts';

/** Before the JSON: the mark, the version of the format, the length of the JSON and its checksum, little-endian. */
const HEAD = 16;
const MARK = 0x4247_5857;
const VERSION = 1;

type Row = readonly [name: string, size: number, chunks: readonly number[], sums: readonly number[]];

/** Writes the base in the place of what the file holds. */
export function writeBase(handle: Handle, { generation, folded, nextChunk, files }: Base): void {
  const rows = files.map(({ name, size, chunks, sums }): Row => [name, size, chunks, sums]);
  const json = new TextEncoder().encode(JSON.stringify({ generation, folded, nextChunk, files: rows }));
  const bytes = new Uint8Array(HEAD + json.length);
  bytes.set(json, HEAD);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MARK, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, json.length, true);
  view.setUint32(12, checksum(json), true);
  handle.write(bytes, 0);
  handle.truncate(bytes.length);
}

/**
 * The base, or null when these are not all the bytes of one.
 * @throws StorageUnavailableError when they are of a newer format.
 */
export function decodeBase(bytes: Uint8Array, database: string): Base | null {
  if (bytes.length < HEAD) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const json = bytes.subarray(HEAD, HEAD + view.getUint32(8, true));
  if (view.getUint32(0, true) !== MARK || view.getUint32(12, true) !== checksum(json)) return null;
  if (view.getUint32(4, true) > VERSION)
    throw new StorageUnavailableError(`"${database}" was stored by a newer version of Waxwing. Update this one.`, { database });
  const { files, ...base } = JSON.parse(new TextDecoder().decode(json)) as Omit<Base, 'files'> & { files: Row[] };
  return { ...base, files: files.map(([name, size, chunks, sums]): StoredFile => ({ name, size, chunks, sums, since: 0 })) };
}
