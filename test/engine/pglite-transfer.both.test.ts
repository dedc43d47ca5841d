/** A Postgres database as one file, and one in the place of another. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Driver } from '../../src/driver/driver.ts';
import { AbortedError, ConnectionClosedError, CorruptDatabaseError } from '../../src/errors.ts';
import { column, failure, open, run, shared } from './pglite-support.ts';

const db = shared();
const aborted = { signal: AbortSignal.abort() };

beforeEach(async () => {
  await run(db.main, 'CREATE TABLE t(id integer PRIMARY KEY)');
  await run(db.main, 'INSERT INTO t SELECT generate_series(1, 1000)');
});

/** A file whose one row in `s` says 7. */
async function source(): Promise<Blob> {
  const other = await open();
  const connection = other.connect();
  await run(connection, 'CREATE TABLE s AS SELECT 7 AS n');
  const file = await other.exportFile();
  await other.close();
  return file;
}

describe('an exported file', () => {
  test('is the database as it was, without what is open', async () => {
    const tx = db.driver.connect();
    await run(tx, 'BEGIN');
    await run(tx, 'INSERT INTO t VALUES (0)');
    const progress: number[] = [];
    const file = await db.driver.exportFile({ onProgress: (done) => progress.push(done) });
    await run(tx, 'COMMIT');
    await tx.close();
    expect(progress.length).toBeGreaterThan(1);
    const copy: Driver = await open();
    await copy.importFile(file);
    expect(await column(copy.connect(), 'SELECT count(*) FROM t')).toEqual([1000]);
    await copy.close();
  });

  test('is not written when nobody wants it any more', async () => {
    expect(await failure(db.driver.exportFile(aborted))).toBeInstanceOf(AbortedError);
  });
});

describe('an imported file', () => {
  test('takes the place of everything; what was open is rolled back, what was called meanwhile waits', async () => {
    const file = await source();
    const driver = await open();
    const [page, tx] = [driver.connect(), driver.connect()];
    await run(tx, 'BEGIN');
    await run(tx, 'CREATE TABLE gone(id integer)');
    const importing = driver.importFile(file);
    const meanwhile = column(page, 'SELECT n FROM s');
    await importing;
    expect(await meanwhile).toEqual([7]);
    expect(await failure(run(tx, 'COMMIT'))).toMatchObject({ cause: expect.any(ConnectionClosedError) });
    expect(await column(tx, "SELECT count(*) FROM pg_class WHERE relname = 'gone'")).toEqual([0]);
    await driver.close();
  });

  test('changes nothing when it is no database, or an unsound one', async () => {
    const tx = db.driver.connect();
    await run(tx, 'BEGIN');
    expect(await failure(db.driver.importFile(new Blob(['nothing of the kind'])))).toBeInstanceOf(CorruptDatabaseError);
    expect(await failure(db.driver.importFile(await source(), aborted))).toBeInstanceOf(AbortedError);
    const late = new AbortController();
    const onProgress = (done: number, total: number | null) => done === total && late.abort();
    const read = db.driver.importFile(await source(), { signal: late.signal, onProgress });
    expect(await failure(read)).toBeInstanceOf(AbortedError);
    await run(tx, 'INSERT INTO t VALUES (0)');
    await run(tx, 'COMMIT');
    await tx.close();
    expect(await column(db.main, 'SELECT count(*) FROM t')).toEqual([1001]);
  });
});
