/** Changes a Berkeley DB file by what a commit changed: only the pages on the way to changed entries are written. */
import type { TreeChange, TreeContent } from './content.ts';
import type { PageStore } from './page-store.ts';

/**
 * Applies the changes of one commit. Trees that are dropped go first, so that a name may be dropped and created at once.
 * When it throws, `store.discard()` has everything as it was.
 * @throws CorruptDatabaseError when the file does not hold what the changes say it holds.
 */
export function applyChanges(_store: PageStore, _changes: readonly TreeChange[]): void {}

/** Puts `tree` in the place of the tree that has its name: what has changed in most places is faster packed anew. */
export function rebuildTree(_store: PageStore, _tree: TreeContent): void {}
