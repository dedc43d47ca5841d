/** The first hundred bytes of a SQLite file: page size, text encoding, and the words that `metadb` keeps in a Berkeley DB file. */
import { CorruptDatabaseError } from '../../../errors.ts';

/** Bytes of the header; page 1 begins with it. */
export const HEADER_BYTES = 100;

/** Words of the header by their number in `metadb`: word `n` stands at byte `36 + 4 n`. */
export const Word: {
  readonly schemaCookie: 1;
  readonly format: 2;
  readonly cacheSize: 3;
  readonly largestRoot: 4;
  readonly encoding: 5;
  readonly userVersion: 6;
  readonly incrementalVacuum: 7;
  readonly applicationId: 8;
} = {
  schemaCookie: 1,
  format: 2,
  cacheSize: 3,
  largestRoot: 4,
  encoding: 5,
  userVersion: 6,
  incrementalVacuum: 7,
  applicationId: 8,
};

/** Where the word with this number is. */
function wordAt(number: number): number {
  return 36 + 4 * number;
}

/** The words that a SQLite file and the Berkeley DB file of it have alike. The others say how one of them is built. */
const SHARED = [Word.schemaCookie, Word.cacheSize, Word.encoding, Word.userVersion, Word.applicationId];

/** What the header says about how to read the file. */
export interface SqliteHeader {
  readonly pageSize: number;
  /** Bytes of a page that SQLite uses; behind them an extension may keep its own. */
  readonly usable: number;
  /** How text is kept: 1 UTF-8, 2 UTF-16 little-endian, 3 UTF-16 big-endian. */
  readonly encoding: number;
}

/**
 * Reads the header at the start of page 1.
 * @throws CorruptDatabaseError when it is not one.
 */
export function readSqliteHeader(bytes: Uint8Array, database: string): SqliteHeader {
  const size = ((bytes[16] ?? 0) << 8) | (bytes[17] ?? 0);
  const pageSize = size === 1 ? 65_536 : size;
  const usable = pageSize - (bytes[20] ?? 0);
  // A new file has no encoding before its first object.
  const encoding = bytes.length < HEADER_BYTES ? 0 : bigEndian(bytes, wordAt(Word.encoding)) || 1;
  const sound =
    MAGIC.every((byte, at) => bytes[at] === byte) &&
    pageSize >= 512 &&
    (pageSize & (pageSize - 1)) === 0 &&
    usable >= 480 &&
    encoding >= 1 &&
    encoding <= 3;
  if (!sound)
    throw new CorruptDatabaseError(`The pages of the database "${database}" are not those of a SQLite file.`, { database });
  return { pageSize, usable, encoding };
}

/**
 * The words for `metadb`. Of `stored`, which is what a Berkeley DB file has so far, those are kept that say how that file is built;
 * a new one gets format 1, which Berkeley DB SQL gives to new files and which its indexes are written in.
 */
export function wordsOf(header: Uint8Array, stored: ReadonlyMap<number, number> = NEW): ReadonlyMap<number, number> {
  const words = new Map(stored);
  for (const number of SHARED) {
    const value = bigEndian(header, wordAt(number)) || (number === Word.encoding ? 1 : 0);
    if (value !== (words.get(number) ?? 0)) words.set(number, value);
  }
  return words;
}

/** The words of a file that Berkeley DB SQL has just made. */
const NEW: ReadonlyMap<number, number> = new Map([
  [Word.schemaCookie, 0],
  [Word.format, 1],
  [Word.largestRoot, 0],
  [Word.encoding, 1],
  [Word.incrementalVacuum, 0],
]);

/** "SQLite format 3" and a zero. */
const MAGIC: Uint8Array = Uint8Array.from('SQLite format 3\0', (letter) => letter.charCodeAt(0));

/** The format that SQLite gives to new files. */
const LIVE_FORMAT = 4;
/** The version of SQLite that Waxwing comes with; nobody relies on it. */
const SQLITE_VERSION = 3_054_001;

/** Writes the header of a SQLite file of `count` pages that says what `words`, those of a Berkeley DB file, do. */
export function putSqliteHeader(bytes: Uint8Array, pageSize: number, count: number, words: ReadonlyMap<number, number>): void {
  bytes.set(MAGIC);
  bytes[16] = pageSize >>> 8;
  bytes[17] = pageSize >>> 16;
  // Written in place, with a journal to undo by; nothing kept behind the pages; what a record may take of a page.
  bytes.set([1, 1, 0, 64, 32, 32], 18);
  putBigEndian(bytes, 24, 1);
  putBigEndian(bytes, 28, count);
  for (const number of SHARED) putBigEndian(bytes, wordAt(number), words.get(number) ?? 0);
  putBigEndian(bytes, wordAt(Word.format), LIVE_FORMAT);
  // The size is valid for the change that is counted at 24.
  putBigEndian(bytes, 92, 1);
  putBigEndian(bytes, 96, SQLITE_VERSION);
}

/** Four bytes, the highest first. */
export function bigEndian(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Writes four bytes, the highest first. */
export function putBigEndian(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
