/** Nothing else cleans up: the log stays short, dead rows are reclaimed, statistics are there. */
import { expect, test, vi } from 'vitest';
import { column, open, rows, run, shared, sql } from './pglite-support.ts';

const db = shared({ lockTimeout: 5000 });
const megabytes = async (query: string): Promise<number> => Number((await column(db.main, query))[0]) / 2 ** 20;
const LOG = 'SELECT sum(size)::float8 FROM pg_ls_waldir()';

test('20,000 updates leave a short log, a small table and fresh statistics', async () => {
  await run(db.main, 'CREATE TABLE t(id integer PRIMARY KEY, n integer, v text)');
  await run(db.main, "INSERT INTO t SELECT g, 0, repeat('x', 500) FROM generate_series(1, 1000) g");
  let longest = 0;
  for (let i = 0; i < 20_000; i++) {
    await run(db.main, 'UPDATE t SET n = n + 1, v = v WHERE id = $1', (i % 1000) + 1);
    if (i % 1000 === 0) longest = Math.max(longest, await megabytes(LOG));
  }
  expect(longest).toBeLessThan(32);
  await vi.waitFor(
    async () => {
      const [state] = await rows(
        db.main,
        'SELECT n_dead_tup, last_vacuum IS NOT NULL, last_analyze IS NOT NULL FROM pg_stat_user_tables',
      );
      expect(state).toEqual([0, true, true]);
    },
    { timeout: 20_000, interval: 100 },
  );
  await vi.waitFor(async () => expect(await megabytes(LOG)).toBeLessThan(6), { timeout: 5000, interval: 50 });
  expect(await megabytes("SELECT pg_total_relation_size('t')::float8")).toBeLessThan(4);
  expect(await column(db.main, 'SELECT sum(n) FROM t')).toEqual([20000]);
});

test('one long transaction does not let the log grow without end', async () => {
  await run(db.main, 'CREATE TABLE t(id integer, v text)');
  await run(db.main, 'BEGIN');
  let longest = 0;
  for (let i = 0; i < 40; i++) {
    await run(db.main, "INSERT INTO t SELECT g, repeat('x', 1000) FROM generate_series(1, 2000) g");
    longest = Math.max(longest, await megabytes(LOG));
  }
  expect(longest).toBeLessThan(40);
  await run(db.main, 'ROLLBACK');
  expect(await column(db.main, 'SELECT count(*) FROM t')).toEqual([0]);
});

test('tables that say no to autovacuum are left alone', async () => {
  await run(db.main, 'CREATE TABLE own(id integer) WITH (autovacuum_enabled = false)');
  await run(db.main, 'CREATE TABLE ours(id integer)');
  for (const name of ['own', 'ours']) {
    await run(db.main, `INSERT INTO ${name} SELECT generate_series(1, 1000)`);
    await run(db.main, `DELETE FROM ${name}`);
  }
  const vacuumed = 'SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL ORDER BY 1';
  await vi.waitFor(async () => expect(await column(db.main, vacuumed)).toEqual(['ours']), { timeout: 20_000, interval: 100 });
});

test('nothing is done in the middle of a transaction', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const driver = await open();
  const tx = driver.connect();
  await run(tx, 'CREATE TABLE t(id integer)');
  await run(tx, 'INSERT INTO t SELECT generate_series(1, 5000)');
  await tx.run({ statements: [sql('BEGIN'), sql('DELETE FROM t')] });
  vi.advanceTimersByTime(5000);
  const vacuumed = "SELECT count(*) FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL AND relname = 't'";
  expect(await column(tx, vacuumed)).toEqual([0]);
  await run(tx, 'COMMIT');
  vi.advanceTimersByTime(5000);
  expect(await column(tx, vacuumed)).toEqual([1]);
  vi.useRealTimers();
  await driver.close();
});
