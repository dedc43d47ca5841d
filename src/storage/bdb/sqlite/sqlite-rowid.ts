/** Rowids as the two formats write them: SQLite's variable-length number, Berkeley DB SQL's eight bytes. */
import { putU32, u32 } from '../read/layout.ts';

/** The key of a row in a table of Berkeley DB SQL, from the variable-length number at `at`. */
export function rowidKey(bytes: Uint8Array, at: number): Uint8Array {
  let high = 0;
  let low = 0;
  for (let index = 0; ; index++) {
    const byte = bytes[at + index]!;
    // A ninth byte has eight bits.
    const shift = index === 8 ? 8 : 7;
    high = (high << shift) | (low >>> (32 - shift));
    low = (low << shift) | (shift === 8 ? byte : byte & 0x7f);
    if (byte < 0x80 || index === 8) break;
  }
  const key = new Uint8Array(8);
  putU32(key, 0, low);
  putU32(key, 4, high);
  return key;
}

/** Writes the rowid of such a key as a variable-length number, and returns where that ends. */
export function putRowid(bytes: Uint8Array, at: number, key: Uint8Array): number {
  let low = u32(key, 0);
  let high = u32(key, 4);
  // 56 bits fit eight bytes of seven; more takes nine.
  if (high >= 1 << 24) {
    bytes[at + 8] = low;
    low = (low >>> 8) | (high << 24);
    high >>>= 8;
    for (let index = 7; index >= 0; index--) {
      bytes[at + index] = (low & 0x7f) | 0x80;
      low = (low >>> 7) | (high << 25);
      high >>>= 7;
    }
    return at + 9;
  }
  // Doubles are exact up to 53 bits.
  const end = at + (high >= 1 << 21 ? 8 : varintBytes(high * 0x1_0000_0000 + low));
  for (let index = end - 1; index >= at; index--) {
    bytes[index] = (low & 0x7f) | (index === end - 1 ? 0 : 0x80);
    low = (low >>> 7) | (high << 25);
    high >>>= 7;
  }
  return end;
}

/** Writes a number below 2⁵³ in SQLite's variable-length form, and returns where it ends. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  const end = at + varintBytes(value);
  let rest = value;
  for (let index = end - 1; index >= at; index--) {
    bytes[index] = (rest % 128) | (index === end - 1 ? 0 : 0x80);
    rest = Math.floor(rest / 128);
  }
  return end;
}

/** How many bytes such a number takes. */
export function varintBytes(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest /= 128) length++;
  return length;
}
