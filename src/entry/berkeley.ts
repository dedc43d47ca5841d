/** `waxwing/berkeley`: databases that Berkeley DB SQL opens, in the browser, in a worker and on Node. */
import { setOpener } from '../bridge/openers.ts';
import { openRemote } from '../bridge/remote-driver.ts';
import { spawnBerkeley } from '../bridge/spawn-berkeley.ts';
import { Berkeley, type BerkeleyOptions } from '../database/berkeley.ts';
import type { DatabaseFile } from '../database/stored.ts';
import type { Driver, ExportOptions, OpenDriver, OpenOptions, TransferOptions } from '../driver/driver.ts';
import { compileAhead } from '../driver/sqljs-place.ts';
import type { StorageKind } from '../storage/backend.ts';
import { isNode, isPage } from '../util/platform.ts';

export type { BerkeleyOptions } from '../database/berkeley.ts';
export type { PlanStep } from '../database/plan.ts';
export type { DatabaseStorage } from '../database/storage-handle.ts';
export type { DatabaseFile } from '../database/stored.ts';
export type { Pragmas, PragmaValue } from '../dialect/sqlite/pragma.ts';
export type { TransferOptions, WorkerSource } from '../driver/driver.ts';
export type { Durability, OnProgress, StorageKind, StorageState } from '../storage/backend.ts';

/** How a stored database is found again. */
export interface StoredOptions {
  /** `indexeddb` unless told; on Node `file`. */
  readonly storage?: StorageKind;
}

/**
 * A database by name that is stored as a file of Berkeley DB SQL 5.3. It does what a `SqliteDatabase` does, and is another
 * one than that of the same name; what such a file cannot hold is refused with a NotSupportedError when the statement runs.
 *
 * ```ts
 * const database = new BerkeleyDatabase('my_app.db');
 * ```
 */
export class BerkeleyDatabase extends Berkeley {
  constructor(name: string | null, options?: BerkeleyOptions) {
    super(name, options);
    // In an app's own worker the page may ask for one.
    setOpener('berkeley', openHere);
  }

  /**
   * Deletes a stored database; nothing happens when there is none.
   * @throws DatabaseInUseError while it is open anywhere.
   */
  static async remove(name: string, { storage = platformStorage() }: StoredOptions = {}): Promise<void> {
    const { removeBerkeley } = await import('../storage/bdb/open-berkeley.ts');
    await removeBerkeley(storage, name);
  }

  /** The names of the databases stored here. On Node files are where their paths say, and none is known. */
  static async list({ storage = platformStorage() }: StoredOptions = {}): Promise<string[]> {
    const { listBerkeley } = await import('../storage/bdb/open-berkeley.ts');
    return listBerkeley(storage);
  }

  protected override defaultStorage(): StorageKind {
    return platformStorage();
  }

  protected override async openDriver(options: OpenOptions): Promise<Driver> {
    if (isPage()) return openRemote(options, { spawn: spawnBerkeley, compile: compileAhead });
    const { openShared } = await import('../bridge/shared-driver.ts');
    return openShared(options, openHere);
  }
}

/**
 * A file of Berkeley DB SQL as a SQLite file. Where it is read and checked is a database in memory.
 *
 * ```ts
 * await sqliteDatabase.importFile(await toSqlite(file));
 * ```
 * @throws CorruptDatabaseError when the file is not a sound database.
 */
export function toSqlite(file: DatabaseFile, options: TransferOptions = {}): Promise<Blob> {
  return new Converter(':memory:').convert(file, { ...options, as: 'sqlite' });
}

/** How a file of Berkeley DB is made. */
export interface ToBerkeleyOptions extends TransferOptions {
  /** Bytes of a page, a power of two from 512 to 32768; 4096 unless told. */
  readonly pageSize?: number;
}

/**
 * A SQLite file as a file of Berkeley DB SQL.
 *
 * ```ts
 * const file = await toBerkeley(await sqliteDatabase.exportFile());
 * ```
 * @throws NotSupportedError naming what is in it that Berkeley DB SQL cannot hold.
 * @throws CorruptDatabaseError when the file is not a sound database.
 */
export function toBerkeley(file: DatabaseFile, { pageSize, ...options }: ToBerkeleyOptions = {}): Promise<Blob> {
  return new Converter(':memory:', pageSize === undefined ? {} : { pageSize }).convert(file, options);
}

/** Has the engine, and no data: files come and go. */
class Converter extends BerkeleyDatabase {
  async convert(file: DatabaseFile, options: ExportOptions): Promise<Blob> {
    try {
      return await this.exported({ ...options, of: file instanceof Blob ? file : new Blob([file as BlobPart]) });
    } finally {
      await this.close();
    }
  }
}

const openHere: OpenDriver = async (options) => (await import('../driver/open-berkeley.ts')).openHere(options);

function platformStorage(): StorageKind {
  return isNode() ? 'file' : 'indexeddb';
}
