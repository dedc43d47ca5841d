/** A cluster in the origin private file system, in a dedicated worker. */
import type { BackendOptions } from './backend.ts';
import type { ClusterBackend } from './cluster.ts';
import { listDirectories, removeDirectory } from './opfs-directory.ts';
import { openOpfsFiles } from './opfs-files.ts';
import { FILES, folderOf, type PagedFolder } from './paged/handle.ts';
import { openPaged } from './paged/paged-cluster.ts';

const ROOT = 'waxwing-cluster';

/**
 * Opens the cluster `options.name` of this origin; little of it is read.
 * @throws StorageUnavailableError outside a dedicated worker, and where the platform has no such file system.
 * @throws DatabaseInUseError when another worker has its files open.
 * @throws CorruptDatabaseError when a part is missing or damaged; it tells which.
 */
export async function openOpfsCluster(options: BackendOptions): Promise<ClusterBackend> {
  const folder = await openFolder(options.name);
  try {
    return await openPaged('opfs', folder, options);
  } catch (error) {
    folder.close();
    throw error;
  }
}

/** Deletes the cluster `name`, if there is one. */
export function removeOpfsCluster(name: string): Promise<void> {
  return removeDirectory(ROOT, name);
}

/** The names of the clusters stored here. */
export function listOpfsClusters(): Promise<string[]> {
  return listDirectories(ROOT);
}

async function openFolder(name: string): Promise<PagedFolder> {
  const { files, close } = await openOpfsFiles(ROOT, name, FILES);
  return folderOf(files, close);
}
