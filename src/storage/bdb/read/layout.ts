/** Where things stand in the pages of a Berkeley DB file: the numbers of Berkeley DB 5.3's btree layout, all little-endian. */

/** Offsets in every page. Free and overflow pages use them as far as they make sense. */
export const PageField: {
  /** Log sequence number: two words, of which `0, 1` says "not logged". */
  readonly lsn: 0;
  /** The page's own number. */
  readonly number: 8;
  /** Leaves and overflow pages: the page before, or 0. The inner root of a tree of duplicates: how many records it has in all. */
  readonly previous: 12;
  /** Leaves, overflow and free pages: the page behind, or 0. */
  readonly next: 16;
  /** Two bytes: how many slots; in an overflow page 1. */
  readonly slots: 20;
  /** Two bytes: the lowest byte that an item uses, the page size when none does; in an overflow page the bytes of data in it. */
  readonly low: 22;
  /** One byte: 1 for leaves, one more with each step up; 0 for overflow and free pages. */
  readonly level: 24;
  /** One byte: a `PageType`. */
  readonly type: 25;
  /** Where the slots begin: two bytes each, the offset of an item. */
  readonly items: 26;
} = { lsn: 0, number: 8, previous: 12, next: 16, slots: 20, low: 22, level: 24, type: 25, items: 26 };

/** What a page is. */
export const PageType: {
  readonly free: 0;
  readonly inner: 3;
  readonly leaf: 5;
  readonly overflow: 7;
  readonly meta: 9;
  /** A leaf of a tree that has the many data items of one key. */
  readonly duplicateLeaf: 12;
} = { free: 0, inner: 3, leaf: 5, overflow: 7, meta: 9, duplicateLeaf: 12 };

/** Offsets in a meta page: page 0, and the first page of every tree but the directory. */
export const MetaField: {
  readonly magic: 12;
  readonly version: 16;
  readonly pageSize: 20;
  /** One byte; 0 means that the pages are not encrypted. */
  readonly encryption: 24;
  /** One byte: 1 for checksums, 2 and 4 for partitions. */
  readonly metaFlags: 26;
  /** Page 0: the first free page, or 0. */
  readonly free: 28;
  /** Page 0: the last page of the file. Other meta pages: their own number. */
  readonly last: 32;
  /** A `TreeFlags`. */
  readonly flags: 48;
  /** `FILE_ID_BYTES` bytes, the same in all meta pages of a file. */
  readonly fileId: 52;
  readonly minKeys: 76;
  readonly pad: 84;
  readonly root: 88;
  /** Behind the last byte that means something. */
  readonly end: 92;
} = {
  magic: 12,
  version: 16,
  pageSize: 20,
  encryption: 24,
  metaFlags: 26,
  free: 28,
  last: 32,
  flags: 48,
  fileId: 52,
  minKeys: 76,
  pad: 84,
  root: 88,
  end: 92,
};

/** The magic number of a btree. */
export const BTREE_MAGIC = 0x0005_3162;
/** The version of the btree layout that 4.x to 5.3 write. */
export const BTREE_VERSION = 9;
/** An older version that has the same layout. */
export const OLDEST_VERSION = 8;
/** Bytes in a file's id. */
export const FILE_ID_BYTES = 20;
/** The root page of the directory of trees. */
export const MASTER_ROOT = 1;

/** Flags in the meta page of a tree. */
export const TreeFlags: {
  /** The directory, `metadb`, tables: one data item for a key. */
  readonly table: 0x20;
  /** Indexes: several, sorted. */
  readonly index: 0x61;
} = { table: 0x20, index: 0x61 };

/** What stands in the third byte of an item. */
export const ItemType: {
  /** Two bytes of length, this byte, the bytes. */
  readonly inline: 1;
  /** A reference, `REFERENCE_BYTES` long: root page of a tree of duplicates at +4. */
  readonly duplicates: 2;
  /** A reference, `REFERENCE_BYTES` long: first overflow page at +4, length at +8. */
  readonly overflow: 3;
  /** Added to the type of an item that is gone. */
  readonly deleted: 0x80;
} = { inline: 1, duplicates: 2, overflow: 3, deleted: 0x80 };

/** Bytes before those of an inline item. */
export const ITEM_HEAD = 3;
/** Bytes of a reference to an overflow item or to duplicates. */
export const REFERENCE_BYTES = 12;
/** Bytes of an inner entry before its key: length of the key, type, 0, page at +4, count of records at +8. */
export const INNER_HEAD = 12;
/** Levels that no tree reaches: an inner page has two entries at least, and a file 2³² pages at most. */
export const MOST_LEVELS = 32;

/** Keys and data of more bytes are kept in overflow pages. */
export function overflowLimit(pageSize: number): number {
  return ((pageSize - PageField.items) >> 2) - 10;
}

/** Bytes of data that an overflow page has room for. */
export function overflowCapacity(pageSize: number): number {
  return pageSize - PageField.items;
}

/** The bytes that something of `length` bytes takes in a page: items begin at multiples of 4. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}

export function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
}

export function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}
