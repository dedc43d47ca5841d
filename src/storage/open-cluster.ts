/** Opens the storage of a cluster and makes this thread its only owner. */
import { ImproperlyConfigured } from '../errors.ts';
import type { BackendOptions, StorageKind } from './backend.ts';
import type { ClusterBackend } from './cluster.ts';
import { listIndexedDbClusters, openIndexedDbCluster, removeIndexedDbCluster } from './indexeddb-cluster.ts';
import { openMemoryCluster } from './memory-cluster.ts';
import { own, releasing } from './owner.ts';

/** Clusters have names of their own: a database of another engine may have the same one. */
const GROUP = 'waxwing-cluster';

/**
 * The storage `kind` of the cluster `options.name`, owned by this thread until `close()`; for `file` the name is the path of its
 * folder. A cluster that was never stored is one without files.
 * @throws DatabaseInUseError when another tab, worker or process has it open.
 * @throws StorageUnavailableError when the platform has no such storage or refuses it.
 * @throws CorruptDatabaseError when what is stored is damaged.
 */
export async function openCluster(kind: StorageKind, options: BackendOptions): Promise<ClusterBackend> {
  const release = await own(GROUP, kind, options.name);
  try {
    return releasing(await load(kind, options), release);
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Deletes the stored cluster `name` with all its files; nothing happens when there is none.
 * @throws DatabaseInUseError when it is open somewhere.
 */
export async function removeCluster(kind: StorageKind, name: string): Promise<void> {
  const release = await own(GROUP, kind, name);
  try {
    if (kind === 'indexeddb') await removeIndexedDbCluster(name);
    else if (kind === 'opfs') await (await import('./opfs-cluster.ts')).removeOpfsCluster(name);
    else if (kind === 'file') await (await import('./node-cluster.ts')).removeFileCluster(name);
  } finally {
    release();
  }
}

/** The names of the clusters stored as `kind`. Memory has none, and files are where their paths say. */
export async function listClusters(kind: StorageKind): Promise<string[]> {
  if (kind === 'indexeddb') return listIndexedDbClusters();
  if (kind === 'opfs') return (await import('./opfs-cluster.ts')).listOpfsClusters();
  return [];
}

async function load(kind: StorageKind, options: BackendOptions): Promise<ClusterBackend> {
  switch (kind) {
    case 'memory':
      return openMemoryCluster(options);
    case 'indexeddb':
      return openIndexedDbCluster(options);
    case 'opfs':
      return (await import('./opfs-cluster.ts')).openOpfsCluster(options);
    case 'file':
      return (await import('./node-cluster.ts')).openFileCluster(options);
    default:
      throw new ImproperlyConfigured(`There is no storage "${String(kind)}": it is 'indexeddb', 'opfs', 'memory' or 'file'.`);
  }
}
