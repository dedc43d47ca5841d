/** Turns index records of SQLite into what Berkeley DB SQL keeps: columns as the key, the rowid as one of its data items. */
import type { Entry } from '../content.ts';
import { REAL, serialLength, varintAt, varintLength } from '../read/record.ts';

const NOTHING = new Uint8Array();

/**
 * The entry of the index record that `length` bytes from `at` are. With `splits`, which is for indexes with no collation
 * but BINARY, the rowid leaves the record and becomes the data; else the record is the key as it is, and there is no data.
 * @returns null when the bytes are not a record that ends in a rowid.
 */
export function indexEntry(bytes: Uint8Array, at: number, length: number, splits: boolean): Entry | null {
  if (!splits) return { key: bytes.subarray(at, at + length), data: NOTHING };
  const header = varintAt(bytes, at);
  if (header < 2 || header > length) return null;
  // The rowid's type is one byte.
  const type = bytes[at + header - 1]!;
  if (type === 0 || type === REAL || type > 9) return null;
  const size = serialLength(type);
  const end = length - size;
  if (end < header) return null;
  const key = new Uint8Array(end - 1);
  const types = shortened(bytes, at, header - 1, key);
  copy(bytes, at + types, at + header - 1, key, types);
  copy(bytes, at + header, at + end, key, header - 1);
  return { key, data: rowidData(bytes, at + end, type, size) };
}

/** Writes the length of a header in as many bytes as the record has it in, and returns where they end. */
function shortened(record: Uint8Array, at: number, header: number, key: Uint8Array): number {
  const length = varintLength(record, at);
  let rest = header;
  for (let index = length - 1; index >= 0; index--) {
    key[index] = (rest & 0x7f) | (index === length - 1 ? 0 : 0x80);
    rest >>>= 7;
  }
  return length;
}

/**
 * A rowid as SQLite 3.7 writes it in files of format 1 to 3, to the byte, as data items are told apart by bytes:
 * 0 and 1 take a byte as every number does, and the lowest number of each size takes the next size.
 */
function rowidData(record: Uint8Array, at: number, type: number, length: number): Uint8Array {
  if (type >= 8) return Uint8Array.of(1, type - 8);
  const wider = type < 6 && isLowest(record, at, length);
  const size = wider ? serialLength(type + 1) : length;
  const data = new Uint8Array(1 + size);
  data[0] = wider ? type + 1 : type;
  for (let index = 1; index <= size - length; index++) data[index] = 0xff;
  copy(record, at, at + length, data, 1 + size - length);
  return data;
}

function isLowest(bytes: Uint8Array, at: number, length: number): boolean {
  if (bytes[at] !== 0x80) return false;
  for (let index = 1; index < length; index++) if (bytes[at + index] !== 0) return false;
  return true;
}

/** Keys are short as a rule: a loop is quicker than a view then. */
function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > 64) to.set(from.subarray(start, end), at);
  else for (let index = start; index < end; index++) to[at + index - start] = from[index]!;
}
