/** What the tests of the Postgres driver share: one opened database for a file, and SQL said shortly. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Connection, Driver, OpenOptions } from '../../src/driver/driver.ts';
import { openPglite } from '../../src/driver/pglite.ts';
import type { ClusterBackend } from '../../src/storage/cluster.ts';
import { openMemoryCluster } from '../../src/storage/memory-cluster.ts';
import type { Bracket } from '../../src/wire/statement.ts';
import { type Asking, asking } from './asking.ts';

export const OPTIONS: OpenOptions = {
  system: 'postgresql',
  name: 'test',
  storage: 'memory',
  durability: 'strict',
  lockTimeout: 30,
  setup: [],
};

/** A database that is gone when it is closed. */
export function open(options: Partial<OpenOptions> = {}, backend?: ClusterBackend): Promise<Driver> {
  const all = { ...OPTIONS, ...options };
  return openPglite(all, backend ?? openMemoryCluster(all));
}

/** Opens one database for all tests of a file, each with an empty schema and a connection of its own. */
export function shared(options: Partial<OpenOptions> = {}): { driver: Driver; main: Connection } {
  const opened = {} as { driver: Driver; main: Connection };
  beforeAll(async () => {
    opened.driver = await open(options);
  });
  beforeEach(async () => {
    opened.main = opened.driver.connect({ label: 'the page' });
    await run(opened.main, 'DROP SCHEMA public CASCADE');
    await run(opened.main, 'CREATE SCHEMA public');
    return () => opened.main.close();
  });
  afterAll(() => opened.driver.close());
  return opened;
}

export const { sql, run, rows, column }: Asking = asking([
  [/^\s*begin/i, 'begin'],
  [/^\s*(commit|rollback(?! to))/i, 'end'],
  [/^\s*(select|with|explain|show|values)/i, 'read'],
]);

export const BRACKET: Bracket = { begin: sql('BEGIN'), commit: sql('COMMIT'), rollback: sql('ROLLBACK') };

/** What a promise was rejected with. */
export function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}
