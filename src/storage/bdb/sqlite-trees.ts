/** Knows the trees in the pages of a SQLite file, and tells what a commit of pages does to each of them. */
import type { Delta } from '../backend.ts';
import type { Pages, TreeChange } from './content.ts';

/** What the Berkeley DB file that follows the SQLite pages has so far. */
export interface Followed {
  /** The words in `metadb`. */
  readonly header: ReadonlyMap<number, number>;
  /** The number of the tree for each root page of SQLite. */
  readonly numbers: ReadonlyMap<number, number>;
}

/**
 * The structure of a committed SQLite file, kept so that a commit costs what it changes, however big the file is.
 *
 * @example
 * const { header, trees, numbers } = fromSqlite(committed, name);
 * const structure = new SqliteTrees(committed, { header, numbers }, name);
 * const changes = structure.changesOf(delta);
 * // now the delta may be applied to what `committed` reads
 */
export class SqliteTrees {
  constructor(_committed: Pages, _followed: Followed, _database: string) {}

  /**
   * What `delta` does to the trees, `metadb` among them. To be called for every delta, in order, before `committed` has it;
   * when it answers null or throws, this object is spent.
   * @returns null when the file is another one now: pages of another size, text in another encoding. Then start again with `fromSqlite`.
   * @throws CorruptDatabaseError when pages do not fit together.
   */
  changesOf(_delta: Delta): readonly TreeChange[] | null {
    return [];
  }
}
