/** The three ways in which Berkeley DB SQL sorts keys: names by their bytes, rows by rowid, index records column by column. */
import type { TreeOrder } from '../content.ts';
import { compareRecords } from './record-order.ts';

/** How the records of an index are compared. */
export interface IndexOrder {
  /** The collation of each column of the index, without the rowid: `BINARY`, `NOCASE` or `RTRIM`, in any case. */
  readonly collations: readonly string[];
  /** For each column whether it was declared DESC. */
  readonly descending: readonly boolean[];
  /** How the database keeps text: 1 UTF-8, 2 UTF-16 little-endian, 3 UTF-16 big-endian. */
  readonly encoding: number;
  /** SQLite's file format of the database; below 4, DESC does not count. */
  readonly format: number;
}

/** The directory and `metadb`; data items that have the same key are sorted this way, too. */
export const byteOrder: TreeOrder = { compare: compareBytes, duplicates: false };

/** Tables: rowids, which are their keys, as eight bytes, little-endian and signed. */
export const rowidOrder: TreeOrder = { compare: compareRowids, duplicates: false };

/**
 * The order of an index, as SQLite 3.7 compares records.
 *
 * @example
 * const order = indexOrder({ collations: ['NOCASE', 'BINARY'], descending: [false, true], encoding: 1, format: 1 });
 */
export function indexOrder({ collations, descending, encoding, format }: IndexOrder): TreeOrder {
  return {
    compare: compareRecords(collations, format < 4 ? [] : descending, encoding),
    duplicates: true,
  };
}

/** Whether keys are the columns, and rowids the data; with any other collation the key has the rowid, and there is no data. */
export function splitsRowid(collations: readonly string[]): boolean {
  return collations.every((collation) => collation.toUpperCase() === 'BINARY');
}

/** Unsigned bytes from the first on; where one ends, the shorter comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = a[at]! - b[at]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareRowids(a: Uint8Array, b: Uint8Array): number {
  for (let at = 7; at >= 0; at--) {
    // The sign is in the last byte.
    const flip = at === 7 ? 0x80 : 0;
    const difference = (a[at]! ^ flip) - (b[at]! ^ flip);
    if (difference !== 0) return difference;
  }
  return 0;
}
