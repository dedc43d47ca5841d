/** Streams of the Postgres driver: snapshots among writers, inside and outside of transactions, left early, failing late. */
import { describe, expect, test } from 'vitest';
import { ConnectionClosedError, LockTimeoutError, OperationalError } from '../../src/errors.ts';
import type { Rows } from '../../src/wire/statement.ts';
import { column, failure, run, shared, sql } from './pglite-support.ts';

const db = shared();
const NUMBERS = sql('SELECT id FROM t ORDER BY id');

async function table(rows: number): Promise<void> {
  await run(db.main, 'CREATE TABLE t(id integer PRIMARY KEY)');
  await run(db.main, `INSERT INTO t SELECT generate_series(1, ${rows})`);
}

const sizes = (slices: readonly Rows[]): number[] => slices.map(({ length }) => length);
const cursors = (): Promise<unknown> => column(db.main, "SELECT name FROM pg_cursors WHERE name <> ''");

async function all(stream: AsyncIterable<Rows>): Promise<Rows[]> {
  const slices: Rows[] = [];
  for await (const rows of stream) slices.push(rows);
  return slices;
}

describe('outside a transaction', () => {
  test('rows come in slices of the size that was asked for', async () => {
    await table(2500);
    expect(sizes(await all(db.main.stream(NUMBERS, 1000)))).toEqual([1000, 1000, 500]);
    expect(sizes(await all(db.main.stream(NUMBERS, 1250)))).toEqual([1250, 1250]);
    expect(sizes(await all(db.main.stream(sql('SELECT id FROM t WHERE id > $1', 2490), 100)))).toEqual([10]);
    expect(await all(db.main.stream(sql('SELECT 1 WHERE false'), 100))).toEqual([]);
    expect(await cursors()).toEqual([]);
  });

  test('values are read as they are expected', async () => {
    const [rows] = await all(db.main.stream({ ...sql("SELECT 5::bigint, 'x'"), expects: ['bigint', 'text'] }, 10));
    expect(rows).toMatchObject({ data: [[5n], ['x']], types: [20, 25], names: ['int8', '?column?'] });
  });

  test('a reader sees its snapshot to the end, and writers do not wait for it', async () => {
    await table(3000);
    const seen: number[] = [];
    for await (const rows of db.main.stream(NUMBERS, 1000)) {
      seen.push(...(rows.data[0] as Float64Array));
      await run(db.main, 'DELETE FROM t WHERE id > 1500');
      await run(db.main, 'INSERT INTO t VALUES ($1)', 10_000 + seen.length);
    }
    expect(seen).toHaveLength(3000);
    expect(seen.at(-1)).toBe(3000);
    expect(await column(db.main, 'SELECT count(*) FROM t')).toEqual([1501]);
    expect(await cursors()).toEqual([]);
  });

  test('a whole transaction may run between two slices, and be in one when the next is read', async () => {
    await table(3000);
    const tx = db.driver.connect();
    const stream = db.main.stream(NUMBERS, 1000);
    await stream[Symbol.asyncIterator]().next();
    await run(tx, 'BEGIN');
    await run(tx, 'TRUNCATE t');
    const rest = await all(stream);
    expect(sizes(rest)).toEqual([1000, 1000]);
    expect(await column(tx, 'SELECT count(*) FROM t')).toEqual([0]);
    await run(tx, 'COMMIT');
    await tx.close();
    expect(await cursors()).toEqual([]);
  });

  test('what is put aside waits while the transaction of another has failed', async () => {
    await table(3000);
    const tx = db.driver.connect({ label: 'the failed one' });
    const stream = db.main.stream(NUMBERS, 1000);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await run(tx, 'BEGIN');
    await failure(run(tx, 'SELECT 1 / 0'));
    const next = iterator.next();
    await run(tx, 'ROLLBACK');
    expect((await next).value).toMatchObject({ length: 1000 });
    await tx.close();
    await iterator.return?.();
    expect(await cursors()).toEqual([]);
  });

  test('several read side by side', async () => {
    await table(3000);
    const streams = Array.from({ length: 4 }, () => all(db.main.stream(NUMBERS, 700)));
    for (const slices of await Promise.all(streams)) expect(sizes(slices)).toEqual([700, 700, 700, 700, 200]);
  });

  test('leaving early frees it', async () => {
    await table(3000);
    for await (const rows of db.main.stream(NUMBERS, 10)) if (rows.length > 0) break;
    expect(await cursors()).toEqual([]);
    for await (const rows of db.main.stream(NUMBERS, 10)) {
      await run(db.main, 'SELECT 1');
      if (rows.length > 0) break;
    }
    expect(await cursors()).toEqual([]);
  });

  test('a query that fails on a row fails when that row is reached, whoever made it run that far', async () => {
    const late = sql('SELECT 1 / (2000 - g) FROM generate_series(1, 3000) g');
    const slices: number[] = [];
    const read = async (between: () => Promise<unknown>): Promise<void> => {
      slices.length = 0;
      for await (const rows of db.main.stream(late, 1000)) {
        slices.push(rows.length);
        await between();
      }
    };
    await expect(read(async () => {})).rejects.toMatchObject({ code: '22012' });
    expect(slices).toEqual([1000]);
    await expect(read(() => run(db.main, 'SELECT 1'))).rejects.toMatchObject({ code: '22012' });
    expect(slices).toEqual([1000]);
    expect(await column(db.main, 'SELECT 1')).toEqual([1]);
  });

  test('it waits for the transaction of another, but not for ever', async () => {
    await table(10);
    const tx = db.driver.connect();
    await run(tx, 'BEGIN');
    expect(await failure(all(db.main.stream(NUMBERS, 5)))).toBeInstanceOf(OperationalError);
    const waiting = all(db.main.stream(NUMBERS, 5));
    await run(tx, 'COMMIT');
    expect(sizes(await waiting)).toEqual([5, 5]);
    await tx.close();
  });

  test('what no cursor can read is read at once', async () => {
    await table(1);
    expect((await all(db.main.stream(sql('EXPLAIN SELECT * FROM t'), 1))).length).toBeGreaterThan(0);
    expect(sizes(await all(db.main.stream(sql('SHOW TimeZone'), 1)))).toEqual([1]);
    expect(await failure(all(db.main.stream(sql('SELECT nothing'), 1)))).toMatchObject({ code: '42703' });
    expect(await cursors()).toEqual([]);
  });

  test('what it calls that writes is committed when the reader is done', async () => {
    await run(db.main, 'CREATE TABLE log(id integer)');
    await run(
      db.main,
      "CREATE FUNCTION note(id integer) RETURNS integer LANGUAGE sql AS 'INSERT INTO log VALUES (id) RETURNING id'",
    );
    await all(db.main.stream(sql('SELECT note(g) FROM generate_series(1, 3) g'), 2));
    expect(await column(db.main, 'SELECT count(*) FROM log')).toEqual([3]);
  });

  test('closing the connection ends it', async () => {
    await table(3000);
    const own = db.driver.connect();
    const iterator = own.stream(NUMBERS, 1000)[Symbol.asyncIterator]();
    await iterator.next();
    await own.close();
    await expect(iterator.next()).rejects.toBeInstanceOf(ConnectionClosedError);
    expect(await cursors()).toEqual([]);
    expect(await failure(run(db.main, 'INSERT INTO t VALUES (0)'))).toBeNull();
  });
});

describe('inside a transaction', () => {
  test('it is part of it', async () => {
    await table(10);
    await run(db.main, 'BEGIN');
    await run(db.main, 'INSERT INTO t VALUES (11)');
    const seen: number[] = [];
    for await (const rows of db.main.stream(NUMBERS, 4)) {
      seen.push(rows.length);
      await run(db.main, 'INSERT INTO t VALUES ($1)', 100 + seen.length);
    }
    expect(seen).toEqual([4, 4, 3]);
    await run(db.main, 'COMMIT');
    expect(await column(db.main, 'SELECT count(*) FROM t')).toEqual([14]);
  });

  test('it ends with it', async () => {
    await table(10);
    await run(db.main, 'BEGIN');
    const iterator = db.main.stream(NUMBERS, 4)[Symbol.asyncIterator]();
    await iterator.next();
    await run(db.main, 'COMMIT');
    await run(db.main, 'BEGIN');
    expect(await failure(iterator.next())).toBeInstanceOf(OperationalError);
    await run(db.main, 'INSERT INTO t VALUES (11)');
    await run(db.main, 'COMMIT');
    expect(await column(db.main, 'SELECT count(*) FROM t')).toEqual([11]);
  });

  test('others wait for the transaction, not for the stream', async () => {
    await table(10);
    await run(db.main, 'BEGIN');
    const iterator = db.main.stream(NUMBERS, 4)[Symbol.asyncIterator]();
    await iterator.next();
    const other = db.driver.connect();
    const busy = setInterval(() => void run(db.main, 'SELECT 1'), 5);
    expect(await failure(run(other, 'SELECT 1'))).toBeInstanceOf(LockTimeoutError);
    clearInterval(busy);
    const waiting = run(other, 'SELECT 1');
    await run(db.main, 'ROLLBACK');
    await waiting;
    await other.close();
  });
});
