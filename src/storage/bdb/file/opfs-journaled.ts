/** A Berkeley DB file in the origin private file system, with its journal beside it, in a dedicated worker. */
import type { Backend, BackendOptions } from '../../backend.ts';
import { listDirectories, openDirectory, openHandle, refused, removeDirectory } from '../../opfs-directory.ts';
import { OpfsFile } from '../../opfs-file.ts';
import { openJournaled, type Place } from './journaled.ts';

const ROOT = 'waxwing-berkeley';
const FILES = ['database', 'redo'] as const;

/**
 * Opens the file `options.name` of this origin.
 * @throws StorageUnavailableError outside a dedicated worker, and where the platform has no such file system.
 * @throws DatabaseInUseError when another worker has its files open.
 * @throws CorruptDatabaseError when its journal is damaged.
 */
export async function openJournaledOpfs(options: BackendOptions): Promise<Backend> {
  const place = await openPlace(options.name);
  try {
    return await openJournaled('opfs', place, options);
  } catch (error) {
    place.close(false);
    throw error;
  }
}

/** Deletes the file `name`, if there is one. */
export function removeJournaledOpfs(name: string): Promise<void> {
  return removeDirectory(ROOT, name);
}

/** The names of the files stored here. */
export function listJournaledOpfs(): Promise<string[]> {
  return listDirectories(ROOT);
}

async function openPlace(name: string): Promise<Place> {
  const directory = await openDirectory(ROOT, name);
  const opened = await Promise.allSettled(FILES.map((file) => openHandle(directory, file)));
  const files = opened.flatMap((result) => (result.status === 'fulfilled' ? new OpfsFile(result.value, name) : []));
  const close = (): void => {
    for (const file of files) file.end();
  };
  const failed = opened.find((result) => result.status === 'rejected');
  // An empty journal stays where it is.
  if (failed === undefined) return { file: files[0]!, journal: files[1]!, close };
  close();
  throw refused(failed.reason, name);
}
