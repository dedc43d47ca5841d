/** Reads the cells of a page of a SQLite b-tree: rows, index records and the children of inner pages. */
import { CorruptDatabaseError } from '../../../errors.ts';
import { bigEndian, HEADER_BYTES } from './sqlite-header.ts';

/** The first byte of a page of a b-tree. */
export const PageKind: {
  readonly innerIndex: 2;
  readonly innerTable: 5;
  readonly indexLeaf: 10;
  readonly tableLeaf: 13;
} = { innerIndex: 2, innerTable: 5, indexLeaf: 10, tableLeaf: 13 };

/** How many bytes of a record stay in the page; the rest goes to overflow pages. */
export interface LocalLimits {
  readonly most: number;
  readonly least: number;
}

/** The limits for leaves of tables, or for pages of indexes, which keep four records at least. */
export function localLimits(usable: number, table: boolean): LocalLimits {
  const quarter = (share: number): number => Math.floor(((usable - 12) * share) / 255) - 23;
  return { most: table ? usable - 35 : quarter(64), least: quarter(32) };
}

/** The bytes of a record of `length` bytes that stay in the page. */
export function localLength(length: number, { most, least }: LocalLimits, usable: number): number {
  if (length <= most) return length;
  const fitting = least + ((length - least) % (usable - 4));
  return fitting <= most ? fitting : least;
}

/** The cells of one page, and of the next after `open`: what was read of a cell stands in the fields until the next `read`. */
export class Cells {
  readonly #usable: number;
  readonly #database: string;
  readonly #table: LocalLimits;
  readonly #index: LocalLimits;
  /** The page. */
  bytes: Uint8Array = new Uint8Array();
  /** Its number, from 1. */
  page = 0;
  kind = 0;
  count = 0;
  #head = 0;
  /** The cell without the number of a child: `start` to `end`. */
  start = 0;
  end = 0;
  /** Where the rowid of a row of a table is, as SQLite's variable-length number. */
  rowid = 0;
  /** Where the record begins, how many bytes of it are here, and how many it has in all. */
  record = 0;
  local = 0;
  length = 0;
  /** The first overflow page, or 0. */
  overflow = 0;

  constructor(usable: number, database: string) {
    this.#usable = usable;
    this.#database = database;
    this.#table = localLimits(usable, true);
    this.#index = localLimits(usable, false);
  }

  get inner(): boolean {
    return this.kind < PageKind.indexLeaf;
  }

  get table(): boolean {
    return this.kind === PageKind.innerTable || this.kind === PageKind.tableLeaf;
  }

  /** Whether the cells have rows or index records: all pages but the inner ones of tables. */
  get holdsRecords(): boolean {
    return this.kind !== PageKind.innerTable;
  }

  /** Looks at page `page`, which `bytes` are. */
  open(bytes: Uint8Array, page: number): this {
    const head = page === 1 ? HEADER_BYTES : 0;
    const kind = bytes[head]!;
    this.bytes = bytes;
    this.page = page;
    this.kind = kind;
    this.count = (bytes[head + 3]! << 8) | bytes[head + 4]!;
    if (kind !== 13 && kind !== 10 && kind !== 5 && kind !== 2) throw this.damaged('is not a page of a table or an index');
    this.#head = head + (kind < PageKind.indexLeaf ? 12 : 8);
    if (this.#head + 2 * this.count > this.#usable) throw this.damaged('has more cells than room');
    return this;
  }

  /** The child before cell `index`; the last one is at `count`. Only of inner pages. */
  child(index: number): number {
    return bigEndian(this.bytes, index === this.count ? this.#head - 4 : this.#at(index));
  }

  /** Reads cell `index`, not of an inner page of a table. */
  read(index: number): this {
    const { bytes, kind } = this;
    const start = this.#at(index) + (kind === PageKind.innerIndex ? 4 : 0);
    this.start = start;
    let at = start;
    let length = bytes[at++]!;
    if (length >= 0x80) {
      length &= 0x7f;
      let byte: number;
      do {
        byte = bytes[at++]!;
        length = length * 128 + (byte & 0x7f);
      } while (byte >= 0x80 && at < start + 9);
    }
    this.rowid = at;
    if (kind === PageKind.tableLeaf) for (const last = at + 8; bytes[at++]! >= 0x80 && at <= last; );
    this.record = at;
    this.length = length;
    const limits = kind === PageKind.tableLeaf ? this.#table : this.#index;
    const local = length <= limits.most ? length : localLength(length, limits, this.#usable);
    this.local = local;
    const end = at + local;
    const spills = local < length;
    this.end = spills ? end + 4 : end;
    if (!(this.end <= this.#usable)) throw this.damaged('has a cell that is longer than the page');
    this.overflow = spills ? bigEndian(bytes, end) : 0;
    return this;
  }

  damaged(how: string): CorruptDatabaseError {
    const database = this.#database;
    return new CorruptDatabaseError(`The database "${database}" is damaged: page ${this.page} ${how}.`, { database });
  }

  #at(index: number): number {
    const slot = this.#head + 2 * index;
    const at = (this.bytes[slot]! << 8) | this.bytes[slot + 1]!;
    if (at < this.#head || at + 4 > this.#usable) throw this.damaged('has a cell outside of itself');
    return at;
  }
}
