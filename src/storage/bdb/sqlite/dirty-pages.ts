/** Where the pages that a commit wrote stand in the trees as they were before it. */
import { type PageOwners, PageRole } from './page-owners.ts';

/** Pages count from 1. */
export class DirtyPages {
  /** Trees that had one of the pages. */
  readonly trees: Set<number> = new Set();
  /** Pages of trees whose records may be others now: they, or an overflow page of a record in them, were written. */
  readonly touched: Set<number> = new Set();
  /** Records, by their first overflow page, of which an overflow page was written. */
  readonly heads: Set<number> = new Set();
  /** Touched pages and all above them, each with those below it that are here too. */
  readonly #below = new Map<number, number[]>();

  /** @param dirty pages counted from 0 */
  constructor(owners: PageOwners, dirty: ArrayLike<number>) {
    for (let index = 0; index < dirty.length; index++) {
      let page = dirty[index]! + 1;
      const role = owners.role(page);
      if (role === PageRole.none) continue;
      if (role === PageRole.chain) page = owners.parent(page);
      if (role !== PageRole.tree) {
        this.heads.add(page);
        page = owners.parent(page);
      }
      this.touched.add(page);
      this.trees.add(owners.owner(page));
      this.#climb(owners, page);
    }
  }

  /** Whether the page is touched, or one below it. */
  has(page: number): boolean {
    return this.#below.has(page);
  }

  /** The pages right below this one that are touched, or above a touched one. */
  below(page: number): readonly number[] {
    return this.#below.get(page) ?? [];
  }

  #climb(owners: PageOwners, touched: number): void {
    if (this.#below.has(touched)) return;
    this.#below.set(touched, []);
    for (let page = touched, parent = owners.parent(page); parent !== 0; page = parent, parent = owners.parent(page)) {
      const known = this.#below.get(parent);
      if (known !== undefined) {
        known.push(page);
        return;
      }
      this.#below.set(parent, [page]);
    }
  }
}
