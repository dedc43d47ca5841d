/** A Berkeley DB file on Node, with its journal beside it, safe from a second process by a lock file. */
import type { Backend, BackendOptions } from '../../backend.ts';
import { explained, type Fs, nodeFs, syncFolder, wholePath } from '../../node-fs.ts';
import { FileLock } from '../../node-lock.ts';
import { NodeFile } from '../../node-open-file.ts';
import { openJournaled, type Place } from './journaled.ts';

/** Behind the name of the journal; "-journal" is what Berkeley DB calls a directory of its own. */
export const REDO = '-redo';

/**
 * Opens the file `options.name`, a path as Node takes it.
 * @throws DatabaseInUseError when it is open already, here or in another process.
 * @throws StorageUnavailableError when the system refuses: no such folder, no permission.
 * @throws CorruptDatabaseError when its journal is damaged.
 */
export async function openJournaledFile(options: BackendOptions): Promise<Backend> {
  const fs = nodeFs();
  const path = wholePath(fs, options.name);
  const lock = FileLock.take(fs, path);
  let place: Place | null = null;
  try {
    place = openPlace(fs, path, lock);
    return await openJournaled('file', place, { ...options, name: path });
  } catch (error) {
    if (place === null) lock.release();
    else place.close(false);
    throw explained(error, options.name);
  }
}

/** Deletes the file `name` and its journal. */
export async function removeJournaledFile(name: string): Promise<void> {
  const fs = nodeFs();
  const path = wholePath(fs, name);
  const lock = FileLock.take(fs, path);
  try {
    // The file first: a journal without its file is none.
    for (const suffix of ['', REDO]) fs.rmSync(path + suffix, { force: true });
  } catch (error) {
    throw explained(error, name);
  } finally {
    lock.release();
  }
}

function openPlace(fs: Fs, path: string, lock: FileLock): Place {
  const isNew = !fs.existsSync(path);
  const file = openFile(fs, path);
  try {
    const journal = openFile(fs, path + REDO);
    if (isNew) syncFolder(fs, path.replace(/[^/\\]*$/, '') || '.');
    return { file, journal, close: (isJournalEmpty) => close(fs, path, [file, journal], isJournalEmpty, lock) };
  } catch (error) {
    file.end();
    throw error;
  }
}

function openFile(fs: Fs, path: string): NodeFile {
  return new NodeFile(fs, path, fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT));
}

function close(fs: Fs, path: string, files: readonly NodeFile[], isJournalEmpty: boolean, lock: FileLock): void {
  const isUnused = files[0]!.size() === 0;
  for (const file of files) file.end();
  if (isJournalEmpty) fs.rmSync(path + REDO, { force: true });
  // Nothing was stored: an empty file is no Berkeley DB file.
  if (isJournalEmpty && isUnused) fs.rmSync(path, { force: true });
  lock.release();
}
