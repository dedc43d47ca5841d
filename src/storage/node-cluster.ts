/** A cluster as a folder on Node, safe from a second process by a lock file beside it. */
import { StorageUnavailableError } from '../errors.ts';
import type { BackendOptions } from './backend.ts';
import type { ClusterBackend } from './cluster.ts';
import { explained, type Fs, nodeFs, syncFolder, wholePath } from './node-fs.ts';
import { FileLock } from './node-lock.ts';
import { NodeFile } from './node-open-file.ts';
import { FILES, folderOf, type PagedFolder } from './paged/handle.ts';
import { openPaged } from './paged/paged-cluster.ts';

/**
 * Opens the folder `options.name`, a path as Node takes it; it is made when there is none.
 * @throws DatabaseInUseError when it is open already, here or in another process.
 * @throws StorageUnavailableError when the system refuses: no folder to make it in, no permission; or when it holds anything else.
 * @throws CorruptDatabaseError when a part is missing or damaged; it tells which.
 */
export async function openFileCluster(options: BackendOptions): Promise<ClusterBackend> {
  const fs = nodeFs();
  const path = wholePath(fs, options.name);
  const lock = FileLock.take(fs, path);
  let folder: PagedFolder | null = null;
  try {
    folder = openFolder(fs, path, () => lock.release());
    return await openPaged('file', folder, { ...options, name: path });
  } catch (error) {
    if (folder === null) lock.release();
    else folder.close();
    throw explained(error, options.name);
  }
}

/** Deletes the cluster in the folder `name`; the folder too, unless it holds anything else. */
export async function removeFileCluster(name: string): Promise<void> {
  const fs = nodeFs();
  const path = wholePath(fs, name);
  const lock = FileLock.take(fs, path);
  try {
    if (!fs.existsSync(`${path}/${FILES[0]}`)) return;
    for (const file of FILES.toReversed()) fs.rmSync(`${path}/${file}`, { force: true });
    if (fs.readdirSync(path).length === 0) fs.rmdirSync(path);
  } catch (error) {
    throw explained(error, name);
  } finally {
    lock.release();
  }
}

function openFolder(fs: Fs, path: string, release: () => void): PagedFolder {
  const isNew = !fs.existsSync(path);
  if (isNew) fs.mkdirSync(path);
  const found = fs.readdirSync(path);
  // The first of our files is made before the others.
  if (found.length > 0 && !found.includes(FILES[0]))
    throw new StorageUnavailableError(`"${path}" is a folder that holds something else than a database. Name another one.`, {
      database: path,
    });
  const files: NodeFile[] = [];
  const close = (): void => {
    for (const file of files) file.end();
    release();
  };
  try {
    for (const file of FILES) {
      const filePath = `${path}/${file}`;
      const fd = fs.openSync(filePath, fs.constants.O_RDWR | fs.constants.O_CREAT);
      files.push(new NodeFile(fs, path, fd));
    }
    if (found.length < FILES.length) syncFolder(fs, path);
    if (isNew) syncFolder(fs, `${path}/..`);
  } catch (error) {
    for (const file of files) file.end();
    throw error;
  }
  return folderOf(files, close);
}
