/** A Berkeley DB file in the origin private file system, with its journal beside it, in a dedicated worker. */
import type { Backend, BackendOptions } from '../../backend.ts';
import { listDirectories, removeDirectory } from '../../opfs-directory.ts';
import { openOpfsFiles } from '../../opfs-files.ts';
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
  const { files, close } = await openOpfsFiles(ROOT, name, FILES);
  // An empty journal stays where it is.
  return { file: files[0]!, journal: files[1]!, close };
}
