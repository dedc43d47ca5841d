/** The directory of a Berkeley DB SQL file: which trees there are, and on which pages they begin. */
import { NotSupportedError } from '../../../errors.ts';
import { BTREE_MAGIC, BTREE_VERSION, MASTER_ROOT, MetaField, OLDEST_VERSION, PageType, TreeFlags, u32 } from './layout.ts';
import { byteOrder } from './order.ts';
import type { PageReader } from './page-reader.ts';
import { walkTree } from './tree-walk.ts';

/** One tree of the file. */
export interface Tree {
  /** `metadb`, or `table` and a number in at least five digits. */
  readonly name: string;
  /** What it has: words of SQLite's header, rows, or the entries of an index. */
  readonly kind: 'header' | 'table' | 'index';
  /** Its meta page. */
  readonly meta: number;
  /** Its root page. */
  readonly root: number;
  /** A number of its own among the owners of pages. */
  readonly owner: number;
}

/** The tree of the header's words. */
export const HEADER_TREE = 'metadb';

/** Whose the pages of the directory are. */
const DIRECTORY_OWNER = 1;
/** Whose the free pages are. */
export const FREE_OWNER = 2;
/** The owner of the first tree's pages. */
const FIRST_OWNER = 3;
const TREE_NAME = /^table(\d{5,15})$/;
const PAGE_BYTES = 4;

/**
 * The trees of tables and indexes by name, and `metadb`; what a dropped table left behind is not among them.
 * @throws CorruptDatabaseError when the directory or a meta page is damaged.
 * @throws NotSupportedError when a tree is kept in a way that Berkeley DB SQL 5.3 does not.
 */
export function readTrees(reader: PageReader): Map<string, Tree> {
  const trees = new Map<string, Tree>();
  const directory = { name: 'the directory', root: MASTER_ROOT, owner: DIRECTORY_OWNER, order: byteOrder, duplicates: false };
  let owner = FIRST_OWNER;
  for (const { key, data } of walkTree(reader, directory)) {
    const name = String.fromCharCode(...key.subarray(0, 64));
    const kind = kindOf(name);
    if (kind === null) continue;
    if (data.length !== PAGE_BYTES) throw reader.damaged(`the directory does not say where "${name}" is`);
    const meta = new DataView(data.buffer, data.byteOffset).getUint32(0);
    const root = rootOf(reader, name, kind, meta, owner);
    trees.set(name, { name, kind, meta, root, owner });
    owner++;
  }
  return trees;
}

/** The name of the tree of a table or an index by its number in the schema. */
export function treeName(number: number): string {
  return `table${String(number).padStart(5, '0')}`;
}

function kindOf(name: string): Tree['kind'] | null {
  if (name === HEADER_TREE) return 'header';
  const number = Number(TREE_NAME.exec(name)?.[1] ?? 0);
  if (number === 0 || name !== treeName(number)) return null;
  return number % 2 === 1 ? 'table' : 'index';
}

function rootOf(reader: PageReader, name: string, kind: Tree['kind'], number: number, owner: number): number {
  const meta = reader.page(number, [PageType.meta], owner, reader.startWalk());
  const version = u32(meta, MetaField.version);
  const isBtree = u32(meta, MetaField.magic) === BTREE_MAGIC && version >= OLDEST_VERSION && version <= BTREE_VERSION;
  if (!isBtree || u32(meta, MetaField.pageSize) !== reader.pageSize)
    throw reader.damaged(`page ${number}, where "${name}" begins, is not the page of a header`);
  const flags = u32(meta, MetaField.flags);
  if (kind === 'index' && (flags & TreeFlags.index) !== TreeFlags.index)
    throw unsupported(reader, `keeps the index "${name}" as Berkeley DB SQL 5.0 did`);
  if (meta[MetaField.encryption] !== 0 || meta[MetaField.metaFlags] !== 0)
    throw unsupported(reader, `keeps "${name}" encrypted, with checksums or in parts`);
  if (flags !== (kind === 'index' ? TreeFlags.index : TreeFlags.table))
    throw unsupported(reader, `keeps "${name}" in a way that Berkeley DB SQL 5.3 does not (flags 0x${flags.toString(16)})`);
  return u32(meta, MetaField.root);
}

function unsupported({ database }: PageReader, what: string): NotSupportedError {
  return new NotSupportedError(
    `The Berkeley DB file for "${database}" ${what}. Write its rows out with .dump in the db5.3_sql that made it, and read them into a new file.`,
    { database },
  );
}
