/** A database whose engine lives in a worker, seen as any other driver. */
import type { Driver, OpenOptions } from '../driver/driver.ts';
import { NotSupportedError } from '../errors.ts';

/**
 * Opens a database in a worker: in `options.worker`, or in one of ours that ends with the driver.
 * @throws EngineLoadError when the worker or the engine cannot be loaded.
 * @throws DatabaseInUseError when another tab has the database open.
 * @throws StorageUnavailableError when the storage that was asked for cannot be had.
 */
export async function openRemote(options: OpenOptions): Promise<Driver> {
  throw new NotSupportedError(`Opening ${options.name} in a worker is not built yet.`);
}
