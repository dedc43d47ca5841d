/** Folders in the origin private file system, one for each database, and the files in them. */
import { DatabaseInUseError, StorageUnavailableError, WaxwingError } from '../errors.ts';
import { endsPath, fromPath, toPath } from './safe-name.ts';

/** A file opened for this thread alone, to be used synchronously (the compiler's DOM library has no workers). */
export interface SyncHandle {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** Milliseconds for the handles of a worker that was just stopped to go; its lock may be free before them. */
const PATIENCE = 1_000;

/** The folder of the database `name` below `root`, made when there is none. */
export async function openDirectory(root: string, name: string): Promise<FileSystemDirectoryHandle> {
  try {
    let directory = await rootDirectory(root, true);
    for (const piece of toPath(name)) directory = await directory.getDirectoryHandle(piece, { create: true });
    return directory;
  } catch (error) {
    throw refused(error, name);
  }
}

/** Deletes the folder of the database `name`, and the folders it alone lay in. */
export async function removeDirectory(root: string, name: string): Promise<void> {
  const path = toPath(name);
  try {
    const parents = [await rootDirectory(root, false)];
    for (const piece of path.slice(0, -1)) parents.push(await parents.at(-1)!.getDirectoryHandle(piece));
    await parents.at(-1)!.removeEntry(path.at(-1)!, { recursive: true });
    for (let depth = path.length - 2; depth >= 0; depth--) await parents[depth]!.removeEntry(path[depth]!).catch(() => {});
  } catch (error) {
    if ((error as Error).name !== 'NotFoundError') throw refused(error, name);
  }
}

/** The names of the databases below `root`. */
export async function listDirectories(root: string): Promise<string[]> {
  const names: string[] = [];
  try {
    await collect(await rootDirectory(root, false), [], names);
  } catch (error) {
    if ((error as Error).name !== 'NotFoundError') throw refused(error, root);
  }
  return names;
}

/** Opens a file, made when there is none. */
export async function openHandle(directory: FileSystemDirectoryHandle, file: string): Promise<SyncHandle> {
  const handle = (await directory.getFileHandle(file, { create: true })) as FileSystemFileHandle & SyncOpener;
  for (const deadline = Date.now() + PATIENCE; ; ) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      if ((error as Error).name !== 'NoModificationAllowedError' || Date.now() >= deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

interface SyncOpener {
  createSyncAccessHandle(): Promise<SyncHandle>;
}

async function rootDirectory(root: string, create: boolean): Promise<FileSystemDirectoryHandle> {
  const manager = globalThis.navigator?.storage as StorageManager | undefined;
  if (typeof manager?.getDirectory !== 'function') {
    throw new StorageUnavailableError(
      "There is no private file system (OPFS) here: it needs a browser and HTTPS. Use storage: 'indexeddb', or 'file' on Node.",
    );
  }
  // Deleting and listing work anywhere; only opening needs handles that workers alone have.
  if (create && !('createSyncAccessHandle' in FileSystemFileHandle.prototype)) {
    throw new StorageUnavailableError(
      "OPFS can be used in a dedicated worker only, and this is none. Open the database on a page, which starts one, or use storage: 'indexeddb'.",
    );
  }
  return (await manager.getDirectory()).getDirectoryHandle(root, { create });
}

async function collect(directory: FileSystemDirectoryHandle, path: readonly string[], into: string[]): Promise<void> {
  for await (const [piece, entry] of directory.entries()) {
    if (endsPath(piece)) into.push(fromPath([...path, piece]));
    else if (entry.kind === 'directory') await collect(entry as FileSystemDirectoryHandle, [...path, piece], into);
  }
}

/** What the platform's refusal means. */
export function refused(error: unknown, database: string): WaxwingError {
  if (error instanceof WaxwingError) return error;
  const details = { cause: error, database, code: (error as Error).name };
  if (details.code === 'NoModificationAllowedError') {
    return new DatabaseInUseError(`The files of "${database}" are open in another tab or worker. Close it there.`, details);
  }
  return new StorageUnavailableError(
    `The browser refuses to store "${database}" in its file system (${(error as Error).message}). Private windows and blocked site data do that; storage: 'memory' works everywhere.`,
    details,
  );
}
