/** Compares the records in pages of a SQLite b-tree before and after a commit: what is in one of them only is the change. */
import type { Entry } from '../content.ts';
import { PageRole } from './page-owners.ts';
import { Cells } from './sqlite-cells.ts';
import { SqliteRecords } from './sqlite-records.ts';
import { rowidKey } from './sqlite-rowid.ts';
import type { SqliteTree } from './sqlite-schema.ts';
import type { PageComparison, TreePages } from './tree-pages.ts';

/** Entries that are not there any more, and those that are there now. */
export interface RowChanges {
  readonly removed: readonly Entry[];
  readonly added: readonly Entry[];
}

/** A cell with a record, on its page. */
interface RecordCell {
  readonly page: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly rowid: number;
  readonly record: number;
  readonly local: number;
  readonly length: number;
  readonly overflow: number;
  /** Of the bytes from start to end. */
  readonly hash: number;
  /** Another one with the same hash. */
  next: RecordCell | undefined;
}

const NOTHING = new Uint8Array();

/**
 * What the commit did to the records of `tree`. Of a table's rows that are removed only the key is given.
 * @throws CorruptDatabaseError when pages are damaged.
 */
export function compareRows(comparison: PageComparison, tree: SqliteTree, pages: TreePages): RowChanges {
  return new RowComparison(comparison, tree).run(pages);
}

/** Takes note of the overflow pages of the records in these pages, which are new. */
export function noteOverflow(
  { after, update, usable, database }: PageComparison,
  tree: number,
  pages: readonly number[],
  seen: Uint8Array,
): void {
  const records = new SqliteRecords(after, usable, database, seen);
  const cells = new Cells(usable, database);
  for (const page of pages) {
    if (!cells.open(after.page(page - 1), page).holdsRecords) continue;
    for (let index = 0; index < cells.count; index++)
      if (cells.read(index).overflow !== 0) update.putChain(records.chain(cells), tree, page);
  }
}

class RowComparison {
  readonly #comparison: PageComparison;
  readonly #tree: SqliteTree;
  readonly #before: Side;
  readonly #after: Side;

  constructor(comparison: PageComparison, tree: SqliteTree) {
    const { before, after, usable, database } = comparison;
    this.#comparison = comparison;
    this.#tree = tree;
    this.#before = {
      pages: before,
      cells: new Cells(usable, database),
      found: [],
      records: new SqliteRecords(before, usable, database),
    };
    this.#after = {
      pages: after,
      cells: new Cells(usable, database),
      found: [],
      records: new SqliteRecords(after, usable, database),
    };
  }

  run({ kept, gone, come }: TreePages): RowChanges {
    for (const page of kept) this.#comparePage(page);
    for (const page of gone) collect(this.#before, page);
    for (const page of come) collect(this.#after, page);
    const { removed, added } = this.#differ();
    return { removed: removed.map((cell) => this.#remove(cell)), added: added.map((cell) => this.#add(cell)) };
  }

  /** Most cells of a page are where they were: only those between the equal ones at both ends are looked at further. */
  #comparePage(page: number): void {
    const before = open(this.#before, page);
    const after = open(this.#after, page);
    let first = 0;
    let last = 0;
    if (before.kind === after.kind && before.holdsRecords) {
      const most = Math.min(before.count, after.count);
      while (first < most && this.#same(before.read(first), after.read(first))) first++;
      while (last < most - first && this.#same(before.read(before.count - 1 - last), after.read(after.count - 1 - last))) last++;
    }
    collect(this.#before, page, first, last);
    collect(this.#after, page, first, last);
  }

  /** A record with the same beginning and the same overflow pages is another one when those were written. */
  #same(a: Cells | RecordCell, b: Cells | RecordCell): boolean {
    return sameBytes(a, b) && (a.overflow === 0 || !this.#comparison.dirty.heads.has(a.overflow));
  }

  /** Records that moved to another page are on both sides. */
  #differ(): { removed: RecordCell[]; added: RecordCell[] } {
    const known = new Map<number, RecordCell>();
    for (const cell of this.#before.found) {
      cell.next = known.get(cell.hash);
      known.set(cell.hash, cell);
    }
    const added = this.#after.found.filter((cell) => !this.#cancel(known, cell));
    const removed: RecordCell[] = [];
    for (const first of known.values()) for (let cell: RecordCell | undefined = first; cell; cell = cell.next) removed.push(cell);
    return { removed, added };
  }

  /** Takes out of `known` what equals `cell`. */
  #cancel(known: Map<number, RecordCell>, cell: RecordCell): boolean {
    let last: RecordCell | undefined;
    for (let other = known.get(cell.hash); other !== undefined; last = other, other = other.next) {
      if (!this.#same(other, cell)) continue;
      if (last !== undefined) last.next = other.next;
      else if (other.next !== undefined) known.set(cell.hash, other.next);
      else known.delete(cell.hash);
      if (cell.overflow !== 0 && other.page !== cell.page)
        this.#comparison.update.put(cell.overflow, this.#tree.number, cell.page, PageRole.head);
      return true;
    }
    return false;
  }

  #remove(cell: RecordCell): Entry {
    const chain = this.#before.records.chain(cell);
    for (const page of chain) this.#comparison.update.clear(page);
    if (this.#tree.collations === null) return { key: rowidKey(cell.bytes, cell.rowid), data: NOTHING };
    return this.#indexEntry(this.#before, cell, chain);
  }

  #add(cell: RecordCell): Entry {
    const chain = this.#after.records.chain(cell);
    if (chain.length > 0) this.#comparison.update.putChain(chain, this.#tree.number, cell.page);
    if (this.#tree.collations !== null) return this.#indexEntry(this.#after, cell, chain);
    return { key: rowidKey(cell.bytes, cell.rowid), data: this.#after.records.read(cell, chain) };
  }

  #indexEntry({ records, cells }: Side, cell: RecordCell, chain: readonly number[]): Entry {
    const entry = records.indexEntry(cell, this.#tree.splits, chain);
    if (entry === null) throw cells.damaged('has a record of an index that does not end in a rowid');
    return entry;
  }
}

interface Side {
  readonly pages: PageComparison['before'];
  readonly cells: Cells;
  readonly records: SqliteRecords;
  readonly found: RecordCell[];
}

function open({ pages, cells }: Side, page: number): Cells {
  return cells.open(pages.page(page - 1), page);
}

/** Adds the cells of a page but the `first` ones and the `last` ones. */
function collect(side: Side, page: number, first = 0, last = 0): void {
  const cells = open(side, page);
  if (!cells.holdsRecords) return;
  for (let index = first; index < cells.count - last; index++) {
    const { bytes, start, end, rowid, record, local, length, overflow } = cells.read(index);
    const hash = hashOf(bytes, start, end);
    side.found.push({ page, bytes, start, end, rowid, record, local, length, overflow, hash, next: undefined });
  }
}

function sameBytes(a: Cells | RecordCell, b: Cells | RecordCell): boolean {
  const length = a.end - a.start;
  if (length !== b.end - b.start) return false;
  const { bytes: left, start: from } = a;
  const { bytes: right, start: to } = b;
  for (let at = 0; at < length; at++) if (left[from + at] !== right[to + at]) return false;
  return true;
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193);
  return hash;
}
