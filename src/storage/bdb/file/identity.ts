/** What tells one Berkeley DB file from another, and from an older copy of itself. */
import type { Handle } from '../../paged/handle.ts';

/** Bytes at the beginning of a file in which its identity lies. */
const HEAD = 96;
/** The file's id, which Berkeley DB keeps in the first page as well as in that of each tree. */
const ID = 52;
const ID_END = 72;
/** Four bytes that Berkeley DB neither reads nor writes: a new number for each opening in which something was stored. */
const STAMP = 92;

/** The identity in the first bytes of a file, in hexadecimal; that of an empty file is all zeros. */
export function identityIn(head: Uint8Array): string {
  let text = '';
  for (let at = ID; at < HEAD; at++) {
    if (at < ID_END || at >= STAMP) text += (head[at] ?? 0).toString(16).padStart(2, '0');
  }
  return text;
}

/** The first bytes of the file; zeros where it is shorter. */
export function headOf(file: Handle): Uint8Array {
  const head = new Uint8Array(HEAD);
  file.read(head, 0);
  return head;
}

/** Puts a new stamp into a first page. */
export function stamp(firstPage: Uint8Array): void {
  firstPage.set(crypto.getRandomValues(new Uint8Array(HEAD - STAMP)), STAMP);
}
