/** Knows the trees in the pages of a SQLite file, and tells what a commit of pages does to each of them. */
import type { Entry, Pages, TreeChange } from '../content.ts';
import { treeName } from '../read/trees.ts';
import { headerChange } from '../write/header-tree.ts';
import { DirtyPages } from './dirty-pages.ts';
import { schemaRows } from './from-sqlite.ts';
import { OwnersUpdate, PageOwners } from './page-owners.ts';
import { compareRows, noteOverflow, type RowChanges } from './row-changes.ts';
import { HEADER_BYTES, readSqliteHeader, type SqliteHeader, Word, wordsOf } from './sqlite-header.ts';
import { SCHEMA_NUMBER, SchemaReader, type SqliteSchema, type SqliteTree } from './sqlite-schema.ts';
import { comparePages, type PageComparison } from './tree-pages.ts';

/** What the Berkeley DB file that follows the SQLite pages has so far. */
export interface Followed {
  /** The words in `metadb`. */
  readonly header: ReadonlyMap<number, number>;
  /** The number of the tree for each root page of SQLite. */
  readonly numbers: ReadonlyMap<number, number>;
}

/** A committed file before and after one or more commits. */
export interface Commit {
  readonly before: Pages;
  readonly after: Pages;
  /** Numbers of the pages, counted from 0, that are not as they were; in any order. */
  readonly dirty: ArrayLike<number>;
}

/** Files of this format have their index records in another order. */
const DESCENDING_FORMAT = 4;

/**
 * The structure of a committed SQLite file, kept so that a commit costs what it changes, however big the file is.
 *
 * @example
 * const { header, trees, numbers } = fromSqlite(pages, name);
 * const structure = new SqliteTrees(pages, { header, numbers }, name);
 * const changes = structure.changesOf({ before: pages, after, dirty: delta.pages });
 */
export class SqliteTrees {
  readonly #database: string;
  readonly #owners: PageOwners;
  #file: SqliteHeader;
  #words: ReadonlyMap<number, number>;
  #schema: SqliteSchema;

  /** @throws CorruptDatabaseError when the pages are not a sound SQLite file. */
  constructor(pages: Pages, { header, numbers }: Followed, database: string) {
    this.#database = database;
    this.#owners = new PageOwners(database);
    this.#words = header;
    this.#file = headerOf(pages, database);
    this.#schema = this.#readSchema(pages, numbers);
    if (pages.count === 0) return;
    const comparison = this.#comparison({ before: pages, after: pages, dirty: [] });
    const seen = new Uint8Array(pages.count + 1);
    for (const { root, number, collations } of this.#schema.trees.values()) {
      const { come } = comparePages(comparison, { number, isTable: collations === null, from: 0, to: root });
      noteOverflow(comparison, number, come, seen);
    }
    this.#owners.apply(comparison.update);
  }

  /**
   * What a commit does to the trees, `metadb` among them. Entries may be views of pages of both sides; of rows that are
   * removed from tables, and from `metadb`, only the key counts. When it answers null or throws, this object is spent.
   * @returns null when the file is another one now: pages of another size, text in another encoding. Then start again with `fromSqlite`.
   * @throws CorruptDatabaseError when pages do not fit together.
   */
  changesOf(commit: Commit): readonly TreeChange[] | null {
    const { before, after } = commit;
    if (after.count === 0) return before.count === 0 ? [] : null;
    if ((this.#words.get(Word.format) ?? 0) >= DESCENDING_FORMAT) return null;
    const file = headerOf(after, this.#database);
    if (before.count > 0 && !isAlike(file, this.#file)) return null;
    this.#file = file;
    const words = wordsOf(after.page(0), this.#words);
    const comparison = this.#comparison(commit);
    const header = headerChange(this.#words, words);
    const changes = [...(header === null ? [] : [header]), ...this.#treeChanges(comparison)];
    this.#owners.apply(comparison.update);
    this.#words = words;
    return changes;
  }

  #comparison({ before, after, dirty }: Commit): PageComparison {
    return {
      before,
      after,
      owners: this.#owners,
      dirty: new DirtyPages(this.#owners, dirty),
      update: new OwnersUpdate(after.count),
      usable: this.#file.usable,
      database: this.#database,
    };
  }

  #readSchema(pages: Pages, numbers: ReadonlyMap<number, number> | undefined, before?: Iterable<SqliteTree>): SqliteSchema {
    const { usable, encoding } = this.#file;
    const rows = schemaRows({ pages, usable, database: this.#database });
    return new SchemaReader(encoding, this.#database).read(rows, numbers, before);
  }

  #treeChanges(comparison: PageComparison): TreeChange[] {
    const { dirty, update } = comparison;
    const before = new Map([...this.#schema.trees.values()].map((tree) => [tree.number, tree]));
    const rows = this.#nextSchema(comparison);
    const changes: TreeChange[] =
      rows === null || isNothing(rows) ? [] : [{ ...changeOf(before.get(SCHEMA_NUMBER)!, 'changed'), ...rows }];
    for (const tree of this.#schema.trees.values()) {
      const known = before.get(tree.number);
      before.delete(tree.number);
      if (tree.number === SCHEMA_NUMBER) continue;
      if (known !== undefined && known.root === tree.root && !dirty.trees.has(tree.number)) continue;
      const found = this.#compare(comparison, tree, known?.root ?? 0);
      if (known !== undefined && isNothing(found)) continue;
      changes.push({ ...changeOf(tree, known === undefined ? 'created' : 'changed'), ...found });
    }
    for (const tree of before.values()) {
      update.dropped.add(tree.number);
      changes.push(changeOf(tree, 'dropped'));
    }
    return changes;
  }

  /** Reads the schema again when its table changed; what that does to the rows of the table as Berkeley DB SQL has them. */
  #nextSchema(comparison: PageComparison): RowChanges | null {
    const { before, after, dirty } = comparison;
    if (before.count > 0 && !dirty.trees.has(SCHEMA_NUMBER)) return null;
    const tree = this.#schema.trees.get(1)!;
    if (isNothing(this.#compare(comparison, tree, before.count === 0 ? 0 : 1))) return null;
    const { rows, trees } = this.#schema;
    this.#schema = this.#readSchema(after, undefined, trees.values());
    return differenceOf(rows, this.#schema.rows);
  }

  #compare(comparison: PageComparison, tree: SqliteTree, from: number): RowChanges {
    const { number, root, collations } = tree;
    return compareRows(comparison, tree, comparePages(comparison, { number, isTable: collations === null, from, to: root }));
  }
}

function headerOf(pages: Pages, database: string): SqliteHeader {
  if (pages.count === 0) return { pageSize: pages.pageSize, usable: pages.pageSize, encoding: 1 };
  return readSqliteHeader(pages.page(0).subarray(0, HEADER_BYTES), database);
}

function isAlike(a: SqliteHeader, b: SqliteHeader): boolean {
  return a.pageSize === b.pageSize && a.usable === b.usable && a.encoding === b.encoding;
}

function changeOf({ number, order }: SqliteTree, what: TreeChange['what']): TreeChange {
  return { name: treeName(number), order, what, removed: [], added: [] };
}

function isNothing({ removed, added }: RowChanges): boolean {
  return removed.length === 0 && added.length === 0;
}

/** A row that is the same in SQLite may be another one here, as the numbers of trees are our own. */
function differenceOf(before: readonly Entry[], after: readonly Entry[]): RowChanges {
  const known = new Set(before.map(textOf));
  const now = new Set(after.map(textOf));
  return {
    removed: before.filter((entry) => !now.has(textOf(entry))),
    added: after.filter((entry) => !known.has(textOf(entry))),
  };
}

function textOf({ key, data }: Entry): string {
  return `${key} ${data}`;
}
