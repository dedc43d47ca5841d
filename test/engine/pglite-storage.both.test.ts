/** When a call on the Postgres driver resolves: after what it committed is stored, and what happens when it cannot be; the engine's death. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection, Driver } from '../../src/driver/driver.ts';
import { InternalError, OperationalError, StorageFullError } from '../../src/errors.ts';
import type { Durability, StorageState } from '../../src/storage/backend.ts';
import type { Change, ClusterBackend, WholeFile } from '../../src/storage/cluster.ts';
import { openMemoryCluster } from '../../src/storage/memory-cluster.ts';
import { BRACKET, column, failure, OPTIONS, open, run, sql } from './pglite-support.ts';

/** Keeps files in memory and says when commits come; storing them waits, or fails, as a test wants. */
class Keeper implements ClusterBackend {
  readonly kind = 'indexeddb';
  readonly files: ClusterBackend['files'];
  durability: Durability = 'strict';
  readonly commits: (readonly Change[])[] = [];
  failure: Error | null = null;
  /** How often something was stored. */
  flushes = 0;
  #stored = 0;
  #gate: Promise<void> | null = null;
  #running: Promise<void> | null = null;
  #open: () => void = () => {};
  readonly #memory: ClusterBackend;

  constructor(memory: ClusterBackend) {
    this.#memory = memory;
    this.files = memory.files;
  }

  static async make(): Promise<Keeper> {
    return new Keeper(await openMemoryCluster(OPTIONS));
  }

  /** Nothing is stored until the returned function is called. */
  hold(): () => void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
    return () => {
      this.#gate = null;
      this.#open();
    };
  }

  commit(changes: readonly Change[]): void {
    this.commits.push(changes);
  }

  /** One flush stores all that was committed when it starts. */
  async durable(): Promise<void> {
    const upTo = this.commits.length;
    while (this.#stored < upTo) {
      this.#running ??= this.#flush();
      await this.#running;
    }
  }

  flush(): Promise<void> {
    return this.durable();
  }

  async #flush(): Promise<void> {
    try {
      await Promise.resolve();
      await this.#gate;
      if (this.failure !== null) throw this.failure;
      this.flushes++;
      this.#stored = this.commits.length;
    } finally {
      this.#running = null;
    }
  }

  replaceAll(files: Iterable<WholeFile> | AsyncIterable<WholeFile>, bytes: number | null): Promise<void> {
    return this.#memory.replaceAll(files, bytes);
  }

  state(): Promise<StorageState> {
    return this.#memory.state();
  }

  async persist(): Promise<boolean> {
    return false;
  }

  async close(): Promise<void> {}
}

let keeper: Keeper;
let driver: Driver;
let main: Connection;
beforeEach(async () => {
  keeper = await Keeper.make();
  driver = await open({}, keeper);
  main = driver.connect({ label: 'the page' });
  await run(main, 'CREATE TABLE t(id integer PRIMARY KEY, v text)');
  keeper.flushes = 0;
});
afterEach(() => {
  keeper.failure = null;
  return driver.close();
});

/** Whether a promise is settled after everything that can happen by itself has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await new Promise((resolve) => setTimeout(resolve));
  return settled;
}

describe('a call resolves', () => {
  test('when what it committed is stored; others read it meanwhile, and reads wait for nothing', async () => {
    const release = keeper.hold();
    const insert = run(main, "INSERT INTO t VALUES (1, 'a')");
    expect(await column(main, 'SELECT count(*) FROM t')).toEqual([1]);
    expect(await isSettled(insert)).toBe(false);
    release();
    await insert;
    expect(keeper.flushes).toBe(1);
  });

  test('for a transaction at its commit, not before', async () => {
    const release = keeper.hold();
    const tx = driver.connect();
    await run(tx, 'BEGIN');
    await run(tx, "INSERT INTO t VALUES (1, 'a')");
    const commit = run(tx, 'COMMIT');
    const bracket = main.run({ statements: [sql("INSERT INTO t VALUES (2, 'b')")], bracket: BRACKET });
    expect([await isSettled(commit), await isSettled(bracket)]).toEqual([false, false]);
    release();
    await Promise.all([commit, bracket]);
    await tx.close();
  });

  test('commits that wait together are stored together', async () => {
    const inserts = Array.from({ length: 200 }, (_, id) => run(main, 'INSERT INTO t VALUES ($1, $2)', id, 'x'));
    await Promise.all(inserts);
    expect(keeper.flushes).toBeLessThanOrEqual(2);
    expect(await column(main, 'SELECT count(*) FROM t')).toEqual([200]);
  });

  test('reads and what is rolled back store nothing', async () => {
    const { commits } = keeper;
    const before = commits.length;
    await run(main, 'SELECT * FROM t');
    await run(main, 'BEGIN');
    await run(main, 'SELECT count(*) FROM t');
    await run(main, 'COMMIT');
    await run(main, "SET work_mem = '5MB'");
    expect(commits.length).toBe(before);
    expect(keeper.flushes).toBe(0);
  });

  test('deferred, at once', async () => {
    await driver.setDurability('deferred');
    keeper.durable = async () => {};
    const release = keeper.hold();
    await run(main, "INSERT INTO t VALUES (1, 'a')");
    expect(keeper.flushes).toBe(0);
    release();
    await driver.flush();
  });
});

describe('when storage fails', () => {
  test('the call fails, writes wait until it works again, and reads go on', async () => {
    const heard: Error[] = [];
    driver.on('storage', (error) => heard.push(error));
    keeper.failure = new StorageFullError('There is no room left.');
    expect(await failure(run(main, "INSERT INTO t VALUES (1, 'a')"))).toBe(keeper.failure);
    expect(await failure(run(main, "INSERT INTO t VALUES (2, 'b')"))).toBe(keeper.failure);
    expect(await column(main, 'SELECT id FROM t')).toEqual([1]);
    expect(heard.length).toBeGreaterThan(0);
    keeper.failure = null;
    await run(main, "INSERT INTO t VALUES (3, 'c')");
    expect(await column(main, 'SELECT id FROM t')).toEqual([1, 3]);
  });
});

describe('when the engine breaks', () => {
  /** A function that takes a number for where a text is, outside of the engine's memory. */
  const TRAP = "CREATE FUNCTION trap(integer) RETURNS integer LANGUAGE internal AS 'textlen'";

  test('it starts again on its files; what was committed is there, transactions are rolled back', async () => {
    const tx = driver.connect({ label: 'tx' });
    await run(main, TRAP);
    await run(main, "INSERT INTO t VALUES (1, 'a')");
    await run(tx, 'BEGIN');
    await run(tx, "INSERT INTO t VALUES (2, 'b')");
    const error = await failure(run(tx, 'SELECT trap(2000000000)'));
    expect(error).toBeInstanceOf(InternalError);
    expect(await column(main, 'SELECT id FROM t')).toEqual([1]);
    expect(await failure(run(tx, "INSERT INTO t VALUES (3, 'c')"))).toBeInstanceOf(OperationalError);
    await run(tx, 'ROLLBACK');
    await run(tx, "INSERT INTO t VALUES (4, 'd')");
    expect(await column(main, 'SELECT id FROM t ORDER BY id')).toEqual([1, 4]);
    await tx.close();
  });

  test('extensions are fetched for the one that is started', async () => {
    await run(main, TRAP);
    await failure(run(main, 'SELECT trap(2000000000)'));
    await run(main, 'CREATE EXTENSION citext');
    expect(await column(main, "SELECT 'ABC'::citext = 'abc'")).toEqual([true]);
  });

  test('connections listen on, and keep their settings', async () => {
    const heard: string[] = [];
    driver.on('notification', ({ channel, payload }) => heard.push(`${channel}: ${payload}`));
    const ear = driver.connect();
    await run(ear, 'LISTEN "Jobs"');
    await run(main, "SET TimeZone = 'Asia/Tokyo'");
    await run(main, TRAP);
    await failure(run(main, 'SELECT trap(2000000000)'));
    await run(main, "SELECT pg_notify('Jobs', 'after')");
    expect(heard).toEqual(['Jobs: after']);
    expect(await column(main, 'SHOW TimeZone')).toEqual(['Asia/Tokyo']);
    await ear.close();
    await run(main, "SELECT pg_notify('Jobs', 'nobody')");
    expect(heard).toHaveLength(1);
  });
});

test('the database is there again when it is opened again', async () => {
  await run(main, "INSERT INTO t VALUES (1, 'a')");
  await driver.close();
  driver = await open({}, keeper);
  main = driver.connect();
  expect(await column(main, 'SELECT v FROM t')).toEqual(['a']);
  const log = await column(main, 'SELECT count(*) FROM pg_ls_waldir()');
  expect(log[0]).toBeLessThanOrEqual(3);
});
