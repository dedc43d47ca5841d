/** Walks a tree of a Berkeley DB file from its root down and yields its entries in order, checking every step. */
import type { Entry, TreeOrder } from '../content.ts';
import { ItemType, MOST_LEVELS, overflowCapacity, PageField, PageType, u16, u32 } from './layout.ts';
import { compareBytes, rowidOrder } from './order.ts';
import type { PageReader } from './page-reader.ts';

/** What is walked. */
export interface Walked {
  /** For messages. */
  readonly name: string;
  readonly root: number;
  /** Whose pages these are: a number of its own for each tree of the file. */
  readonly owner: number;
  /** Checked, with the keys of inner pages, where it is known. */
  readonly order: TreeOrder | null;
  /** Whether a key may have several data items. */
  readonly duplicates: boolean;
}

/**
 * The entries of the tree.
 * @throws CorruptDatabaseError at the first thing that is wrong.
 */
export function walkTree(reader: PageReader, tree: Walked): Generator<Entry> {
  return new TreeWalk(reader, tree).entries();
}

/** The type of leaves: pairs, or data of one key. */
type LeafType = typeof PageType.leaf | typeof PageType.duplicateLeaf;

interface Leaf {
  readonly number: number;
  readonly page: Uint8Array;
}

/** An inner page, and how far the walk is in it. */
interface Inner extends Leaf {
  readonly slots: number;
  slot: number;
}

const ROWID_BYTES = 8;
const NOTHING = new Uint8Array(0);

class TreeWalk {
  readonly #reader: PageReader;
  readonly #tree: Walked;
  readonly #walk: number;

  constructor(reader: PageReader, tree: Walked) {
    this.#reader = reader;
    this.#tree = tree;
    this.#walk = reader.startWalk();
  }

  *entries(): Generator<Entry> {
    const { root, order } = this.#tree;
    const keys = new Sequence(order?.compare ?? null);
    for (const leaf of this.#leaves(root, PageType.leaf, keys)) yield* this.#pairs(leaf, keys);
  }

  /** The leaves below a root, from left to right; `keys` hears of the keys between them. */
  *#leaves(root: number, leafType: LeafType, keys: Sequence): Generator<Leaf> {
    const path: Inner[] = [];
    const types = [PageType.inner, leafType];
    let last: Leaf | null = null;
    for (let number = root; ; ) {
      const page = this.#reader.page(number, types, this.#tree.owner, this.#walk);
      this.#requireLevel(number, page, path.at(-1));
      if (page[PageField.type] === leafType) {
        this.#requireLink(last, number, page);
        yield (last = { number, page });
      } else path.push({ number, page, slots: u16(page, PageField.slots), slot: 0 });
      while (path.length > 0 && path.at(-1)!.slot === path.at(-1)!.slots) path.pop();
      const inner = path.at(-1);
      if (inner === undefined) break;
      number = this.#child(inner, keys);
    }
    this.#requireLink(last, 0, null);
  }

  #requireLevel(number: number, page: Uint8Array, above: Inner | undefined): void {
    const level = page[PageField.level]!;
    const isInner = page[PageField.type] === PageType.inner;
    const expected = above === undefined ? level : above.page[PageField.level]! - 1;
    if (level !== expected || level > MOST_LEVELS || (isInner ? level < 2 : level !== 1))
      throw this.#damaged(`page ${number} tells of level ${level}, which it cannot be on`);
    if (isInner && u16(page, PageField.slots) === 0) throw this.#damaged(`page ${number} leads nowhere`);
  }

  #requireLink(last: Leaf | null, number: number, page: Uint8Array | null): void {
    const before = last?.number ?? 0;
    if (last !== null && u32(last.page, PageField.next) !== number)
      throw this.#damaged(`behind page ${before} comes page ${number}, and not page ${u32(last.page, PageField.next)}`);
    if (page !== null && u32(page, PageField.previous) !== before)
      throw this.#damaged(`before page ${number} comes page ${before}, and not page ${u32(page, PageField.previous)}`);
  }

  /** The page that the next slot of an inner page leads to. */
  #child(inner: Inner, keys: Sequence): number {
    const { number, page, slot } = inner;
    const at = this.#reader.offset(number, page, slot);
    // The first key is compared with nothing and can be any, but what it has in overflow pages is its own.
    const key = this.#reader.innerKey(number, page, at, this.#tree.owner, this.#walk);
    if (slot > 0 && !keys.bounds(key)) throw this.#damaged(`slot ${slot} of page ${number} is out of order`);
    inner.slot++;
    return u32(page, at + 4);
  }

  /** The pairs of a leaf. Those of one key have the same key item. */
  *#pairs({ number, page }: Leaf, keys: Sequence): Generator<Entry> {
    const { name, owner, order, duplicates } = this.#tree;
    const reader = this.#reader;
    const room = new Room(overflowCapacity(reader.pageSize));
    let keyAt = -1;
    let key: Uint8Array = NOTHING;
    let data: Sequence | null = null;
    for (let slot = 0; slot < u16(page, PageField.slots); slot += 2) {
      const at = reader.offset(number, page, slot);
      const dataAt = reader.offset(number, page, slot + 1);
      const isNew = at !== keyAt;
      const used = reader.itemLength(number, page, dataAt) + (isNew ? reader.itemLength(number, page, at) : 0);
      if (!room.has(used)) throw this.#damaged(`the items of page ${number} overlap`);
      if (isNew) {
        keyAt = at;
        key = reader.item(number, page, at, owner, this.#walk);
        data = null;
        if (order === rowidOrder && key.length !== ROWID_BYTES) throw this.#damaged(`slot ${slot} of page ${number} is no rowid`);
        if (!keys.takes(key)) throw this.#damaged(`slot ${slot} of page ${number} is out of order`);
      } else if (!duplicates) throw this.#damaged(`slot ${slot} of page ${number} has a key that is there before`);
      data ??= new Sequence(compareBytes);
      if (((page[at + 2]! | page[dataAt + 2]!) & ItemType.deleted) !== 0) continue;
      if (page[dataAt + 2] === ItemType.duplicates) {
        if (!duplicates) throw this.#damaged(`${name} has several rows for the key in slot ${slot} of page ${number}`);
        yield* this.#duplicates(key, u32(page, dataAt + 4), data);
        continue;
      }
      const item = reader.item(number, page, dataAt, owner, this.#walk);
      if (duplicates && !data.takes(item)) throw this.#damaged(`slot ${slot + 1} of page ${number} is out of order`);
      yield { key, data: item };
    }
  }

  /** The data of one key that has a tree of its own. */
  *#duplicates(key: Uint8Array, root: number, data: Sequence): Generator<Entry> {
    const reader = this.#reader;
    for (const { number, page } of this.#leaves(root, PageType.duplicateLeaf, data)) {
      const room = new Room(overflowCapacity(reader.pageSize));
      for (let slot = 0; slot < u16(page, PageField.slots); slot++) {
        const at = reader.offset(number, page, slot);
        if (!room.has(reader.itemLength(number, page, at))) throw this.#damaged(`the items of page ${number} overlap`);
        const item = reader.item(number, page, at, this.#tree.owner, this.#walk);
        if (!data.takes(item)) throw this.#damaged(`slot ${slot} of page ${number} is out of order`);
        if ((page[at + 2]! & ItemType.deleted) === 0) yield { key, data: item };
      }
    }
  }

  #damaged(what: string): Error {
    return this.#reader.damaged(`${what} (in ${this.#tree.name})`);
  }
}

/** Keys, or data of one key, as they are met: finds what is out of order. */
class Sequence {
  readonly #compare: TreeOrder['compare'] | null;
  #last: Uint8Array | null = null;
  #bound: Uint8Array | null = null;

  constructor(compare: TreeOrder['compare'] | null) {
    this.#compare = compare;
  }

  /** False when the key is not behind the last one, or before the key of the inner page that led to it. */
  takes(key: Uint8Array): boolean {
    const compare = this.#compare;
    if (compare === null) return true;
    const isBehind = this.#last === null || compare(this.#last, key) < 0;
    const isBound = this.#bound === null || compare(this.#bound, key) <= 0;
    this.#last = key;
    this.#bound = null;
    return isBehind && isBound;
  }

  /** Takes the key of an inner page, below which there is what comes next; false when it is not behind the last one. */
  bounds(key: Uint8Array): boolean {
    this.#bound = key;
    return this.#compare === null || this.#last === null || this.#compare(this.#last, key) < 0;
  }
}

/** The room of a page, so that items that overlap cannot be more than a page holds. */
class Room {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  has(bytes: number): boolean {
    return (this.#left -= bytes) >= 0;
  }
}
