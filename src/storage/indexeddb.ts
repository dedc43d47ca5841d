/** A database in IndexedDB, whose files an engine changes page by page. */
import { checksum } from '../util/checksum.ts';
import type { Backend, BackendOptions, OnProgress } from './backend.ts';
import { chunked } from './chunked.ts';
import { IdbStorage, openStored } from './idb-storage.ts';
import { deleteStores, listStores } from './idb-stores.ts';
import { SIDE_FILES } from './side-files.ts';
import { MemoryFile, Volume } from './volume.ts';

/** Databases of SQLite's own files; others have a group of their own. */
const GROUP = 'waxwing';

/**
 * Opens the database `options.name` of this origin, reading all of it into memory.
 * @throws CorruptDatabaseError when a part is missing or damaged; it tells which.
 * @throws StorageUnavailableError when there is no IndexedDB, it is refused, or it does not answer.
 */
export async function openIndexedDb(options: BackendOptions, group: string = GROUP): Promise<Backend> {
  return new IndexedDbBackend(options, await openStored(group, options, new Volume()));
}

/** Deletes the database `name`, if there is one. */
export function removeIndexedDb(name: string, group: string = GROUP): Promise<void> {
  return deleteStores(group, name);
}

/** The names of the databases stored here. */
export function listIndexedDb(group: string = GROUP): Promise<string[]> {
  return listStores(group);
}

class IndexedDbBackend extends IdbStorage<Volume> implements Backend {
  readonly keeps = 'pages';

  async replace(name: string, source: AsyncIterable<Uint8Array>, bytes: number, onProgress?: OnProgress): Promise<void> {
    this.requireOpen();
    await this.flush();
    const contents: Uint8Array[] = [];
    await this.base.change(async ({ folded, files }, store) => {
      const chunks: number[] = [];
      const sums: number[] = [];
      for await (const chunk of chunked(source, bytes, onProgress)) {
        contents.push(chunk);
        sums.push(checksum(chunk));
        chunks.push(await store.write(chunk));
      }
      const file = { name, size: bytes, chunks, sums, since: this.base.last };
      return { folded, files: [...files.filter((other) => other.name !== name), file] };
    });
    this.files.put(name, new MemoryFile(contents, bytes));
    for (const suffix of SIDE_FILES) this.files.remove(name + suffix);
  }
}
