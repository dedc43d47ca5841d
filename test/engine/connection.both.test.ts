/** Connections: order, the write lock, brackets, lost transactions, streams, closing. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Connection, Driver } from '../../src/driver/driver.ts';
import {
  ConnectionClosedError,
  DatabaseError,
  DeadlockError,
  LockTimeoutError,
  OperationalError,
  ProgrammingError,
  StorageFullError,
} from '../../src/errors.ts';
import type { Bracket } from '../../src/wire/statement.ts';
import { column, open, PageKeeper, rows, run, sql } from './support.ts';

const BRACKET: Bracket = { begin: sql('BEGIN IMMEDIATE'), commit: sql('COMMIT'), rollback: sql('ROLLBACK') };

let driver: Driver;
let main: Connection;
beforeEach(async () => {
  driver = await open();
  main = driver.connect({ label: 'the page' });
  await run(main, 'CREATE TABLE t(id INTEGER PRIMARY KEY, v UNIQUE)');
});
afterEach(() => driver.close());

const count = async (connection: Connection): Promise<unknown> => (await column(connection, 'SELECT count(*) FROM t'))[0];

describe('the write lock', () => {
  test('is handed on in the order it was asked for', async () => {
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4].map(async (id) => {
        const tx = driver.connect({ label: `tx ${id}` });
        await run(tx, 'BEGIN IMMEDIATE');
        order.push(id);
        await run(tx, 'INSERT INTO t VALUES (?, ?)', id, id);
        await Promise.resolve();
        await run(tx, 'COMMIT');
        await tx.close();
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
    expect(await count(main)).toBe(4);
  });

  test('one who waits too long hears who holds it and since when', async () => {
    const tx = driver.connect({ label: 'atomic at app.ts:7' });
    await run(tx, 'BEGIN IMMEDIATE');
    const busy = setInterval(() => void run(tx, 'SELECT 1'), 5);
    await expect(run(main, 'INSERT INTO t VALUES (1, 1)')).rejects.toThrow(
      /^the page waited 30 ms for the write lock, which atomic at app.ts:7 has held since \d{4}-.*Z\.$/,
    );
    await expect(run(main, 'INSERT INTO t VALUES (1, 1)')).rejects.toBeInstanceOf(LockTimeoutError);
    clearInterval(busy);
    await run(tx, 'COMMIT');
    await run(main, 'INSERT INTO t VALUES (1, 1)');
  });

  test('a write that waits for its own idle transaction is told so', async () => {
    const tx = driver.connect({ label: 'the transaction' });
    await run(tx, 'BEGIN IMMEDIATE');
    const error = await run(main, 'INSERT INTO t VALUES (1, 1)').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeadlockError);
    expect((error as Error).message).toContain('tx(Model)');
    await tx.close();
    await run(main, 'INSERT INTO t VALUES (1, 1)');
  });

  test('reads do not stand in line behind writes that wait', async () => {
    const tx = driver.connect();
    await run(tx, 'BEGIN IMMEDIATE');
    await run(tx, 'INSERT INTO t VALUES (1, 1)');
    const waiting = run(main, 'INSERT INTO t VALUES (2, 2)');
    expect(await count(main)).toBe(0);
    await run(tx, 'COMMIT');
    await waiting;
    expect(await count(main)).toBe(2);
  });

  test('calls behind a transaction that waits to begin keep their order', async () => {
    const holder = driver.connect();
    await run(holder, 'BEGIN IMMEDIATE');
    const tx = driver.connect();
    const all = Promise.all([
      run(tx, 'BEGIN IMMEDIATE'),
      run(tx, 'INSERT INTO t VALUES (1, 1)'),
      count(tx),
      run(tx, 'ROLLBACK'),
      count(tx),
    ]);
    await run(holder, 'COMMIT');
    const [, , inside, , after] = await all;
    expect([inside, after]).toEqual([1, 0]);
  });

  test('closing a connection rolls back and lets the next one in', async () => {
    const tx = driver.connect();
    await run(tx, 'BEGIN IMMEDIATE');
    await run(tx, 'INSERT INTO t VALUES (1, 1)');
    const waiting = run(main, 'INSERT INTO t VALUES (2, 2)');
    await tx.close();
    await waiting;
    expect(await column(main, 'SELECT id FROM t')).toEqual([2]);
    await expect(run(tx, 'SELECT 1')).rejects.toBeInstanceOf(ConnectionClosedError);
  });

  test('a connection closed in the moment it gets the lock does not keep it', async () => {
    const [holder, next] = [driver.connect(), driver.connect()];
    await run(holder, 'BEGIN IMMEDIATE');
    const waiting = run(next, 'BEGIN IMMEDIATE').catch((error: unknown) => error);
    const committed = run(holder, 'COMMIT');
    const closed = next.close();
    await Promise.all([committed, closed]);
    expect(await waiting).toBeInstanceOf(ConnectionClosedError);
    await run(main, 'INSERT INTO t VALUES (1, 1)');
  });

  test('a raw BEGIN that writes later holds it until its end', async () => {
    const tx = driver.connect({ label: 'raw' });
    await run(tx, 'BEGIN');
    expect(await count(tx)).toBe(0);
    await run(main, 'INSERT INTO t VALUES (1, 1)');
    expect(await count(tx)).toBe(0);
    await run(tx, 'COMMIT');
    await run(tx, 'BEGIN');
    await run(tx, 'INSERT INTO t VALUES (2, 2)');
    await expect(run(main, 'INSERT INTO t VALUES (3, 3)')).rejects.toBeInstanceOf(DeadlockError);
    await run(tx, 'COMMIT');
    await run(main, 'INSERT INTO t VALUES (3, 3)');
  });

  test('a snapshot that others have overtaken cannot write', async () => {
    const tx = driver.connect();
    await run(tx, 'BEGIN');
    await count(tx);
    await run(main, 'INSERT INTO t VALUES (1, 1)');
    await expect(run(tx, 'INSERT INTO t VALUES (2, 2)')).rejects.toMatchObject({ code: 5 });
    await run(tx, 'ROLLBACK');
    await run(main, 'INSERT INTO t VALUES (3, 3)');
  });
});

describe('batches', () => {
  test('a bracket makes one transaction, and undoes it when a statement fails', async () => {
    await main.run({ statements: [sql('INSERT INTO t VALUES (1, 1)'), sql('INSERT INTO t VALUES (2, 2)')], bracket: BRACKET });
    await expect(
      main.run({
        statements: [sql('INSERT INTO t VALUES (3, 3)'), sql('INSERT INTO t VALUES (4, 1)')],
        bracket: BRACKET,
      }),
    ).rejects.toMatchObject({ code: 19, message: 'UNIQUE constraint failed: t.v', sql: 'INSERT INTO t VALUES (4, 1)' });
    expect(await column(main, 'SELECT id FROM t')).toEqual([1, 2]);
    await run(driver.connect(), 'INSERT INTO t VALUES (5, 5)');
  });

  test('without one, each statement stands for itself and a failure ends the batch', async () => {
    await expect(
      main.run({ statements: [sql('INSERT INTO t VALUES (1, 1)'), sql('nonsense'), sql('INSERT INTO t VALUES (2, 2)')] }),
    ).rejects.toMatchObject({ code: 1, message: 'near "nonsense": syntax error' });
    expect(await count(main)).toBe(1);
  });

  test('outcomes tell changes and the last key, of each statement its own', async () => {
    const outcomes = await main.run({
      statements: [
        sql('INSERT INTO t(v) VALUES (?), (?)', 'a', 'b'),
        sql('CREATE TABLE u(a)'),
        sql('UPDATE t SET v = v || 1'),
        sql('SELECT 1'),
        sql('DELETE FROM t WHERE id = 9'),
        sql('INSERT INTO t(id) VALUES (?)', 2n ** 53n + 1n),
        sql('INSERT INTO t(id) VALUES (?) RETURNING id', 7),
      ],
    });
    expect(outcomes.map(({ changes }) => changes)).toEqual([2, 0, 2, 0, 0, 1, 1]);
    expect(outcomes.map(({ lastInsertId }) => lastInsertId)).toEqual([2, null, null, null, null, 2n ** 53n + 1n, null]);
  });

  test('many rows of parameters run one statement', async () => {
    const length = 2500;
    const ids = Float64Array.from({ length }, (_, i) => i + 1);
    const [outcome] = await main.run({
      statements: [
        {
          sql: 'INSERT INTO t VALUES (?, ?)',
          mode: 'write',
          many: { length, data: [ids, Array.from(ids, (id) => (id % 2 ? `v${id}` : null))] },
        },
      ],
      bracket: BRACKET,
    });
    expect(outcome).toMatchObject({ changes: length, lastInsertId: length });
    expect(await rows(main, 'SELECT count(*), sum(id), count(v) FROM t')).toEqual([
      [length, (length * (length + 1)) / 2, length / 2],
    ]);
    const [returned] = await main.run({
      statements: [
        {
          sql: 'UPDATE t SET v = ? WHERE id = ? RETURNING id',
          mode: 'write',
          many: {
            length: 3,
            data: [
              ['x', 'y', 'z'],
              [3, 1, 9999],
            ],
          },
        },
      ],
    });
    expect(returned!.rows.data).toEqual([[3, 1]]);
    expect(returned!.changes).toBe(2);
  });

  test('rows come in slices where somebody takes them', async () => {
    await run(
      main,
      'INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i, i FROM n',
    );
    const seen: [number, number][] = [];
    const outcomes = await main.run(
      { statements: [sql('SELECT 1'), sql('SELECT id FROM t'), sql('SELECT id FROM t WHERE id < 0')] },
      (index, slice) => seen.push([index, slice.length]),
    );
    expect(seen).toEqual([
      [0, 1],
      [1, 1000],
      [1, 1000],
      [1, 500],
    ]);
    expect(outcomes.map(({ rows: left }) => [left.length, left.names])).toEqual([
      [0, ['1']],
      [0, ['id']],
      [0, ['id']],
    ]);
  });
});

describe('wrong statements', () => {
  test.each([
    ['', /no statement/],
    ['-- nothing', /no statement/],
    ['SELECT 1; SELECT 2', /one statement/],
    ['SELECT 1; nonsense', /one statement/],
    ['SELECT 1\0; DROP TABLE t', /one statement/],
    ['SELECT ?', /has 1 placeholders and got 0/],
  ])('%j', async (text, message) => {
    const error = await run(main, text).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProgrammingError);
    expect((error as Error).message).toMatch(message);
  });

  test('blanks, semicolons and comments behind a statement are none', async () => {
    expect(await column(main, 'SELECT 1; ; -- over\n /* and out */ ;')).toEqual([1]);
  });

  test('too many values and too many placeholders', async () => {
    await expect(run(main, 'SELECT ?, ?', 1, 2, 3)).rejects.toThrow('has 2 placeholders and got 3 values');
    const wide = `SELECT ${Array.from({ length: 40_000 }, () => '?').join('+')}`;
    await expect(run(main, wide, ...Array.from({ length: 40_000 }, () => 1))).rejects.toBeInstanceOf(DatabaseError);
  });

  test('as many placeholders as SQLite takes', async () => {
    const values = Array.from({ length: 32_766 }, (_, i) => i);
    expect(await column(main, `SELECT count(*) FROM (VALUES ${values.map(() => '(?)').join(',')})`, ...values)).toEqual([32_766]);
  });
});

test('a schema changed by another connection is noticed by prepared statements', async () => {
  const other = driver.connect();
  expect((await run(main, 'SELECT * FROM t')).rows.names).toEqual(['id', 'v']);
  await run(main, 'INSERT INTO t VALUES (1, 2)');
  await run(other, 'ALTER TABLE t ADD COLUMN w DEFAULT 5');
  expect(await rows(main, 'SELECT * FROM t')).toEqual([[1, 2, 5]]);
  await run(other, 'ALTER TABLE t RENAME COLUMN v TO renamed');
  expect((await run(main, 'SELECT * FROM t')).rows.names).toEqual(['id', 'renamed', 'w']);
});

describe('a transaction that SQLite gave up', () => {
  test('runs nothing more until it is ended', async () => {
    const tx = driver.connect();
    await run(tx, 'BEGIN IMMEDIATE');
    await run(tx, 'INSERT INTO t VALUES (1, 1)');
    await expect(run(tx, 'INSERT OR ROLLBACK INTO t VALUES (2, 1)')).rejects.toMatchObject({ code: 19 });
    await expect(run(tx, 'INSERT INTO t VALUES (3, 3)')).rejects.toBeInstanceOf(OperationalError);
    await expect(run(tx, 'SELECT 1')).rejects.toThrow(/was rolled back after an error: UNIQUE/);
    await run(tx, 'ROLLBACK');
    expect(await count(tx)).toBe(0);
    await run(main, 'INSERT INTO t VALUES (4, 4)');
  });

  test('cannot be committed', async () => {
    const tx = driver.connect();
    await run(tx, 'BEGIN IMMEDIATE');
    await run(tx, 'INSERT INTO t VALUES (1, 1)');
    await expect(run(tx, 'INSERT OR ROLLBACK INTO t VALUES (2, 1)')).rejects.toBeDefined();
    await expect(run(tx, 'COMMIT')).rejects.toThrow(/was rolled back after an error: UNIQUE/);
    await run(main, 'INSERT INTO t VALUES (4, 4)');
  });
});

describe('streams', () => {
  beforeEach(() =>
    run(main, 'INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT i, i FROM n'),
  );

  test('read a snapshot of their own while others write', async () => {
    const seen: number[] = [];
    for await (const slice of main.stream(sql('SELECT id FROM t'), 20)) {
      seen.push(slice.length);
      await run(main, 'DELETE FROM t WHERE id > 25');
    }
    expect(seen).toEqual([20, 20, 10]);
    expect(await count(main)).toBe(25);
  });

  test('leaving early frees what they hold', async () => {
    for await (const slice of main.stream(sql('SELECT id FROM t'), 20)) {
      expect(slice.length).toBe(20);
      break;
    }
    expect(await rows(main, 'PRAGMA wal_checkpoint(TRUNCATE)')).toEqual([[0, 0, 0]]);
  });

  test('inside a transaction they see it', async () => {
    const tx = driver.connect();
    await run(tx, 'BEGIN IMMEDIATE');
    await run(tx, 'DELETE FROM t WHERE id > 30');
    let seen = 0;
    for await (const slice of tx.stream(sql('SELECT id FROM t'), 20)) {
      seen += slice.length;
      await run(tx, 'UPDATE t SET v = v + 1000 WHERE id = 1');
    }
    expect(seen).toBe(30);
    await run(tx, 'ROLLBACK');
    expect(await count(tx)).toBe(50);
  });

  test('fail when the database is closed under them', async () => {
    const reading = async (): Promise<void> => {
      for await (const _ of main.stream(sql('SELECT id FROM t'), 20)) await driver.close();
    };
    await expect(reading()).rejects.toBeInstanceOf(ConnectionClosedError);
  });

  test('wrong SQL fails when the first rows are asked for', async () => {
    const reading = async (): Promise<void> => {
      for await (const _ of main.stream(sql('SELECT missing FROM t'), 20)) expect.unreachable();
    };
    await expect(reading()).rejects.toThrow('no such column: missing');
  });
});

test('what one connection leaves behind, another does not find', async () => {
  const first = driver.connect();
  await run(first, 'CREATE TEMP TABLE mine(a)');
  await run(first, 'PRAGMA foreign_keys=ON');
  await first.close();
  const second = driver.connect();
  await expect(run(second, 'SELECT * FROM mine')).rejects.toThrow('no such table');
  expect(await column(second, 'PRAGMA foreign_keys')).toEqual([0]);
});

test('settings of the database hold on every connection', async () => {
  const set = await open({ setup: ['PRAGMA foreign_keys=ON', 'PRAGMA cache_size=77'] });
  for (const connection of [set.connect(), set.connect()]) {
    expect([await column(connection, 'PRAGMA foreign_keys'), await column(connection, 'PRAGMA cache_size')]).toEqual([[1], [77]]);
  }
  await set.close();
});

describe('closing the database', () => {
  test('ends what waits, and twice is as good as once', async () => {
    const tx = driver.connect();
    await run(tx, 'BEGIN IMMEDIATE');
    const waiting = run(main, 'INSERT INTO t VALUES (1, 1)').catch((error: unknown) => error);
    await Promise.all([driver.close(), driver.close()]);
    expect(await waiting).toBeInstanceOf(ConnectionClosedError);
    await expect(run(main, 'SELECT 1')).rejects.toThrow('The database "test.db" is closed.');
    await expect(run(driver.connect(), 'SELECT 1')).rejects.toBeInstanceOf(ConnectionClosedError);
    await expect(driver.flush()).rejects.toBeInstanceOf(ConnectionClosedError);
    await expect(driver.exportFile()).rejects.toBeInstanceOf(ConnectionClosedError);
  });
});

describe('storage that fails', () => {
  test('a write is not acknowledged, the next retries first, reads go on', async () => {
    const keeper = new PageKeeper();
    const kept = await open({ storage: 'indexeddb' }, keeper);
    const connection = kept.connect();
    await run(connection, 'CREATE TABLE t(a)');
    const heard: Error[] = [];
    kept.on('storage', (error) => heard.push(error));
    keeper.failure = new StorageFullError('no room');
    await expect(run(connection, 'INSERT INTO t VALUES (1)')).rejects.toBe(keeper.failure);
    const commits = keeper.commits;
    await expect(run(connection, 'INSERT INTO t VALUES (2)')).rejects.toBe(keeper.failure);
    expect(keeper.commits).toBe(commits);
    expect(await column(connection, 'SELECT a FROM t')).toEqual([1]);
    expect(heard).toEqual([keeper.failure]);
    keeper.failure = null;
    await run(connection, 'INSERT INTO t VALUES (3)');
    expect(await column(connection, 'SELECT a FROM t')).toEqual([1, 3]);
    await kept.close();
  });

  test('deferred: nobody waits, so an event tells, and the next write is refused', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const keeper = new PageKeeper();
    keeper.durability = 'deferred';
    const kept = await open({ storage: 'indexeddb', durability: 'deferred' }, keeper);
    const connection = kept.connect();
    const heard = new Promise((resolve) => kept.on('storage', resolve));
    await run(connection, 'CREATE TABLE t(a)');
    keeper.failure = new StorageFullError('no room');
    await vi.advanceTimersByTimeAsync(300);
    expect(await heard).toBe(keeper.failure);
    vi.useRealTimers();
    await expect(run(connection, 'INSERT INTO t VALUES (1)')).rejects.toBe(keeper.failure);
    keeper.failure = null;
    await run(connection, 'INSERT INTO t VALUES (2)');
    await kept.close();
  });

  test('reads do not wait for storage', async () => {
    const keeper = new PageKeeper();
    const kept = await open({ storage: 'indexeddb' }, keeper);
    const connection = kept.connect();
    await run(connection, 'CREATE TABLE t(a)');
    const { waits } = keeper;
    await run(connection, 'SELECT * FROM t');
    await connection.run({ statements: [sql('BEGIN'), sql('SELECT * FROM t'), sql('COMMIT')] });
    expect(keeper.waits).toBe(waits);
    await run(connection, 'INSERT INTO t VALUES (1)');
    expect(keeper.waits).toBe(waits + 1);
    await kept.close();
  });
});

test('two databases of one thread do not see each other', async () => {
  const other = await open();
  const connection = other.connect();
  await run(connection, 'CREATE TABLE only_here(a)');
  await expect(run(main, 'SELECT * FROM only_here')).rejects.toThrow('no such table');
  await run(main, 'BEGIN IMMEDIATE');
  await run(connection, 'INSERT INTO only_here VALUES (1)');
  await run(main, 'COMMIT');
  await other.close();
  expect(await count(main)).toBe(0);
});
