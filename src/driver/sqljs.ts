/** The SQLite driver: stock sql.js over a file system of ours, several connections to one database. */
import { NotSupportedError } from '../errors.ts';
import type { Backend } from '../storage/backend.ts';
import type { Driver, OpenOptions } from './driver.ts';

/**
 * Opens the database `options.name` on the files of `backend`. Closing the driver closes the backend.
 * @throws EngineLoadError when the engine's wasm file cannot be had or run.
 * @throws EngineMismatchError when the engine is not the one this version of Waxwing knows.
 * @throws CorruptDatabaseError when the stored file is not a sound database.
 */
export async function openSqlJs(options: OpenOptions, backend: Backend): Promise<Driver> {
  await backend.close();
  throw new NotSupportedError(`Opening ${options.name} is not built yet.`);
}
