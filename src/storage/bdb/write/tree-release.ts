/** Frees what a tree takes. */

import { ItemType, PageField, PageType, u32 } from '../read/layout.ts';
import { cellsOf } from './cell.ts';
import { childrenOf } from './inner-levels.ts';
import { releaseChain } from './overflow-chain.ts';
import type { PageStore } from './page-store.ts';

/** Frees all pages of a tree but its root, which the caller frees. */
export function releaseBelow(store: PageStore, root: number): void {
  const bytes = store.page(root);
  if (bytes[PageField.type] !== PageType.inner) {
    for (const { key, data } of cellsOf(bytes)) for (const item of [key, ...data]) releaseItem(store, item);
    return;
  }
  for (const { page, type, key } of childrenOf(bytes)) {
    if (type === ItemType.overflow) releaseChain(store, key);
    releaseBelow(store, page);
    store.release(page);
  }
}

function releaseItem(store: PageStore, item: Uint8Array): void {
  if (item[2] === ItemType.overflow) releaseChain(store, item);
  if (item[2] !== ItemType.duplicates) return;
  const root = u32(item, 4);
  releaseBelow(store, root);
  store.release(root);
}
