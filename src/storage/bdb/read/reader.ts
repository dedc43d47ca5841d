/** Opens a Berkeley DB SQL file: checks that it is one that can be read, and tells what is in it. */
import type { Entry, Pages, TreeOrder } from '../content.ts';
import type { SchemaObject } from '../sqlite/schema-record.ts';
import { SchemaReader } from '../sqlite/sqlite-schema.ts';
import { uncheckpointed } from './damage.ts';
import { pageSizeOf } from './first-page.ts';
import { ENCODING, FORMAT, NEWEST_FORMAT, readHeader } from './header-words.ts';
import { MASTER_ROOT, MetaField, PageField, PageType, u32 } from './layout.ts';
import { byteOrder, rowidOrder } from './order.ts';
import { PageReader } from './page-reader.ts';
import { isRecord, REAL, serialLength } from './record.ts';
import { readSchema, SCHEMA_TREE } from './schema-rows.ts';
import { walkTree } from './tree-walk.ts';
import { FREE_OWNER, HEADER_TREE, readTrees, type Tree, treeName } from './trees.ts';

/** A file as it was when it was opened. */
export interface BdbFile {
  readonly pages: Pages;
  readonly pageSize: number;
  /** The words of SQLite's header by number: 1 schema cookie, 2 format, 5 encoding, 6 user version, … Absent ones are 0. */
  readonly header: ReadonlyMap<number, number>;
  /** What `metadb` has besides, as it is: the records of sequences. */
  readonly sequences: readonly Entry[];
  /** Trees by name, in the order of the directory. */
  readonly trees: ReadonlyMap<string, Tree>;
  /** The rows of `table00001`, in order. */
  readonly schema: readonly SchemaObject[];
  /**
   * The entries of a tree, in order. Keys and data may be views of pages.
   * @throws CorruptDatabaseError when the tree is damaged, at the entry where that shows.
   */
  entries(name: string): Iterable<Entry>;
  /**
   * Looks at every page that is in use or on the free list, so that what builds on the file will not stumble later, and counts
   * the entries of each index.
   * Indexes have to be in the order that `orderOf` tells; unless told, in the one that the schema tells, as far as that can be relied on.
   * Returns how many pages nothing uses: a writer that died may have left some.
   * @throws CorruptDatabaseError when something is wrong.
   */
  requireSound(orderOf?: (index: string) => TreeOrder | null): number;
}

/**
 * Opens the file that `pages` are; `database` is its name for messages. Time and memory are bounded by the size of the file.
 * @throws CorruptDatabaseError when they are not a sound Berkeley DB SQL file, or one that was copied without its latest changes.
 * @throws NotSupportedError when they are one of a kind that Waxwing does not read: encrypted, big-endian, …
 *
 * @example
 * const file = readBdb(pagesOf(bytes, 'my_app.db'), 'my_app.db');
 * for (const { name, root } of file.schema) if (root % 2 === 1) count(name, file.entries(treeName(root)));
 */
export function readBdb(pages: Pages, database: string): BdbFile {
  pageSizeOf(pages.page(0), pages.count * pages.pageSize, database);
  return new OpenFile(new PageReader(pages, database), pages);
}

/** Collations that are an order. RTRIM is none for text with control characters; others are an application's own. */
const ORDERLY: ReadonlySet<string> = new Set(['BINARY', 'NOCASE']);

class OpenFile implements BdbFile {
  readonly pages: Pages;
  readonly header: ReadonlyMap<number, number>;
  readonly sequences: readonly Entry[];
  readonly trees: ReadonlyMap<string, Tree>;
  readonly schema: readonly SchemaObject[];
  readonly #reader: PageReader;

  constructor(reader: PageReader, pages: Pages) {
    this.#reader = reader;
    this.pages = pages;
    const first = pages.page(0);
    if (u32(first, PageField.number) !== 0 || u32(first, MetaField.root) !== MASTER_ROOT)
      throw reader.damaged('its first page is not that of a file');
    this.trees = readTrees(reader);
    if (!this.trees.has(HEADER_TREE)) {
      if (this.trees.size === 0) throw uncheckpointed(reader.database, 'has no schema');
      throw reader.damaged(`it has tables, and no "${HEADER_TREE}"`);
    }
    if (!this.trees.has(SCHEMA_TREE)) throw uncheckpointed(reader.database, 'has no schema');
    const { header, sequences } = readHeader(reader, this.entries(HEADER_TREE));
    this.header = header;
    this.sequences = sequences;
    this.schema = readSchema(reader, this.entries(SCHEMA_TREE), this.#encoding, this.trees);
  }

  get pageSize(): number {
    return this.pages.pageSize;
  }

  entries(name: string): Iterable<Entry> {
    return this.#walk(name, null);
  }

  requireSound(orderOf: (index: string) => TreeOrder | null = this.#orders()): number {
    const counts = new Map<string, number>();
    for (const { name, kind } of this.trees.values()) {
      if (kind === 'header') continue;
      const isEntry = kind === 'table' ? isRow : isIndexEntry;
      let count = 0;
      for (const entry of this.#walk(name, kind === 'index' ? orderOf(name) : null)) {
        count++;
        if (!isEntry(entry)) throw this.#reader.damaged(`entry ${count} of ${name} is not a record of SQLite`);
      }
      counts.set(name, count);
    }
    this.#requireFullIndexes(counts);
    this.#requireFreeList();
    return this.#reader.unmet;
  }

  #orders(): (index: string) => TreeOrder | null {
    // Here DESC counts, which it does nowhere else; such a file is written anew when it is changed.
    if ((this.header.get(FORMAT) ?? 0) >= NEWEST_FORMAT) return () => null;
    const numbers = new Map(this.schema.map(({ root }) => [root, root]));
    const { trees } = new SchemaReader(this.#encoding, this.#reader.database).read(this.entries(SCHEMA_TREE), numbers);
    const orders = new Map<string, TreeOrder>();
    for (const { number, order, collations } of trees.values())
      if (collations?.every((name) => ORDERLY.has(name))) orders.set(treeName(number), order);
    return (index) => orders.get(index) ?? null;
  }

  get #encoding(): number {
    return this.header.get(ENCODING) || 1;
  }

  #walk(name: string, indexOrder: TreeOrder | null): Iterable<Entry> {
    const tree = this.trees.get(name);
    if (tree === undefined) throw this.#reader.damaged(`it has no tree "${name}"`);
    const { kind, root, owner } = tree;
    const order = kind === 'index' ? indexOrder : kind === 'table' ? rowidOrder : byteOrder;
    return walkTree(this.#reader, { name, root, owner, order, duplicates: kind === 'index' });
  }

  /** Every row is in every index of its table: Berkeley DB SQL knows no partial ones. */
  #requireFullIndexes(counts: ReadonlyMap<string, number>): void {
    const rows = new Map<string, number | undefined>();
    for (const { type, name, root } of this.schema)
      if (type === 'table') rows.set(name.toLowerCase(), counts.get(treeName(root)));
    for (const { type, name, table, root } of this.schema) {
      const [found, wanted] = [counts.get(treeName(root)), rows.get(table.toLowerCase())];
      if (type === 'index' && wanted !== undefined && found !== wanted)
        throw this.#reader.damaged(
          `its index "${name}" has ${found} entries, and the table "${table}" ${wanted} rows: run REINDEX in db5.3_sql`,
        );
    }
  }

  #requireFreeList(): void {
    const walk = this.#reader.startWalk();
    let number = u32(this.pages.page(0), MetaField.free);
    while (number !== 0) number = u32(this.#reader.page(number, [PageType.free], FREE_OWNER, walk), PageField.next);
  }
}

function isRow({ data }: Entry): boolean {
  return isRecord(data);
}

/** With the rowid in the key, there is no data; else it is one number with its type before it. */
function isIndexEntry({ key, data }: Entry): boolean {
  if (!isRecord(key)) return false;
  const type = data[0];
  return type === undefined || (type > 0 && type < 10 && type !== REAL && data.length === 1 + serialLength(type));
}
