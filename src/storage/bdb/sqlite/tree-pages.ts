/** Finds out which pages a SQLite b-tree lost, got and kept in a commit, by going down only where pages were written. */
import type { Pages } from '../content.ts';
import type { DirtyPages } from './dirty-pages.ts';
import { type OwnersUpdate, type PageOwners, PageRole } from './page-owners.ts';
import { Cells } from './sqlite-cells.ts';
import { MOST_DEPTH } from './sqlite-walk.ts';

/** What happened to the pages of a tree, counted from 1. */
export interface TreePages {
  /** Pages that it had before and has now, and whose records may be others. */
  readonly kept: readonly number[];
  /** Pages that it had before. SQLite does not write those that it frees. */
  readonly gone: readonly number[];
  /** Pages that it has now. */
  readonly come: readonly number[];
}

/** A tree, before and after. */
export interface Compared {
  readonly number: number;
  readonly isTable: boolean;
  /** The root page before; 0 when the tree was not there. */
  readonly from: number;
  /** The root page after. */
  readonly to: number;
}

/** A commit, for one tree after the other. */
export interface PageComparison {
  readonly before: Pages;
  readonly after: Pages;
  readonly owners: PageOwners;
  readonly dirty: DirtyPages;
  readonly update: OwnersUpdate;
  readonly usable: number;
  readonly database: string;
}

/** @throws CorruptDatabaseError when the pages are not a tree. */
export function comparePages(comparison: PageComparison, tree: Compared): TreePages {
  return new TreeDescent(comparison, tree).run();
}

class TreeDescent {
  readonly #comparison: PageComparison;
  readonly #tree: Compared;
  readonly #cells: Cells;
  readonly #kept: number[] = [];
  readonly #gone: number[] = [];
  readonly #come: number[] = [];
  /** Pages that a page which was written, or is new, leads to now. */
  readonly #reached = new Set<number>();

  constructor(comparison: PageComparison, tree: Compared) {
    this.#comparison = comparison;
    this.#tree = tree;
    this.#cells = new Cells(comparison.usable, comparison.database);
  }

  run(): TreePages {
    const { from, to } = this.#tree;
    this.#link(to, 0, 0);
    // Only now is it known what moved below another page.
    for (const page of this.#kept) this.#leaveChildren(page);
    if (from !== 0) this.#leave(from);
    return { kept: this.#kept, gone: this.#gone, come: this.#come };
  }

  /** `parent` leads to `page` now. */
  #link(page: number, parent: number, depth: number): void {
    const { owners, update, after, dirty } = this.#comparison;
    const { number } = this.#tree;
    if (page < 1 || page > after.count || this.#reached.has(page) || depth > MOST_DEPTH)
      throw this.#cells.damaged(`leads to page ${page}, which is not there or belongs elsewhere`);
    this.#reached.add(page);
    const isKept = owners.isTreePage(page, number);
    if (!isKept || owners.parent(page) !== parent) update.put(page, number, parent, PageRole.tree);
    if (!isKept) this.#enter(page, depth);
    else if (dirty.has(page)) this.#visit(page, depth);
  }

  #enter(page: number, depth: number): void {
    this.#come.push(page);
    for (const child of this.#children(this.#comparison.after, page)) this.#link(child, page, depth + 1);
  }

  #visit(page: number, depth: number): void {
    const { after, dirty } = this.#comparison;
    if (!dirty.touched.has(page)) {
      for (const child of dirty.below(page)) this.#visit(child, depth + 1);
      return;
    }
    this.#kept.push(page);
    for (const child of this.#children(after, page)) this.#link(child, page, depth + 1);
  }

  #leave(page: number): void {
    if (this.#reached.has(page)) return;
    this.#reached.add(page);
    this.#gone.push(page);
    this.#comparison.update.clear(page);
    this.#leaveChildren(page);
  }

  #leaveChildren(page: number): void {
    for (const child of this.#children(this.#comparison.before, page)) this.#leave(child);
  }

  #children(pages: Pages, page: number): number[] {
    const cells = this.#cells.open(pages.page(page - 1), page);
    if (cells.table !== this.#tree.isTable) throw cells.damaged('is of the wrong kind');
    if (!cells.inner) return [];
    return Array.from({ length: cells.count + 1 }, (_, index) => cells.child(index));
  }
}
