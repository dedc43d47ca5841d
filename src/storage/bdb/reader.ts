/** Opens a Berkeley DB SQL file: checks that it is one that can be read, and tells what is in it. */

import { NotSupportedError } from '../../errors.ts';
import type { Entry, Pages } from './content.ts';

/** One tree of the file. */
export interface Tree {
  readonly name: string;
  readonly kind: 'header' | 'table' | 'index';
  /** Its meta page. */
  readonly meta: number;
  /** Its root page. */
  readonly root: number;
}

/** A row of the schema. */
export interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  /** The number in the name of its tree; 0 for views and triggers. */
  readonly root: number;
  readonly sql: string | null;
}

/** A file that was opened. */
export interface BdbFile {
  readonly pages: Pages;
  readonly pageSize: number;
  /** The words of SQLite's header that `metadb` keeps, by number 1…8: 1 schema cookie, 2 format, 5 encoding, 6 user version, … Absent ones are 0. */
  readonly header: ReadonlyMap<number, number>;
  /** What `metadb` has besides, as it is: the records of sequences. */
  readonly sequences: readonly Entry[];
  /** Trees by name, in the order of the directory. */
  readonly trees: ReadonlyMap<string, Tree>;
  /** The rows of `table00001`, in order. */
  readonly schema: readonly SchemaRow[];
  /**
   * The entries of a tree, in order. Keys and data may be views of pages: copy what is to be kept longer than the page.
   * @throws CorruptDatabaseError when the tree is damaged, at the entry where that shows.
   */
  entries(name: string): Iterable<Entry>;
}

/**
 * Opens the file that `pages` are.
 * @throws CorruptDatabaseError when they are not a sound Berkeley DB SQL file.
 * @throws NotSupportedError when they are one of a kind that Waxwing does not read: encrypted, big-endian, …
 */
export function readBdb(_pages: Pages, database: string): BdbFile {
  throw new NotSupportedError('The reader is being written.', { database });
}
