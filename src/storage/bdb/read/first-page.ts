/** Looks at the beginning of a file: is it a Berkeley DB file, and of a kind that can be read? */
import { CorruptDatabaseError, NotSupportedError } from '../../../errors.ts';
import { uncheckpointed } from './damage.ts';
import { BTREE_MAGIC, BTREE_VERSION, MetaField, OLDEST_VERSION, PageField, PageType, TreeFlags, u32 } from './layout.ts';

/** Page sizes that Berkeley DB SQL itself can work with. */
const LEAST_PAGE = 512;
const MOST_PAGE = 32768;

/** Berkeley DB's files of other kinds by their magic number. */
const OTHER_KINDS: ReadonlyMap<number, string> = new Map([
  [0x0006_1561, 'a hash file'],
  [0x0004_2253, 'a queue file'],
  [0x0007_4582, 'a heap file'],
  [0x0004_0988, 'a log'],
  [0x0012_0897, 'an environment file'],
]);
/** Where the magic number stands in databases; in logs, with and without checksums; in environment files. */
const MAGIC_PLACES = [MetaField.magic, 28, 0];
const OTHER_FORMATS: readonly (readonly [string, string])[] = [
  ['SQLite format 3\0', 'a SQLite database: open it with SqliteDatabase, or convert it'],
  ['VERSION=', 'a text dump of a Berkeley DB database: make a database of it with db5.3_sql first'],
];

/**
 * The page size of the file that begins with `head`.
 * @throws CorruptDatabaseError when it is not a Berkeley DB SQL file, or is cut off.
 * @throws NotSupportedError when it is one that Waxwing does not read; the message says why and what can be done.
 */
export function pageSizeOf(head: Uint8Array, size: number, database: string): number {
  if (size === 0) throw uncheckpointed(database, 'is empty');
  requireBtree(head, database);
  if (head.length < MetaField.end) throw alien(database, `ends after ${size} bytes, within its first page`);
  requireReadable(head, database);
  const pageSize = u32(head, MetaField.pageSize);
  if (pageSize === 2 * MOST_PAGE)
    throw unsupported(
      database,
      'has pages of 65536 bytes, which Berkeley DB SQL itself cannot read',
      'Use pages of 32768 bytes at the most',
    );
  if (pageSize < LEAST_PAGE || pageSize > MOST_PAGE || (pageSize & (pageSize - 1)) !== 0)
    throw alien(database, `tells of pages of ${pageSize} bytes, which there are not`);
  if (size % pageSize !== 0)
    throw alien(database, `is cut off: its ${size} bytes are not a whole number of pages of ${pageSize} bytes`);
  return pageSize;
}

function requireBtree(head: Uint8Array, database: string): void {
  if (head.length >= 16 && u32(head, MetaField.magic) === BTREE_MAGIC) return;
  if (head.every((byte) => byte === 0)) throw uncheckpointed(database, 'has nothing in its first page');
  for (const [start, what] of OTHER_FORMATS) if (startsWith(head, start)) throw alien(database, `is ${what}`);
  for (const at of MAGIC_PLACES) {
    if (at + 4 > head.length) continue;
    const magic = u32(head, at);
    const swapped = swap(magic);
    if (at === MetaField.magic && swapped === BTREE_MAGIC)
      throw unsupported(
        database,
        'is big-endian: it was written by a machine with the other order of bytes, and its row numbers are in that order, too',
        'Write its rows out with .dump in db5.3_sql on such a machine, and read them in with db5.3_sql on another one',
      );
    const kind = OTHER_KINDS.get(magic) ?? OTHER_KINDS.get(swapped);
    if (kind !== undefined) throw alien(database, `is ${kind} of Berkeley DB, not a database of Berkeley DB SQL`);
  }
  throw alien(database, 'is not a Berkeley DB file, or it is encrypted as a whole: it does not begin as one does');
}

function requireReadable(head: Uint8Array, database: string): void {
  const version = u32(head, MetaField.version);
  if (version < OLDEST_VERSION)
    throw unsupported(
      database,
      `has version ${version} of the btree format, which releases of Berkeley DB before 4 wrote; Waxwing reads ${OLDEST_VERSION} and ${BTREE_VERSION}`,
      'Bring a copy up to date with db5.3_upgrade',
    );
  if (version > BTREE_VERSION)
    throw unsupported(
      database,
      `has version ${version} of the btree format, which is newer than the ${BTREE_VERSION} of Berkeley DB 5.3`,
      'Write its rows out with .dump in the newer release and read them in with db5.3_sql',
    );
  if (head[MetaField.encryption] !== 0)
    throw unsupported(
      database,
      'is encrypted',
      'Write its rows out with .dump in db5.3_sql, which knows the key, and read them into a new file',
    );
  if (head[PageField.type] !== PageType.meta) throw alien(database, 'is damaged: its first page is not the page of a header');
  const flags = head[MetaField.metaFlags]!;
  if ((flags & 1) !== 0)
    throw unsupported(
      database,
      'has checksums in its pages',
      'Write its rows out with .dump in db5.3_sql and read them into a file without checksums',
    );
  if (flags !== 0)
    throw unsupported(database, 'is one part of a partitioned database', 'Write its rows out and read them into a single file');
  if ((u32(head, MetaField.flags) & TreeFlags.table) === 0)
    throw alien(database, 'is a single Berkeley DB btree without named databases in it, not a database of Berkeley DB SQL');
}

function alien(database: string, what: string): CorruptDatabaseError {
  return new CorruptDatabaseError(`The file for "${database}" cannot be opened as a Berkeley DB SQL database: it ${what}.`, {
    database,
  });
}

function unsupported(database: string, what: string, advice: string): NotSupportedError {
  return new NotSupportedError(`The Berkeley DB file for "${database}" ${what}. ${advice}.`, { database });
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let at = 0; at < text.length; at++) if (bytes[at] !== text.charCodeAt(at)) return false;
  return true;
}

function swap(word: number): number {
  return ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24)) >>> 0;
}
