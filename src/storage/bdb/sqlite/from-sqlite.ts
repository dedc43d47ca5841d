/** Reads the pages of a SQLite file as the trees of a Berkeley DB SQL file. */
import type { Entry, Pages, TreeContent } from '../content.ts';
import { treeName } from '../read/trees.ts';
import { inOrder } from './index-order.ts';
import { HEADER_BYTES, readSqliteHeader, wordsOf } from './sqlite-header.ts';
import { SqliteRecords } from './sqlite-records.ts';
import { rowidKey } from './sqlite-rowid.ts';
import { SCHEMA_NUMBER, SchemaReader, type SqliteTree } from './sqlite-schema.ts';
import { walkSqlite } from './sqlite-walk.ts';

/** A database as `writeBdb` takes it. */
export interface SqliteContent {
  /** What `metadb` shall say: `headerTree(header, sequences)` makes the tree. */
  readonly header: ReadonlyMap<number, number>;
  /** The number of the Berkeley DB tree for each root page of SQLite, counted from 1: `table00001` for page 1, odd for tables, even for indexes. */
  readonly numbers: ReadonlyMap<number, number>;
  /** All trees but `metadb`. Entries are made while they are walked over; keys and data are valid until the pages change. */
  readonly trees: readonly TreeContent[];
}

/**
 * The whole content of a SQLite database. `database` is its name for messages.
 * @throws CorruptDatabaseError when the pages are not a sound SQLite file.
 * @throws NotSupportedError when a table is WITHOUT ROWID, or an index is on an expression.
 *
 * @example
 * const { header, trees } = fromSqlite(sqlitePages(bytes, 'my_app.db'), 'my_app.db');
 * const file = writeBdb([headerTree(header), ...trees], { pageSize: 4096, fileId: newFileId() });
 */
export function fromSqlite(pages: Pages, database: string): SqliteContent {
  const head = pages.count === 0 ? new Uint8Array(HEADER_BYTES) : pages.page(0);
  const { usable, encoding } = pages.count === 0 ? { usable: pages.pageSize, encoding: 1 } : readSqliteHeader(head, database);
  const file = { pages, usable, database };
  const { trees, rows } = new SchemaReader(encoding, database).read(schemaRows(file));
  const list = [...trees.values()].sort((a, b) => a.number - b.number);
  return {
    header: wordsOf(head),
    numbers: new Map(list.map(({ root, number }) => [root, number])),
    trees: list.map((tree) => ({
      name: treeName(tree.number),
      order: tree.order,
      entries: tree.number === SCHEMA_NUMBER ? rows : entriesOf(file, tree),
    })),
  };
}

/** A SQLite file to be read. */
export interface SqliteSource {
  readonly pages: Pages;
  readonly usable: number;
  readonly database: string;
}

/** The rows of the schema's table as SQLite has them. */
export function schemaRows(file: SqliteSource): Iterable<Entry> {
  return file.pages.count === 0 ? [] : tableEntries(file, 'sqlite_master', 1);
}

function entriesOf(file: SqliteSource, tree: SqliteTree): Iterable<Entry> {
  return {
    [Symbol.iterator]: () => (tree.collations === null ? tableEntries(file, tree.name, tree.root) : indexEntries(file, tree)),
  };
}

function tableEntries(file: SqliteSource, name: string, root: number): Generator<Entry> {
  const { records, seen } = reading(file);
  return walkSqlite({ ...file, name, root, isTable: true, seen }, (cells) => ({
    key: rowidKey(cells.bytes, cells.rowid),
    data: records.read(cells),
  }));
}

/** SQLite's order is Berkeley DB SQL's as a rule, but not where an index is DESC, rowids are negative or numbers beyond 2⁵³. */
function indexEntries(file: SqliteSource, { name, root, splits, sorted, order }: SqliteTree): Iterator<Entry> {
  const { records, seen } = reading(file);
  const entries = walkSqlite({ ...file, name, root, isTable: false, seen }, (cells) => {
    const entry = records.indexEntry(cells, splits);
    if (entry === null) throw cells.damaged('has a record of an index that does not end in a rowid');
    return entry;
  });
  return inOrder(entries, order, sorted);
}

function reading({ pages, usable, database }: SqliteSource): { records: SqliteRecords; seen: Uint8Array } {
  const seen = new Uint8Array(pages.count + 1);
  return { records: new SqliteRecords(pages, usable, database, seen), seen };
}
