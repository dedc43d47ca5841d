/** Finds one key in a tree. */

import type { Pages, TreeOrder } from '../content.ts';
import { MOST_LEVELS, PageField, PageType } from '../read/layout.ts';
import { type Cell, cellsOf, contentOf } from './cell.ts';
import { childKey, childrenOf } from './inner-levels.ts';
import { firstWhere } from './sorted-search.ts';

/** The cell of `key`, or null when the tree has none. */
export function findCell(pages: Pages, root: number, order: TreeOrder, key: Uint8Array): Cell | null {
  let bytes = pages.page(root);
  for (let level = 0; level < MOST_LEVELS && bytes[PageField.type] === PageType.inner; level++) {
    const children = childrenOf(bytes);
    const behind = firstWhere(1, children.length, (index) => order.compare(childKey(pages, children[index]!), key) > 0);
    bytes = pages.page(children[behind - 1]!.page);
  }
  const cells = cellsOf(bytes);
  const keyOf = (index: number): Uint8Array => contentOf(pages, cells[index]!.key);
  const index = firstWhere(0, cells.length, (one) => order.compare(keyOf(one), key) >= 0);
  return index < cells.length && order.compare(keyOf(index), key) === 0 ? cells[index]! : null;
}
