/** Which engine a file is for, by its first bytes. */
import type { System } from './where.ts';

const HEAD = 512;
const SQLITE = 'SQLite format 3\0';
/** Where a Berkeley DB file says which of its kinds it is: btree, hash, queue, heap, in either order of bytes. */
const MAGIC_AT = 12;
const MAGICS: ReadonlySet<number> = new Set([0x053162, 0x061561, 0x042253, 0x074582]);
const GZIP = [0x1f, 0x8b] as const;
const TAR = { at: 257, text: 'ustar' } as const;

/** Null when nothing tells, as of text: SQL, perhaps, or no database at all. */
export async function systemOf(file: Blob): Promise<System | null> {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  if (textAt(head, 0, SQLITE.length) === SQLITE) return 'sqlite';
  if (isBerkeley(head)) return 'berkeley';
  return isArchive(head) ? 'postgresql' : null;
}

function isBerkeley(head: Uint8Array): boolean {
  if (head.length < MAGIC_AT + 4) return false;
  const view = new DataView(head.buffer, MAGIC_AT, 4);
  return [true, false].some((little) => MAGICS.has(view.getUint32(0, little)));
}

/** A cluster is packed by gzip, or is a tar file. */
function isArchive(head: Uint8Array): boolean {
  return GZIP.every((byte, at) => head[at] === byte) || textAt(head, TAR.at, TAR.text.length) === TAR.text;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
