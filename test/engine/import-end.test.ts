/** How an import ends, on each engine: what those hear whose transactions it ended, and until when it can be given up. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BerkeleyDriver } from '../../src/driver/berkeley.ts';
import type { Connection, Driver } from '../../src/driver/driver.ts';
import { openWith } from '../../src/driver/open-with.ts';
import { AbortedError, OperationalError, StorageFullError } from '../../src/errors.ts';
import { openTranslating } from '../../src/storage/bdb/translate.ts';
import { openMemory } from '../../src/storage/memory.ts';
import { openMemoryCluster } from '../../src/storage/memory-cluster.ts';
import * as pglite from './pglite-support.ts';
import { column, OPTIONS, open, run } from './support.ts';

/** What happens to the new file on its way into a real storage. */
class Way {
  pieces = 0;
  /** Called with each piece by its number, before the storage takes it. */
  onPiece: (number: number) => void = () => {};
  /** Called when the storage has all of them. */
  onEnd: () => void = () => {};

  /** Lets the sources that `method` of a storage is given come this way. */
  lead<S, M extends keyof S>(storage: S, method: M, position: number): S {
    const original = (storage[method] as (...args: unknown[]) => Promise<void>).bind(storage);
    const led = (...args: unknown[]): Promise<void> =>
      original(...args.with(position, this.#watched(args[position] as AsyncIterable<unknown>)));
    return Object.assign(storage as object, { [method]: led }) as S;
  }

  async *#watched(source: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    this.pieces = 0;
    for await (const piece of source) {
      this.onPiece(++this.pieces);
      yield piece;
    }
    this.onEnd();
  }
}

const engines: Record<string, (way: Way) => Promise<Driver>> = {
  SQLite: async (way) => open({}, way.lead(await openMemory(OPTIONS), 'replace', 1)),
  'Berkeley DB': async (way) =>
    openWith(BerkeleyDriver, OPTIONS, openTranslating(way.lead(await openMemory(OPTIONS), 'replace', 1), OPTIONS)),
  Postgres: async (way) => pglite.open({}, way.lead(await openMemoryCluster(pglite.OPTIONS), 'replaceAll', 0)),
};

describe.each(Object.entries(engines))('%s', (_, openOn) => {
  let way: Way;
  let driver: Driver;
  let db: Connection;
  /** The database with one row. */
  let file: Blob;
  const count = (): Promise<unknown> => column(db, 'SELECT count(*) FROM t').then(([rows]) => Number(rows));
  const failure = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => expect.unreachable('it resolved'),
      (error) => error,
    );

  beforeEach(async () => {
    way = new Way();
    driver = await openOn(way);
    db = driver.connect();
    await run(db, 'CREATE TABLE t(id INTEGER PRIMARY KEY)');
    await run(db, 'INSERT INTO t VALUES (1)');
    file = await driver.exportFile();
    await run(db, 'INSERT INTO t VALUES (2)');
  });
  afterEach(() => driver.close());

  async function transaction(): Promise<Connection> {
    const tx = driver.connect();
    await run(tx, 'BEGIN');
    await run(tx, 'INSERT INTO t VALUES (3)');
    return tx;
  }

  test('a transaction that a successful import ended is told so, also one that is closed at once', async () => {
    const tx = await transaction();
    const importing = driver.importFile(file);
    const meanwhile = failure(run(tx, 'SELECT 1'));
    await importing.then(() => tx.close());
    expect((await meanwhile).message).toContain('The database was replaced by an imported file');
    expect(await count()).toBe(1);
  });

  test('a transaction that an import ended which had no room is told why, and can be run again', async () => {
    const [one, other] = [await transaction(), driver.connect()];
    way.onPiece = () => {
      throw new StorageFullError('There is no room left.');
    };
    const importing = failure(driver.importFile(file));
    const meanwhile = failure(run(one, 'SELECT 1'));
    expect(await importing).toBeInstanceOf(StorageFullError);
    for (const error of [await meanwhile, await failure(run(one, 'SELECT 1'))]) {
      expect(error).toBeInstanceOf(OperationalError);
      expect(error.message).toMatch(/^An import rolled back what was open, and failed afterwards.*There is no room left\.$/);
    }
    await run(one, 'ROLLBACK');
    await run(one, 'INSERT INTO t VALUES (3)');
    expect(await column(other, 'SELECT max(id) FROM t')).toEqual([3]);
  });

  test('an import is given up as long as the storage has not taken all of the file', async () => {
    await driver.importFile(file);
    const last = way.pieces;
    await run(db, 'INSERT INTO t VALUES (2)');
    const abort = new AbortController();
    way.onPiece = (number) => number === last && abort.abort();
    const tx = await transaction();
    expect(await failure(driver.importFile(file, { signal: abort.signal }))).toBeInstanceOf(AbortedError);
    expect((await failure(run(tx, 'SELECT 1'))).message).toContain('An import rolled back what was open');
    expect(await count()).toBe(2);
  });

  test('an import that is given up later has taken place', async () => {
    const abort = new AbortController();
    way.onEnd = () => abort.abort();
    await driver.importFile(file, { signal: abort.signal });
    expect(abort.signal.aborted).toBe(true);
    expect(await count()).toBe(1);
  });

  test('a page that gives it up is heard in the middle of it', async () => {
    const abort = new AbortController();
    way.onPiece = () => void setTimeout(() => abort.abort());
    expect(await failure(driver.importFile(file, { signal: abort.signal }))).toBeInstanceOf(AbortedError);
    expect(await count()).toBe(2);
  });
});
