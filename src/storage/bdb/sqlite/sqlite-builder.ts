/** Builds a SQLite file page by page, its tables packed one behind the other. */
import { CHUNK, MemoryFile } from '../../volume.ts';
import type { Entry } from '../content.ts';
import { type LocalLimits, localLength, localLimits, PageKind } from './sqlite-cells.ts';
import { HEADER_BYTES, putBigEndian } from './sqlite-header.ts';
import { putRowid, putVarint, varintBytes } from './sqlite-rowid.ts';

/** The byte that processes lock to have a file for themselves; its page is left out. */
const LOCK_BYTE = 0x4000_0000;
/** Bytes of a page header. */
const LEAF_HEAD = 8;
const INNER_HEAD = 12;
/** The most that a rowid takes, and the number of a child before it, and the slot of a cell. */
const MOST_ROWID = 9;
const CHILD = 4;
const SLOT = 2;

/** A page below an inner page, with the last rowid in it. */
interface Child {
  readonly page: number;
  readonly last: Uint8Array;
}

/** A file that grows. Page 1 is there from the start, with room for the file's header. */
export class SqliteBuilder {
  readonly pageSize: number;
  readonly #limits: LocalLimits;
  readonly #chunks: Uint8Array[] = [];
  #count = 0;

  constructor(pageSize: number) {
    this.pageSize = pageSize;
    this.#limits = localLimits(pageSize, true);
    this.allocate();
  }

  /** Pages so far. */
  get count(): number {
    return this.#count;
  }

  /** A new page of zeros. */
  allocate(): number {
    this.#grow();
    if ((this.#count - 1) * this.pageSize === LOCK_BYTE) this.#grow();
    return this.#count;
  }

  /** The bytes of a page, to be written to. */
  page(number: number): Uint8Array {
    const at = (number - 1) * this.pageSize;
    return this.#chunks[Math.floor(at / CHUNK)]!.subarray(at % CHUNK, (at % CHUNK) + this.pageSize);
  }

  /** Makes the page the root of an index without entries. */
  index(root: number): void {
    new Draft(this.pageSize, root).write(this.page(root), root, PageKind.indexLeaf);
  }

  /** Puts the rows, which come in order, into a table; tells how many there were. */
  table(root: number, rows: Iterable<Entry>): number {
    const draft = new Draft(this.pageSize, root);
    const children: Child[] = [];
    let last: Uint8Array | null = null;
    let count = 0;
    for (const { key, data } of rows) {
      const local = localLength(data.length, this.#limits, this.pageSize);
      const most = Math.max(4, varintBytes(data.length) + MOST_ROWID + local + CHILD);
      if (!draft.fits(most) && last !== null) children.push(this.#leaf(draft, last));
      this.#row(draft, key, data, local);
      last = key;
      count++;
    }
    if (children.length === 0 || last === null) draft.write(this.page(root), root, PageKind.tableLeaf);
    else this.#inner(root, [...children, this.#leaf(draft, last)]);
    return count;
  }

  /** The file, which this builder must not be used for any more. */
  finish(): MemoryFile {
    const size = this.#count * this.pageSize;
    const last = this.#chunks.length - 1;
    this.#chunks[last] = this.#chunks[last]!.slice(0, size - last * CHUNK);
    return new MemoryFile(this.#chunks, size);
  }

  #grow(): void {
    if (this.#count * this.pageSize === this.#chunks.length * CHUNK) this.#chunks.push(new Uint8Array(CHUNK));
    this.#count++;
  }

  #leaf(draft: Draft, last: Uint8Array): Child {
    const page = this.allocate();
    draft.write(this.page(page), page, PageKind.tableLeaf);
    // A copy, as the key may be a view of a page that nobody else needs any more.
    return { page, last: last.slice() };
  }

  #row(draft: Draft, key: Uint8Array, data: Uint8Array, local: number): void {
    const { cell } = draft;
    let at = putRowid(cell, putVarint(cell, 0, data.length), key);
    cell.set(local === data.length ? data : data.subarray(0, local), at);
    at += local;
    if (local < data.length) {
      putBigEndian(cell, at, this.#overflow(data, local));
      at += CHILD;
    }
    draft.add(Math.max(at, 4));
  }

  #overflow(data: Uint8Array, from: number): number {
    const room = this.pageSize - CHILD;
    const first = this.allocate();
    for (let at = from, page = first; at < data.length; at += room) {
      const bytes = this.page(page);
      bytes.set(data.subarray(at, at + room), CHILD);
      if (at + room >= data.length) break;
      page = this.allocate();
      putBigEndian(bytes, 0, page);
    }
    return first;
  }

  /** Inner pages over the children, as many as it takes, level over level. */
  #inner(root: number, children: readonly Child[]): void {
    const draft = new Draft(this.pageSize, root);
    const most = Math.floor((draft.room - INNER_HEAD) / (CHILD + MOST_ROWID + SLOT)) + 1;
    const pages = Math.ceil(children.length / most);
    if (pages === 1) {
      this.#innerPage(draft, root, children);
      return;
    }
    // As many for each, so that none gets a single child.
    const above = Array.from({ length: pages }, (_, index) => {
      const from = Math.floor((index * children.length) / pages);
      const part = children.slice(from, Math.floor(((index + 1) * children.length) / pages));
      const page = this.allocate();
      this.#innerPage(draft, page, part);
      return { page, last: part.at(-1)!.last };
    });
    this.#inner(root, above);
  }

  #innerPage(draft: Draft, page: number, children: readonly Child[]): void {
    for (const { page: child, last } of children.slice(0, -1)) {
      putBigEndian(draft.cell, 0, child);
      draft.add(putRowid(draft.cell, CHILD, last));
    }
    const bytes = this.page(page);
    draft.write(bytes, page, PageKind.innerTable);
    putBigEndian(bytes, headAt(page) + LEAF_HEAD, children.at(-1)!.page);
  }
}

/** A page that is being filled, with cells from its end downwards. */
class Draft {
  /** Where the next cell is put together. */
  readonly cell: Uint8Array;
  /** Bytes for headers, slots and cells. */
  readonly room: number;
  readonly #bytes: Uint8Array;
  readonly #slots: number[] = [];
  #top: number;

  /** For pages of the tree with this root, whose header is the longest that any of them has. */
  constructor(pageSize: number, root: number) {
    this.#bytes = new Uint8Array(pageSize);
    this.cell = new Uint8Array(pageSize);
    this.room = pageSize - headAt(root);
    this.#top = pageSize;
  }

  fits(length: number): boolean {
    return this.#bytes.length - this.#top + (this.#slots.length + 1) * SLOT + LEAF_HEAD + length <= this.room;
  }

  /** Adds the first `length` bytes of `cell`. */
  add(length: number): void {
    this.#top -= length;
    this.#slots.push(this.#top);
    this.#bytes.set(this.cell.subarray(0, length), this.#top);
  }

  /** Writes the page and begins the next. */
  write(into: Uint8Array, page: number, kind: number): void {
    const head = headAt(page);
    into[head] = kind;
    putTwo(into, head + 3, this.#slots.length);
    putTwo(into, head + 5, this.#top);
    let slot = head + (kind === PageKind.innerTable ? INNER_HEAD : LEAF_HEAD);
    for (const at of this.#slots) slot = putTwo(into, slot, at);
    into.set(this.#bytes.subarray(this.#top), this.#top);
    this.#slots.length = 0;
    this.#top = this.#bytes.length;
  }
}

function headAt(page: number): number {
  return page === 1 ? HEADER_BYTES : 0;
}

/** Two bytes, the highest first; 65536 is written as 0. */
function putTwo(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
  return at + 2;
}
