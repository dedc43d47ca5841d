/** One open file in the origin private file system. */
import { DatabaseInUseError, StorageFullError, StorageUnavailableError, WaxwingError } from '../errors.ts';
import type { ByteFile } from './backend.ts';
import type { SyncHandle } from './opfs-directory.ts';

/** Its failures are errors of ours. */
export class OpfsFile implements ByteFile {
  readonly #handle: SyncHandle;
  readonly #database: string;
  unflushed = false;

  constructor(handle: SyncHandle, database: string) {
    this.#handle = handle;
    this.#database = database;
  }

  size(): number {
    try {
      return this.#handle.getSize();
    } catch (error) {
      throw explained(error, this.#database);
    }
  }

  read(into: Uint8Array, at: number): number {
    try {
      return this.#handle.read(into, { at });
    } catch (error) {
      throw explained(error, this.#database);
    }
  }

  write(from: Uint8Array, at: number): void {
    try {
      this.unflushed = true;
      const written = this.#handle.write(from, { at });
      // In a private window a full Chromium answers with a negative number made positive, not with an error.
      if (written !== from.length) throw full(this.#database);
    } catch (error) {
      throw explained(error, this.#database);
    }
  }

  truncate(size: number): void {
    try {
      this.unflushed = true;
      this.#handle.truncate(size);
    } catch (error) {
      throw explained(error, this.#database);
    }
  }

  sync(): void {
    try {
      this.#handle.flush();
      this.unflushed = false;
    } catch (error) {
      throw explained(error, this.#database);
    }
  }

  /** As `sync`. */
  flush(): void {
    this.sync();
  }

  close(): void {}

  /** Lets go of the handle. */
  end(): void {
    this.#handle.close();
  }
}

function full(database: string, cause?: unknown): StorageFullError {
  return new StorageFullError(
    `There is no room left to store "${database}": the browser's quota for this site or the disk is full. Free some and try again.`,
    { database, cause, code: 'QuotaExceededError' },
  );
}

/** What a failure of a handle means. */
export function explained(error: unknown, database: string): WaxwingError {
  if (error instanceof WaxwingError) return error;
  const { name, message } = error as Error;
  if (name === 'QuotaExceededError') return full(database, error);
  if (name === 'NoModificationAllowedError')
    return new DatabaseInUseError(`"${database}" is open elsewhere.`, { database, cause: error });
  return new StorageUnavailableError(`The browser cannot store "${database}" in its file system (${message}).`, {
    database,
    cause: error,
    code: name,
  });
}
