/** Connections of the Postgres driver: order, the one session, brackets, aborted transactions, closing, what is left behind. */
import { describe, expect, test } from 'vitest';
import type { Connection } from '../../src/driver/driver.ts';
import { Traces } from '../../src/driver/pglite-traces.ts';
import { ConnectionClosedError, DeadlockError, LockTimeoutError, OperationalError, WaxwingError } from '../../src/errors.ts';
import { BRACKET, column, failure, rows, run, shared, sql } from './pglite-support.ts';

const db = shared();
const table = (): Promise<unknown> => run(db.main, 'CREATE TABLE t(id integer PRIMARY KEY, v text UNIQUE)');
const count = async (connection: Connection): Promise<unknown> => (await column(connection, 'SELECT count(*) FROM t'))[0];

describe('the session', () => {
  test('is handed on in the order it was asked for', async () => {
    await table();
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4].map(async (id) => {
        const tx = db.driver.connect({ label: `tx ${id}` });
        await run(tx, 'BEGIN');
        order.push(id);
        await run(tx, 'INSERT INTO t VALUES ($1, $2)', id, String(id));
        await Promise.resolve();
        await run(tx, 'COMMIT');
        await tx.close();
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
    expect(await count(db.main)).toBe(4);
  });

  test('nobody sees what a transaction has not committed', async () => {
    await table();
    const tx = db.driver.connect();
    await run(tx, 'BEGIN');
    await run(tx, "INSERT INTO t VALUES (1, 'a')");
    const seen = count(db.main);
    await run(tx, 'ROLLBACK');
    expect(await seen).toBe(0);
    await tx.close();
  });

  test('one who waits too long hears who holds it and since when', async () => {
    const tx = db.driver.connect({ label: 'atomic at app.ts:7' });
    await run(tx, 'BEGIN');
    const busy = setInterval(() => void run(tx, 'SELECT 1'), 5);
    const error = await failure(run(db.main, 'SELECT 1'));
    expect(error).toBeInstanceOf(LockTimeoutError);
    expect((error as Error).message).toMatch(
      /^the page waited 30 ms for the session, which atomic at app.ts:7 has held since \d{4}-.*Z\.$/,
    );
    clearInterval(busy);
    await run(tx, 'COMMIT');
    await run(db.main, 'SELECT 1');
    await tx.close();
  });

  test('a statement that waits for its own idle transaction is told so', async () => {
    const tx = db.driver.connect({ label: 'the transaction' });
    await run(tx, 'BEGIN');
    const error = await failure(run(db.main, 'SELECT 1'));
    expect(error).toBeInstanceOf(DeadlockError);
    expect((error as Error).message).toContain('If this statement is made inside that transaction, it waits for itself');
    await tx.close();
  });

  test('calls on one connection run in the order they were made, also when they had to wait', async () => {
    await table();
    const tx = db.driver.connect();
    await run(tx, 'BEGIN');
    const done: string[] = [];
    const calls = [
      run(db.main, "INSERT INTO t VALUES (1, 'a')").then(() => done.push('insert')),
      count(db.main).then((found) => done.push(`count ${found}`)),
    ];
    await run(tx, 'COMMIT');
    await Promise.all(calls);
    expect(done).toEqual(['insert', 'count 1']);
    await tx.close();
  });
});

describe('a batch', () => {
  test('is one transaction in a bracket, and rolled back when a statement fails', async () => {
    await table();
    const statements = [sql("INSERT INTO t VALUES (1, 'a')"), sql("INSERT INTO t VALUES (2, 'a')")];
    await expect(db.main.run({ statements, bracket: BRACKET })).rejects.toMatchObject({ code: '23505' });
    expect(await count(db.main)).toBe(0);
    await db.main.run({ statements: statements.slice(0, 1), bracket: BRACKET });
    expect(await count(db.main)).toBe(1);
  });

  test('without a bracket keeps what came before the failure, and runs nothing behind it', async () => {
    await table();
    const statements = [1, 1, 2].map((id) => sql('INSERT INTO t VALUES ($1, $2)', id, `row ${id}`));
    await expect(db.main.run({ statements })).rejects.toMatchObject({ code: '23505' });
    expect(await column(db.main, 'SELECT id FROM t')).toEqual([1]);
  });

  test('that is deferred to the commit fails there', async () => {
    await run(db.main, 'CREATE TABLE d(id integer PRIMARY KEY, up integer REFERENCES d DEFERRABLE INITIALLY DEFERRED)');
    const statements = [sql('INSERT INTO d VALUES (1, 2)')];
    await expect(db.main.run({ statements, bracket: BRACKET })).rejects.toMatchObject({
      code: '23503',
      constraint: 'foreignKey',
    });
    expect(await column(db.main, 'SELECT count(*) FROM d')).toEqual([0]);
  });
});

describe('a transaction in which a statement failed', () => {
  test('refuses what follows, for the reason it failed', async () => {
    await table();
    await run(db.main, 'BEGIN');
    const first = await failure(run(db.main, 'SELECT 1 / 0'));
    expect(first).toMatchObject({ code: '22012' });
    const second = await failure(run(db.main, 'SELECT 1'));
    expect(second).toBeInstanceOf(OperationalError);
    expect(second).toMatchObject({ code: '25P02', cause: first });
    expect((second as Error).message).toBe('The transaction was rolled back after an error: division by zero');
    await run(db.main, 'ROLLBACK');
    expect(await column(db.main, 'SELECT 1')).toEqual([1]);
  });

  test('does not pretend to commit', async () => {
    await table();
    await run(db.main, 'BEGIN');
    await run(db.main, "INSERT INTO t VALUES (1, 'a')");
    const first = await failure(run(db.main, 'SELECT nothing'));
    await expect(run(db.main, 'COMMIT')).rejects.toMatchObject({ code: '25P02', cause: first });
    expect(await count(db.main)).toBe(0);
  });

  test('goes on from a savepoint', async () => {
    await table();
    await run(db.main, 'BEGIN');
    await run(db.main, "INSERT INTO t VALUES (1, 'a')");
    await run(db.main, 'SAVEPOINT s');
    await failure(run(db.main, "INSERT INTO t VALUES (1, 'b')"));
    await run(db.main, 'ROLLBACK TO SAVEPOINT s');
    await run(db.main, "INSERT INTO t VALUES (2, 'b')");
    await run(db.main, 'COMMIT');
    expect(await count(db.main)).toBe(2);
  });
});

describe('closing', () => {
  test('rolls back and lets the next one go', async () => {
    await table();
    const tx = db.driver.connect();
    await run(tx, 'BEGIN');
    await run(tx, "INSERT INTO t VALUES (1, 'a')");
    const waiting = count(db.main);
    await tx.close();
    expect(await waiting).toBe(0);
    await expect(run(tx, 'SELECT 1')).rejects.toBeInstanceOf(ConnectionClosedError);
  });

  test('ends what waits', async () => {
    const tx = db.driver.connect();
    const waits = db.driver.connect();
    await run(tx, 'BEGIN');
    const waiting = failure(run(waits, 'SELECT 1'));
    await waits.close();
    expect(await waiting).toBeInstanceOf(ConnectionClosedError);
    await tx.close();
  });

  test('takes back settings, but not those of others', async () => {
    const one = db.driver.connect();
    const other = db.driver.connect();
    await run(other, "SET work_mem = '5MB'");
    await run(one, 'SET TimeZone = $$Asia/Tokyo$$'.replaceAll('$$', "'"));
    await rows(one, "SELECT set_config('statement_timeout', $1, false)", '7s');
    await run(one, 'BEGIN');
    await run(one, "SET LOCAL extra_float_digits = '0'");
    const settings = 'SELECT name, setting FROM pg_settings WHERE name IN ($1, $2, $3, $4) ORDER BY 1';
    const names = ['TimeZone', 'statement_timeout', 'work_mem', 'extra_float_digits'];
    await one.close();
    expect(await rows(db.main, settings, ...names)).toEqual([
      ['TimeZone', 'UTC'],
      ['extra_float_digits', '1'],
      ['statement_timeout', '0'],
      ['work_mem', '5120'],
    ]);
    await other.close();
    expect(await column(db.main, 'SHOW work_mem')).toEqual(['4MB']);
  });

  test.each([
    "SELECT set_config('app.tenant', 'north', false)",
    "SELECT 1, set_config('app.tenant', coalesce(null, 'north'), false)",
    "/* who */ SET SESSION app.tenant = 'north'",
  ])('takes back %s', async (text) => {
    const one = db.driver.connect();
    await run(one, text);
    expect(await column(one, "SELECT current_setting('app.tenant')")).toEqual(['north']);
    await one.close();
    expect(await column(db.main, "SELECT current_setting('app.tenant', true)")).toEqual(['']);
  });

  test('keeps of many settings of others the last of each', async () => {
    const [one, other] = [db.driver.connect(), db.driver.connect()];
    for (let n = 1; n <= 20; n++) await run(other, `SET work_mem = '${n}MB'`);
    await run(other, "SELECT set_config($1, '7s', false)", 'statement_timeout');
    await run(other, "SELECT set_config('app.tenant', $1, false)", 'north');
    await run(other, "SELECT set_config('app.tenant', $1, false)", 'south');
    await run(one, "SET TimeZone = 'Asia/Tokyo'");
    await one.close();
    const settings =
      "SELECT current_setting(name) FROM unnest(ARRAY['work_mem', 'statement_timeout', 'app.tenant', 'TimeZone']) name";
    expect(await column(db.main, settings)).toEqual(['20MB', '7s', 'south', 'UTC']);
    await other.close();
  });

  test('who sets the same again and again is remembered by the last time', () => {
    const traces = new Traces();
    for (let n = 0; n < 100; n++) {
      for (const text of [
        `SET work_mem = '${n}MB'`,
        "SELECT set_config('app.tenant', $1, false)",
        'SELECT set_config($1, $2, false)',
      ])
        traces.note('setting', sql(text, `app.${n % 3}`));
    }
    expect(traces.settings.map(({ params }) => params)).toHaveLength(1 + 1 + 3);
  });

  test.each([
    ['a role', 'SET ROLE somebody'],
    ['a user', 'SET SESSION AUTHORIZATION somebody'],
    ['a role, by a function', "SELECT set_config('role', 'somebody', false)"],
  ])('takes back %s', async (_, set) => {
    await run(db.main, 'CREATE ROLE somebody');
    const one = db.driver.connect();
    await run(one, set);
    expect(await column(one, 'SELECT current_user::text')).toEqual(['somebody']);
    await one.close();
    expect(await rows(db.main, 'SELECT current_user::text, session_user::text')).toEqual([['postgres', 'postgres']]);
    await run(db.main, 'DROP ROLE somebody');
  });

  test.each([
    ['a prepared statement', 'PREPARE mine(integer) AS SELECT $1'],
    ['a prepared statement with a quoted name', '-- once more\nPREPARE "my own" AS SELECT 1'],
    ['a cursor that outlives its transaction', 'DECLARE mine NO SCROLL CURSOR WITH HOLD FOR SELECT 1'],
  ])('drops %s, so that its name can be had again', async (_, text) => {
    for (let n = 0; n < 2; n++) {
      const one = db.driver.connect();
      for (const statement of ['BEGIN', text, 'COMMIT']) await run(one, statement);
      await one.close();
    }
    const left =
      "SELECT count(*) FROM pg_prepared_statements WHERE name ~ '^m' UNION ALL SELECT count(*) FROM pg_cursors WHERE name ~ '^m'";
    expect(await column(db.main, left)).toEqual([0, 0]);
  });

  test.each(['CREATE TEMPORARY TABLE', 'CREATE TABLE pg_temp.'])(
    'drops temporary tables and advisory locks: %s',
    async (create) => {
      const one = db.driver.connect();
      await run(one, `${create} passing(id integer)`);
      await run(one, 'SELECT pg_advisory_lock(7)');
      expect(await column(one, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).toEqual([1]);
      await one.close();
      await expect(run(db.main, 'SELECT * FROM passing')).rejects.toMatchObject({ code: '42P01' });
      expect(await column(db.main, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).toEqual([0]);
    },
  );
});

describe('notifications', () => {
  test('reach the driver from any connection, when their transaction is committed', async () => {
    const heard: string[] = [];
    const stop = db.driver.on('notification', ({ channel, payload }) => heard.push(`${channel}: ${payload}`));
    const ear = db.driver.connect();
    await run(ear, 'LISTEN news');
    await run(ear, 'LISTEN "Gossip"');
    await run(db.main, "NOTIFY news, 'one'");
    await run(db.main, 'BEGIN');
    await run(db.main, "SELECT pg_notify('Gossip', 'two')");
    expect(heard).toEqual(['news: one']);
    await run(db.main, 'COMMIT');
    expect(heard).toEqual(['news: one', 'Gossip: two']);
    await run(ear, 'UNLISTEN news');
    await run(db.main, "NOTIFY news, 'three'");
    await ear.close();
    await run(db.main, "SELECT pg_notify('Gossip', 'four')");
    expect(heard).toHaveLength(2);
    stop();
  });

  test('go on for others who listen to the same channel', async () => {
    const heard: string[] = [];
    const stop = db.driver.on('notification', ({ payload }) => heard.push(payload));
    const [one, other] = [db.driver.connect(), db.driver.connect()];
    await run(one, 'LISTEN news');
    await run(other, 'LISTEN news');
    await run(one, 'UNLISTEN *');
    await run(db.main, "NOTIFY news, 'still'");
    expect(heard).toEqual(['still']);
    await other.close();
    await run(db.main, "NOTIFY news, 'nobody'");
    expect(heard).toHaveLength(1);
    await one.close();
    stop();
  });
});

test('a closed driver says so', async () => {
  expect(db.driver.version).toMatch(/^18\./);
  expect(await failure(run(db.main, 'SELEC 1'))).toBeInstanceOf(WaxwingError);
});
