/** SQLite 3.7's collations that are not BINARY, on the bytes of a text. */

/** Negative, zero or positive, as for `sort`. */
export type Collation = (a: Uint8Array, b: Uint8Array) => number;

/** The collation of that name, in any case, for text in this encoding; null for BINARY, which compares bytes whatever they mean. */
export function collationFor(name: string, encoding: number): Collation | null {
  const collation = COLLATIONS[name.toUpperCase()];
  if (collation === undefined || encoding === 1) return collation ?? null;
  // SQLite has these for UTF-8 only and translates other text before it compares.
  const bigEndian = encoding === 3;
  return (a, b) => collation(toUtf8(a, bigEndian), toUtf8(b, bigEndian));
}

const COLLATIONS: Readonly<Record<string, Collation>> = { NOCASE: compareNoCase, RTRIM: compareTrimmed };

const NUL = 0x00;
const SPACE = 0x20;

/** ASCII letters in any case are alike. What is behind a NUL is not compared, only counted. */
function compareNoCase(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = lower(a[at]!) - lower(b[at]!);
    if (difference !== 0) return difference;
    if (a[at] === NUL) break;
  }
  return a.length - b.length;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** As bytes, but that a text and the same with spaces behind it are equal. With characters below the space this is no order at all, in SQLite either. */
function compareTrimmed(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = a[at]! - b[at]!;
    if (difference !== 0) return difference;
  }
  return isBlank(a, length) && isBlank(b, length) ? 0 : a.length - b.length;
}

function isBlank(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== SPACE) return false;
  return true;
}

/** UTF-16 as SQLite makes UTF-8 of it: any surrogate is taken together with whatever follows it. */
function toUtf8(bytes: Uint8Array, bigEndian: boolean): Uint8Array {
  const high = bigEndian ? 0 : 1;
  const whole = bytes.length & ~1;
  const utf8 = new Uint8Array((whole / 2) * 3);
  let length = 0;
  for (let at = 0; at < whole; at += 2) {
    let code = (bytes[at + high]! << 8) | bytes[at + 1 - high]!;
    if (code >= 0xd800 && code < 0xe000 && at + 2 < whole) {
      at += 2;
      const next = (bytes[at + high]! << 8) | bytes[at + 1 - high]!;
      code = (next & 0x3ff) + ((code & 0x3f) << 10) + (((code & 0x3c0) + 0x40) << 10);
    }
    length = putUtf8(utf8, length, code);
  }
  return utf8.subarray(0, length);
}

function putUtf8(into: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    into[at] = code;
    return at + 1;
  }
  const more = code < 0x800 ? 1 : code < 0x1_0000 ? 2 : 3;
  into[at] = LEADS[more]! | (code >> (6 * more));
  for (let index = 1; index <= more; index++) into[at + index] = 0x80 | ((code >> (6 * (more - index))) & 0x3f);
  return at + more + 1;
}

const LEADS = [0, 0xc0, 0xe0, 0xf0];
