/** What a Berkeley DB SQL file holds, whatever pages it lies in: named trees of sorted entries, and what a commit does to them. */

/** The pages of a file, numbered from 0. */
export interface Pages {
  readonly pageSize: number;
  /** Pages in the file. */
  readonly count: number;
  /** The bytes of a page, not to be changed. */
  page(number: number): Uint8Array;
}

/** One pair of a tree: rowid and record of a table; columns and rowid of an index. */
export interface Entry {
  readonly key: Uint8Array;
  readonly data: Uint8Array;
}

/** How the entries of a tree are sorted. */
export interface TreeOrder {
  /** Negative, zero or positive, as for `sort`. Equal keys need not have equal bytes: 1 and 1.0. */
  compare(a: Uint8Array, b: Uint8Array): number;
  /** Whether several entries may have equal keys (indexes); those are sorted by the bytes of their data. */
  readonly duplicates: boolean;
}

/** A whole tree to be written. */
export interface TreeContent {
  /** `metadb`, or `table` and the root number of the object in at least five digits: odd for tables, even for indexes. */
  readonly name: string;
  readonly order: TreeOrder;
  /** In order. */
  readonly entries: Iterable<Entry>;
}

/** What one commit does to one tree. An entry that is replaced is in both lists. */
export interface TreeChange {
  readonly name: string;
  readonly order: TreeOrder;
  /** `created` is there first with nothing in it; `dropped` is gone with all it had, and both lists are empty. */
  readonly what: 'changed' | 'created' | 'dropped';
  /** Entries that are there and shall not be, in no particular order. */
  readonly removed: readonly Entry[];
  /** Entries that are not there and shall be, in no particular order. */
  readonly added: readonly Entry[];
}
