/** Walks over a b-tree of a SQLite file, from the first row to the last. */
import { NotSupportedError } from '../../../errors.ts';
import type { Entry, Pages } from '../content.ts';
import { Cells, PageKind } from './sqlite-cells.ts';

/** More levels no b-tree of SQLite has. */
export const MOST_DEPTH = 20;

/** A tree to be walked over. */
export interface Walk {
  readonly pages: Pages;
  readonly usable: number;
  readonly database: string;
  /** Of the table or index. */
  readonly name: string;
  /** From 1. */
  readonly root: number;
  readonly isTable: boolean;
  /** A byte for each page, counted from 1, to be set when the page is met. */
  readonly seen: Uint8Array;
}

/** Makes an entry of each record of the tree, in SQLite's order. Every page is read once. */
export function* walkSqlite(
  { pages, usable, database, name, root, isTable, seen }: Walk,
  make: (cells: Cells) => Entry,
): Generator<Entry> {
  const path: { readonly cells: Cells; next: number }[] = [];
  const free: Cells[] = [];
  const enter = (page: number, parent: Cells | null): void => {
    const cells = free.pop() ?? new Cells(usable, database);
    if (page < 1 || page > pages.count || seen[page] === 1 || path.length === MOST_DEPTH)
      throw (parent ?? cells).damaged(`leads to page ${page}, which is not there or belongs elsewhere`);
    seen[page] = 1;
    cells.open(pages.page(page - 1), page);
    if (cells.table !== isTable)
      throw parent === null && isTable ? withoutRowid(name, database) : cells.damaged('is of the wrong kind');
    path.push({ cells, next: 0 });
  };
  enter(root, null);
  while (path.length > 0) {
    const place = path.at(-1)!;
    const { cells } = place;
    if (!cells.inner) for (let index = 0; index < cells.count; index++) yield make(cells.read(index));
    // An inner page of an index has a record between any two children.
    else if (place.next > 0 && place.next <= cells.count && cells.kind === PageKind.innerIndex)
      yield make(cells.read(place.next - 1));
    if (cells.inner && place.next <= cells.count) enter(cells.child(place.next++), cells);
    else free.push(path.pop()!.cells);
  }
}

function withoutRowid(table: string, database: string): NotSupportedError {
  return new NotSupportedError(
    `The table "${table}" of "${database}" is WITHOUT ROWID, which a Berkeley DB SQL file cannot have.`,
    { database },
  );
}
