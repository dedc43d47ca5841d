/** Opens databases of stock sql.js: storage and engine, and the driver on both. */
import type { Backend } from '../storage/backend.ts';
import type { Driver, OpenOptions } from './driver.ts';
import { SqlJsDriver } from './sqljs.ts';
import { type Engine, loadEngine } from './sqljs-engine.ts';

/**
 * Opens the database `options.name` on the files of `backend`; storage and engine load side by side when a promise is given.
 * Closing the driver closes the backend; so does a failure to open.
 * @throws EngineLoadError when the engine's wasm file cannot be had or run.
 * @throws EngineMismatchError when the engine is not the one this version of Waxwing knows.
 * @throws CorruptDatabaseError when the stored file is not a sound database.
 */
export async function openSqlJs(options: OpenOptions, backend: Backend | Promise<Backend>): Promise<Driver> {
  return openWith(SqlJsDriver, options, backend);
}

/** Likewise, by a kind of driver for that kind of backend. */
export async function openWith<B extends Backend>(
  Kind: new (options: OpenOptions, backend: B, engine: Engine) => SqlJsDriver<B>,
  options: OpenOptions,
  backend: B | Promise<B>,
): Promise<Driver> {
  const [storage, engine] = await Promise.allSettled([backend, loadEngine(options.wasmUrl, options.engine)]);
  if (storage.status === 'rejected') throw storage.reason;
  try {
    if (engine.status === 'rejected') throw engine.reason;
    const driver = new Kind(options, storage.value, engine.value);
    driver.start();
    return driver;
  } catch (error) {
    await storage.value.close();
    throw error;
  }
}
