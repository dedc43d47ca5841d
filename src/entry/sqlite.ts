/** `waxwing/sqlite`: SQLite in the browser, in a worker and on Node. */
import { openRemote } from '../bridge/remote-driver.ts';
import { spawn } from '../bridge/spawn.ts';
import { Sqlite } from '../database/sqlite.ts';
import type { Driver, OpenOptions } from '../driver/driver.ts';
import { compileAhead } from '../driver/sqljs-place.ts';
import type { StorageKind } from '../storage/backend.ts';
import { isNode, isPage } from '../util/platform.ts';

export type { PlanStep } from '../database/plan.ts';
export type { SqliteOptions } from '../database/sqlite.ts';
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
 * A SQLite database by name. On a page it lives in a worker of its own, in a worker and on Node in the same thread;
 * it survives in the browser's storage or, on Node, as a file. `':memory:'` is one that does not survive.
 *
 * ```ts
 * const database = new SqliteDatabase('my_app.db');
 * ```
 */
export class SqliteDatabase extends Sqlite {
  /**
   * Deletes a stored database; nothing happens when there is none.
   * @throws DatabaseInUseError while it is open anywhere.
   */
  static async remove(name: string, { storage = platformStorage() }: StoredOptions = {}): Promise<void> {
    const { removeDatabase } = await import('../storage/open.ts');
    await removeDatabase(storage, name);
  }

  protected override defaultStorage(): StorageKind {
    return platformStorage();
  }

  protected override async openDriver(options: OpenOptions): Promise<Driver> {
    // The remote control comes with the page, where every file loaded later delays the first query; an engine does not.
    if (isPage()) return openRemote(options, { spawn, compile: compileAhead });
    const [{ openShared }, { openHere }] = await Promise.all([
      import('../bridge/shared-driver.ts'),
      import('../driver/open-sqljs.ts'),
    ]);
    return openShared(options, openHere);
  }
}

function platformStorage(): StorageKind {
  return isNode() ? 'file' : 'indexeddb';
}
