/** Remembers of each page of a SQLite file which tree it belongs to and what leads to it: enough to find a changed page's way up. */
import { CorruptDatabaseError } from '../../../errors.ts';

/** What a page is for its tree. */
export const PageRole: {
  readonly none: 0;
  readonly tree: 1;
  /** The first overflow page of a record. */
  readonly head: 2;
  /** A further one. */
  readonly chain: 3;
} = { none: 0, tree: 1, head: 2, chain: 3 };

/** Pages count from 1, as SQLite has them. A page that is free, or beyond the end, has the role `none`. */
export class PageOwners {
  readonly #database: string;
  /** The number of the tree. */
  #owners = new Uint32Array();
  /** Of a page of a tree the inner page above, 0 for the root; of a head the page with the cell; of the rest the head. */
  #parents = new Uint32Array();
  #roles = new Uint8Array();

  constructor(database: string) {
    this.#database = database;
  }

  owner(page: number): number {
    return this.#owners[page] ?? 0;
  }

  parent(page: number): number {
    return this.#parents[page] ?? 0;
  }

  role(page: number): number {
    return this.#roles[page] ?? PageRole.none;
  }

  /** Whether a page of the tree itself: not one with the rest of a record. */
  isTreePage(page: number, tree: number): boolean {
    return this.#owners[page] === tree && this.#roles[page] === PageRole.tree;
  }

  /** Puts an update into effect. */
  apply(update: OwnersUpdate): void {
    this.#reserve(update.count);
    for (const page of update.cleared) this.#roles[page] = this.#owners[page] = 0;
    if (update.dropped.size > 0) this.#drop(update.dropped);
    const { set } = update;
    for (let at = 0; at < set.length; at += 4) {
      const page = set[at]!;
      const tree = set[at + 1]!;
      if (this.#roles[page] !== PageRole.none && this.#owners[page] !== tree) throw this.#shared(page);
      this.#owners[page] = tree;
      this.#parents[page] = set[at + 2]!;
      this.#roles[page] = set[at + 3]!;
    }
  }

  #drop(trees: ReadonlySet<number>): void {
    for (let page = 1; page < this.#owners.length; page++)
      if (trees.has(this.#owners[page]!)) this.#roles[page] = this.#owners[page] = 0;
  }

  /** Makes room for the pages up to `count`. */
  #reserve(count: number): void {
    if (count < this.#roles.length) return;
    const length = Math.max(count + 1, Math.ceil(this.#roles.length * 1.5));
    const [owners, parents, roles] = [new Uint32Array(length), new Uint32Array(length), new Uint8Array(length)];
    owners.set(this.#owners);
    parents.set(this.#parents);
    roles.set(this.#roles);
    [this.#owners, this.#parents, this.#roles] = [owners, parents, roles];
  }

  #shared(page: number): CorruptDatabaseError {
    const database = this.#database;
    return new CorruptDatabaseError(
      `The database "${database}" is damaged: page ${page} belongs to two of its tables or indexes.`,
      {
        database,
      },
    );
  }
}

/** What a commit does to the owners of pages: pages are let go first, as others may take them. */
export class OwnersUpdate {
  /** The last page afterwards. */
  readonly count: number;
  readonly cleared: number[] = [];
  readonly dropped: Set<number> = new Set();
  /** Page, tree, parent and role of each page that is new in its place. */
  readonly set: number[] = [];

  constructor(count: number) {
    this.count = count;
  }

  clear(page: number): void {
    this.cleared.push(page);
  }

  put(page: number, tree: number, parent: number, role: number): void {
    this.set.push(page, tree, parent, role);
  }

  /** The pages of the rest of a record whose cell is on `page`. */
  putChain(chain: readonly number[], tree: number, page: number): void {
    const head = chain[0]!;
    this.put(head, tree, page, PageRole.head);
    for (let index = 1; index < chain.length; index++) this.put(chain[index]!, tree, head, PageRole.chain);
  }
}
