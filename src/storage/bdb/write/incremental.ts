/** Changes a Berkeley DB file by what a commit changed: only the pages on the way to changed entries are written. */
import { CorruptDatabaseError } from '../../../errors.ts';
import type { TreeChange, TreeOrder } from '../content.ts';
import { FILE_ID_BYTES, MASTER_ROOT, MetaField, TreeFlags } from '../read/layout.ts';
import { byteOrder, compareBytes } from '../read/order.ts';
import { directoryEntry, findTree, type PlacedTree } from './directory.ts';
import type { Change } from './merge.ts';
import { writeMetaPage } from './meta-page.ts';
import type { PageStore } from './page-store.ts';
import { RowMerge } from './row-merge.ts';
import { SetMerge } from './set-merge.ts';
import { buildTree } from './tree-builder.ts';
import { editTree } from './tree-edit.ts';
import { releaseBelow } from './tree-release.ts';

/**
 * Applies the changes of one commit. Trees that are dropped go first, so that a name may be dropped and created at once.
 * When it throws, `store.discard()` has everything as it was.
 *
 * @throws CorruptDatabaseError when the file does not hold what the changes say it holds.
 */
export function applyChanges(store: PageStore, changes: readonly TreeChange[]): void {
  for (const { name, what } of changes) if (what === 'dropped') dropTree(store, name);
  for (const { name, what, order } of changes) if (what === 'created') createTree(store, name, order);
  for (const change of changes) if (change.what !== 'dropped') changeTree(store, change);
}

function createTree(store: PageStore, name: string, order: TreeOrder): void {
  const meta = store.allocate();
  const root = store.allocate();
  const fileId = store.page(0).slice(MetaField.fileId, MetaField.fileId + FILE_ID_BYTES);
  const flags = order.duplicates ? TreeFlags.index : TreeFlags.table;
  writeMetaPage(store, { page: meta, last: meta, root, flags, fileId });
  buildTree(store, root, order, []);
  enter(store, name, meta, true);
}

function dropTree(store: PageStore, name: string): void {
  const { meta, root } = placeOf(store, name);
  releaseBelow(store, root);
  store.release(root);
  store.release(meta);
  enter(store, name, meta, false);
}

function changeTree(store: PageStore, { name, order, removed, added }: TreeChange): void {
  const changes = [
    ...removed.map(({ key, data }): Change => ({ key, data, isAdded: false })),
    ...added.map(({ key, data }): Change => ({ key, data, isAdded: true })),
  ];
  if (changes.length === 0) return;
  const { root } = placeOf(store, name);
  const compareData = order.duplicates ? compareBytes : () => 0;
  changes.sort((a, b) => order.compare(a.key, b.key) || compareData(a.data, b.data) || Number(a.isAdded) - Number(b.isAdded));
  editTree(store, root, order.duplicates ? new SetMerge(store, order, changes) : new RowMerge(store, order, changes));
}

function enter(store: PageStore, name: string, meta: number, isAdded: boolean): void {
  editTree(store, MASTER_ROOT, new RowMerge(store, byteOrder, [{ ...directoryEntry(name, meta), isAdded }]));
}

function placeOf(store: PageStore, name: string): PlacedTree {
  const place = findTree(store, name);
  if (place === null) throw new CorruptDatabaseError(`The Berkeley DB file has no tree "${name}".`);
  return place;
}
