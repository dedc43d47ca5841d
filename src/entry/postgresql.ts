/** `waxwing/postgresql`: Postgres in the browser, in a worker and on Node, by PGlite; servers by the package pg. */
import { setOpener } from '../bridge/openers.ts';
import { openRemote } from '../bridge/remote-driver.ts';
import { spawnPostgresql } from '../bridge/spawn-postgresql.ts';
import { Postgresql, type PostgresqlOptions } from '../database/postgresql.ts';
import type { Driver, OpenDriver, OpenOptions, Server } from '../driver/driver.ts';
import { compileAhead } from '../driver/pglite-place.ts';
import { NotSupportedError } from '../errors.ts';
import type { StorageKind } from '../storage/backend.ts';
import { isNode, isPage } from '../util/platform.ts';
import type { UpgradeOptions } from './postgresql-upgrade.ts';

export type { Notifications } from '../database/notifications.ts';
export type { PlanStep } from '../database/plan.ts';
export type { ExplainOptions, PostgresqlOptions, SequenceOptions, VacuumOptions } from '../database/postgresql.ts';
export type { DatabaseStorage } from '../database/storage-handle.ts';
export type { DatabaseFile } from '../database/stored.ts';
export type { IsolationLevel, Settings, SettingValue } from '../dialect/postgres/settings.ts';
export type { Notification, Server, TransferOptions, WorkerSource } from '../driver/driver.ts';
export type { Durability, OnProgress, StorageKind, StorageState } from '../storage/backend.ts';

export type { UpgradeOptions } from './postgresql-upgrade.ts';

/** How a stored database is found again. */
export interface StoredOptions {
  /** `indexeddb` unless told; on Node `file`. */
  readonly storage?: StorageKind;
}

/**
 * A Postgres database by name. On a page it lives in a worker of its own, in a worker and on Node in the same thread;
 * it survives in the browser's storage or, on Node, as files. `':memory:'` is one that does not survive. With `host` and
 * the like, or a URL for the name, it is one on a server, for programs that are not on a page.
 *
 * ```ts
 * const database = new PostgresqlDatabase('my_app');
 * const server = new PostgresqlDatabase('postgresql://ann:secret@db.example.org/my_app', { ssl: true });
 * ```
 */
export class PostgresqlDatabase extends Postgresql {
  constructor(name: string | null, options?: PostgresqlOptions) {
    super(name, options);
    // In an app's own worker the page may ask for one.
    setOpener('postgresql', openHere);
  }

  /**
   * Deletes a stored database; nothing happens when there is none.
   * @throws DatabaseInUseError while it is open anywhere.
   */
  static async remove(name: string, { storage = platformStorage() }: StoredOptions = {}): Promise<void> {
    const { removeCluster } = await import('../storage/open-cluster.ts');
    await removeCluster(storage, name);
  }

  /** The names of the databases stored here. On Node files are where their paths say, and none is known. */
  static async list({ storage = platformStorage() }: StoredOptions = {}): Promise<string[]> {
    const { listClusters } = await import('../storage/open-cluster.ts');
    return listClusters(storage);
  }

  /**
   * Brings a stored database that an older Postgres wrote, which opening it refuses, to the Postgres of today. Its own
   * engine, which the app still has to bring along, writes it as SQL; the new one reads that. Until all is done the old
   * database is untouched. With `storage: 'opfs'` this has to run in a worker.
   *
   * ```ts
   * const engine = async (cluster: Blob) => (await import('pglite-of-then')).PGlite.create({ loadDataDir: cluster });
   * await PostgresqlDatabase.upgrade('my_app', { engine });
   * ```
   * @throws OperationalError when there is no such database, DatabaseInUseError while it is open anywhere.
   * @throws NotSupportedError naming what is in it that SQL cannot carry over.
   */
  static async upgrade(name: string, { storage = platformStorage(), ...options }: UpgradeOptions): Promise<void> {
    const { upgradeCluster } = await import('./postgresql-upgrade.ts');
    await upgradeCluster(name, new PostgresqlDatabase(':memory:'), { ...options, storage });
  }

  protected override defaultStorage(): StorageKind {
    return platformStorage();
  }

  protected override async openEngine(options: OpenOptions): Promise<Driver> {
    if (isPage()) return openRemote(options, { spawn: spawnPostgresql, compile: compileAhead });
    const { openShared } = await import('../bridge/shared-driver.ts');
    return openShared(options, openHere);
  }

  protected override async openServer(options: OpenOptions, server: Server): Promise<Driver> {
    if (isPage())
      throw new NotSupportedError(
        'A page cannot connect to a Postgres server: browsers open no TCP connections. Ask your own server for the data, ' +
          'or leave out host, user and the like to have the database in this browser.',
        { database: options.name },
      );
    const { openNodePostgres } = await import('../driver/node-postgres.ts');
    return openNodePostgres(options, server);
  }
}

const openHere: OpenDriver = async (options) => (await import('../driver/open-pglite.ts')).openHere(options);

function platformStorage(): StorageKind {
  return isNode() ? 'file' : 'indexeddb';
}
