/** Node's file system, had in a way that no bundler for browsers stumbles over, and what its errors mean. */
import { StorageFullError, StorageUnavailableError, WaxwingError } from '../errors.ts';

export type Fs = typeof import('node:fs');

/** @throws StorageUnavailableError where there is none. */
export function nodeFs(): Fs {
  const fs = globalThis.process?.getBuiltinModule?.('node:fs');
  if (fs) return fs;
  throw new StorageUnavailableError("Files are for Node (20.19 or later). In a browser use storage: 'indexeddb' or 'opfs'.");
}

/** The whole path of a file, links followed: one file has one lock, and a later `chdir` changes nothing. */
export function wholePath(fs: Fs, path: string): string {
  try {
    return fs.realpathSync(path);
  } catch {
    return process.getBuiltinModule('node:path').resolve(path);
  }
}

/** Makes the entries of a folder last, where the system has a way to. */
export function syncFolder(fs: Fs, folder: string): void {
  let fd: number | undefined;
  try {
    fd = fs.openSync(folder, 'r');
    fs.fsyncSync(fd);
  } catch {
    // Windows does not open folders; it keeps their entries by itself.
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

/** The error of a system call as one of ours. */
export function explained(error: unknown, path: string): WaxwingError {
  if (error instanceof WaxwingError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const details = { cause: error, database: path, code };
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new StorageFullError(`There is no room left on the disk for "${path}".`, details)
    : new StorageUnavailableError(`"${path}" cannot be used: ${message}.`, details);
}
