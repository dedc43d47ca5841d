/** A cluster in IndexedDB: all of its files in memory, and stored as the pages of a database are. */
import type { BackendOptions, OnProgress } from './backend.ts';
import type { ClusterBackend, WholeFile } from './cluster.ts';
import { ClusterVolume } from './cluster-volume.ts';
import { IdbStorage, openStored } from './idb-storage.ts';
import { deleteStores, listStores } from './idb-stores.ts';
import { writeFiles } from './whole-files.ts';

const GROUP = 'waxwing-cluster';

/**
 * Opens the cluster `options.name` of this origin, reading all of it into memory.
 * @throws CorruptDatabaseError when a part is missing or damaged; it tells which.
 * @throws StorageUnavailableError when there is no IndexedDB, it is refused, or it does not answer.
 */
export async function openIndexedDbCluster(options: BackendOptions): Promise<ClusterBackend> {
  return new IndexedDbCluster(options, await openStored(GROUP, options, new ClusterVolume()));
}

/** Deletes the cluster `name`, if there is one. */
export function removeIndexedDbCluster(name: string): Promise<void> {
  return deleteStores(GROUP, name);
}

/** The names of the clusters stored here. */
export function listIndexedDbClusters(): Promise<string[]> {
  return listStores(GROUP);
}

class IndexedDbCluster extends IdbStorage<ClusterVolume> implements ClusterBackend {
  async replaceAll(
    files: Iterable<WholeFile> | AsyncIterable<WholeFile>,
    bytes: number | null,
    onProgress?: OnProgress,
  ): Promise<void> {
    this.requireOpen();
    await this.flush();
    const fresh: WholeFile[] = [];
    await this.base.change(async (_, store) => ({
      folded: this.base.last,
      files: await writeFiles(files, store, bytes, onProgress, (file) => fresh.push(file)),
    }));
    this.files.replaceAll(fresh);
  }
}
