/** The driver for servers, against a real one: statements, transactions, locks, streams, what goes wrong. */
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { postgres } from '../../src/dialect/postgres/dialect.ts';
import type { Connection, Driver, OpenOptions, Server } from '../../src/driver/driver.ts';
import { openNodePostgres } from '../../src/driver/node-postgres.ts';
import {
  ConnectionClosedError,
  DatabaseError,
  DataError,
  DeadlockError,
  IntegrityError,
  LockTimeoutError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
} from '../../src/errors.ts';
import type { Bracket, Rows, Statement } from '../../src/wire/statement.ts';
import type {} from '../tools/postgres-server.mjs';
import { column, rows, run, sql } from './support.ts';

const server = inject('postgres');
const NAME = 'driver_test';
const OPTIONS: OpenOptions = { name: NAME, storage: 'memory', durability: 'strict', lockTimeout: 60, setup: [] };
const BRACKET: Bracket = { begin: sql('BEGIN'), commit: sql('COMMIT'), rollback: sql('ROLLBACK') };

const open = (options: Partial<OpenOptions> = {}, other: Server = {}): Promise<Driver> => {
  const { host, port, user } = server!;
  return openNodePostgres({ ...OPTIONS, ...options }, { host, port, user, ...other });
};
const read = (text: string, ...params: Statement['params'] & object): Statement => ({ sql: text, params, mode: 'read' });
const rejection = async (promise: Promise<unknown>): Promise<Error & { code?: unknown }> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
};

if (server === null) test.skip('needs a PostgreSQL server', () => {});

describe.runIf(server)('a server', () => {
  let admin: Driver;
  let office: Connection;
  let driver: Driver;
  let main: Connection;
  beforeAll(async () => {
    admin = await open({ name: 'postgres' });
    office = admin.connect();
    await run(office, `CREATE DATABASE ${NAME}`);
  });
  afterAll(async () => {
    await run(office, `DROP DATABASE ${NAME} WITH (FORCE)`);
    await admin.close();
  });
  beforeEach(async () => {
    driver = await open();
    main = driver.connect({ label: 'the main one' });
    await run(main, 'CREATE TABLE t (id integer PRIMARY KEY, v text UNIQUE)');
  });
  afterEach(async () => {
    await driver.close();
    const other = await open();
    await run(other.connect(), 'DROP TABLE t');
    await other.close();
  });
  const count = async (connection: Connection = main): Promise<unknown> =>
    (await column(connection, 'SELECT count(*) FROM t'))[0];

  describe('statements', () => {
    test('bring rows, columns, types, changes', async () => {
      expect(driver.version).toMatch(/^\d+/);
      const made = await run(main, "INSERT INTO t VALUES (1, 'a'), (2, $1) RETURNING id, v", null);
      expect(made).toEqual({
        rows: {
          names: ['id', 'v'],
          types: [23, 25],
          length: 2,
          data: [
            [1, 2],
            ['a', null],
          ],
        },
        changes: 2,
        lastInsertId: null,
      });
      expect((await run(main, 'SELECT * FROM t')).changes).toBe(0);
      expect((await run(main, 'SELECT * FROM t WHERE false')).rows).toMatchObject({ names: ['id', 'v'], length: 0 });
    });

    test('values keep their types', async () => {
      const values = `SELECT true, 1::smallint, 2147483647, 9007199254740993, 3::bigint, 1.5::real, 5e-324::float8, 'NaN'::float8,
        12.3400::numeric, '\\x00ff'::bytea, 'é👩‍👧', '2026-11-22T01:02:03.456789'::timestamp, '{1,2}'::int[], '{"a": 1}'::jsonb, null,
        '2026-11-22T01:02:03+02'::timestamptz, '1 day 02:03'::interval`;
      expect((await rows(main, values))[0]).toEqual([
        true,
        1,
        2_147_483_647,
        9_007_199_254_740_993n,
        3,
        1.5,
        5e-324,
        Number.NaN,
        '12.3400',
        new Uint8Array([0, 255]),
        'é👩‍👧',
        '2026-11-22 01:02:03.456789',
        '{1,2}',
        '{"a": 1}',
        null,
        '2026-11-21 23:02:03+00',
        '1 day 02:03:00',
      ]);
      const statement: Statement = { sql: 'SELECT 3::bigint, 1.5::numeric', mode: 'read', expects: ['bigint', 'number'] };
      const [outcome] = await main.run({ statements: [statement] });
      expect(outcome!.rows.data).toEqual([[3n], [1.5]]);
    });

    test('params of every kind arrive', async () => {
      const [row] = await rows(
        main,
        'SELECT $1::boolean, $2::integer, $3::bigint, $4::float8, $5::text, $6::bytea, $7::text',
        false,
        -7,
        2n ** 63n - 1n,
        -0,
        'text',
        new Uint8Array([1, 0]),
        null,
      );
      expect(row).toEqual([false, -7, 2n ** 63n - 1n, -0, 'text', new Uint8Array([1, 0]), null]);
    });

    test('what cannot be sent is refused, and harms nobody', async () => {
      expect(await rejection(run(main, 'SELECT $1::text', 'half \ud800'))).toBeInstanceOf(DataError);
      expect(await rejection(run(main, 'SELECT 1\0'))).toBeInstanceOf(ProgrammingError);
      const params = Array.from({ length: 65_536 }, () => 1);
      const tooMany = main.run({ statements: [{ sql: 'SELECT $1', params, mode: 'read' }] });
      expect(await rejection(tooMany)).toBeInstanceOf(ProgrammingError);
      expect(await column(main, 'SELECT 1')).toEqual([1]);
    });

    test('errors tell SQLSTATE, SQL, and the constraint', async () => {
      await run(main, "INSERT INTO t VALUES (1, 'a')");
      const twice = await rejection(run(main, "INSERT INTO t VALUES (2, 'a')"));
      expect(twice).toBeInstanceOf(IntegrityError);
      expect(twice).toMatchObject({ code: '23505', constraint: 'unique', table: 't', columns: ['v'] });
      const wrong = await rejection(run(main, 'SELECT * FROM nowhere'));
      expect(wrong).toMatchObject({ code: '42P01', sql: 'SELECT * FROM nowhere' });
      expect(postgres.error(await rejection(run(main, 'SELECT $1::text')))).toBeInstanceOf(ProgrammingError);
      expect(await rejection(run(main, ' -- nothing'))).toBeInstanceOf(ProgrammingError);
      expect(await rejection(run(main, 'SELECT 1; SELECT 2'))).toMatchObject({ code: '42601' });
      expect(await rejection(run(main, 'COPY t FROM STDIN'))).toBeInstanceOf(NotSupportedError);
      expect(await rejection(run(main, 'COPY t TO STDOUT'))).toBeInstanceOf(NotSupportedError);
      expect(await count()).toBe(1);
    });

    test('many rows go out at once', async () => {
      const many = {
        length: 30_000,
        data: [Float64Array.from({ length: 30_000 }, (_, i) => i), Array.from({ length: 30_000 }, (_, i) => `v${i}`)],
      };
      const [outcome] = await main.run({ statements: [{ sql: 'INSERT INTO t VALUES ($1, $2)', many, mode: 'write' }] });
      expect(outcome!.changes).toBe(30_000);
      const none = { length: 0, data: [[], []] };
      const both = await main.run({
        statements: [{ sql: 'INSERT INTO t VALUES ($1, $2)', many: none, mode: 'write' }, read('SELECT 1')],
      });
      expect(both.map(({ rows: { length } }) => length)).toEqual([0, 1]);
      const returning = {
        length: 2,
        data: [
          [-1, -2],
          ['x', null],
        ],
      };
      const [made] = await main.run({
        statements: [{ sql: 'INSERT INTO t VALUES ($1, $2) RETURNING id', many: returning, mode: 'write' }],
      });
      expect(made!.rows.data).toEqual([[-1, -2]]);
    });

    test('rows come in slices to whoever asks', async () => {
      const seen: [number, number][] = [];
      const outcomes = await main.run(
        { statements: [read('SELECT generate_series(1, 2500)'), read('SELECT 1 WHERE false'), read('SELECT 2')] },
        (index, slice) => seen.push([index, slice.length]),
      );
      expect(seen).toEqual([
        [0, 1000],
        [0, 1000],
        [0, 500],
        [2, 1],
      ]);
      expect(outcomes.map(({ rows: { length } }) => length)).toEqual([0, 0, 0]);
      const stop = main.run({ statements: [read('SELECT 1')] }, () => {
        throw new RangeError('enough');
      });
      expect(await rejection(stop)).toBeInstanceOf(RangeError);
    });

    test('a plan that no longer fits is made anew', async () => {
      await rows(main, 'SELECT * FROM t');
      await run(main, 'ALTER TABLE t ADD COLUMN w integer DEFAULT 7');
      expect(await rows(main, 'SELECT * FROM t')).toEqual([]);
      expect((await run(main, 'SELECT * FROM t')).rows.names).toEqual(['id', 'v', 'w']);
      await run(main, 'DEALLOCATE ALL');
      expect((await run(main, 'SELECT * FROM t')).rows.names).toEqual(['id', 'v', 'w']);
      const inside = driver.connect();
      await run(inside, 'SELECT * FROM t');
      await run(main, 'ALTER TABLE t DROP COLUMN w');
      const [outcome] = await inside.run({ statements: [read('SELECT * FROM t')], bracket: BRACKET });
      expect(outcome!.rows.names).toEqual(['id', 'v']);
      await inside.close();
    });

    test('params take the types that columns have now', async () => {
      const insert = (connection: Connection, v: number | string) => run(connection, 'UPDATE t SET v = $1', v);
      await run(main, "INSERT INTO t VALUES (1, 'a')");
      const elsewhere = await open();
      const other = driver.connect();
      for (const connection of [main, other, elsewhere.connect()]) await insert(connection, 'b');
      const stranger = elsewhere.connect();
      await insert(stranger, '7');
      await run(main, 'ALTER TABLE t ALTER COLUMN v TYPE integer USING v::integer');
      for (const connection of [main, other, stranger]) await insert(connection, 8);
      await run(main, 'ALTER TABLE t ALTER COLUMN v TYPE float8');
      for (const connection of [main, other, stranger]) await insert(connection, 0.5);
      expect(await column(main, 'SELECT v FROM t')).toEqual([0.5]);
      expect(await rejection(insert(main, 'many'))).toMatchObject({ code: '22P02' });
      await elsewhere.close();
    });

    test('no more than some hundred stay prepared', async () => {
      for (let i = 0; i < 450; i++) await run(main, `SELECT ${i}`);
      const [left] = await column(main, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'w%'");
      expect(left).toBeLessThanOrEqual(210);
    });

    test('nothing stays prepared where the next statement may meet another session', async () => {
      const pooled = await open({}, { prepare: false });
      const connection = pooled.connect();
      await connection.run({
        statements: [sql('INSERT INTO t VALUES ($1, $2)', 1, 'a'), read('SELECT $1::text', 'b')],
        bracket: BRACKET,
      });
      for (let i = 0; i < 2; i++) expect(await column(connection, 'SELECT v FROM t WHERE id = $1', 1)).toEqual(['a']);
      expect(await rows(connection, 'SELECT name FROM pg_prepared_statements')).toEqual([]);
      expect(await rejection(run(connection, 'LISTEN jobs'))).toBeInstanceOf(NotSupportedError);
      expect(await column(connection, 'SELECT 1')).toEqual([1]);
      await pooled.close();
    });

    test('whoever meets a statement that another session prepared is told of proxies', async () => {
      const mixed = await open();
      const connection = mixed.connect();
      await run(connection, 'PREPARE w1 AS SELECT 1');
      const error = await rejection(run(connection, 'SELECT 2'));
      expect(error).toBeInstanceOf(OperationalError);
      expect(error).toMatchObject({ code: '42P05', database: NAME });
      expect(error.message).toMatch(/at 127\..*: prepared statement "w1" already exists\. .* say prepare: false\.$/);
      expect(await rejection(run(connection, 'EXECUTE nothing'))).toMatchObject({
        message: expect.not.stringContaining('proxy'),
      });
      await mixed.close();
    });
  });

  describe('batches and transactions', () => {
    test('a bracket is all or nothing', async () => {
      const insert = (id: number, v: string): Statement => sql('INSERT INTO t VALUES ($1, $2)', id, v);
      expect(await main.run({ statements: [insert(1, 'a'), insert(2, 'b')], bracket: BRACKET })).toHaveLength(2);
      await rejection(main.run({ statements: [insert(3, 'c'), insert(4, 'a')], bracket: BRACKET }));
      expect(await count()).toBe(2);
    });

    test('without a bracket each statement stands for itself, and the first failure ends the batch', async () => {
      const statements = [
        sql("INSERT INTO t VALUES (1, 'a')"),
        sql("INSERT INTO t VALUES (1, 'b')"),
        sql("INSERT INTO t VALUES (2, 'c')"),
      ];
      await rejection(main.run({ statements }));
      expect(await column(main, 'SELECT v FROM t')).toEqual(['a']);
    });

    test('a transaction is seen by others when it commits', async () => {
      const tx = driver.connect();
      await tx.run({ statements: [sql('BEGIN'), sql("INSERT INTO t VALUES (1, 'a')")] });
      expect([await count(tx), await count()]).toEqual([1, 0]);
      await run(tx, 'COMMIT');
      expect(await count()).toBe(1);
      await tx.close();
    });

    test('after an error it takes nothing but its end, and a commit says that it was none', async () => {
      const tx = driver.connect();
      await run(tx, 'BEGIN');
      await run(tx, "INSERT INTO t VALUES (1, 'a')");
      const first = await rejection(run(tx, 'SELECT 1 / 0'));
      expect(first).toMatchObject({ code: '22012' });
      for (const text of ['SELECT 1', 'COMMIT']) {
        const error = await rejection(run(tx, text));
        expect(error).toBeInstanceOf(OperationalError);
        expect(error).toMatchObject({ code: '25P02', cause: first });
        expect(error.message).toContain('division by zero');
      }
      expect(await count(tx)).toBe(0);
      await tx.close();
    });

    test('a savepoint saves what was before it', async () => {
      const tx = driver.connect();
      await tx.run({ statements: [sql('BEGIN'), sql("INSERT INTO t VALUES (1, 'a')"), sql('SAVEPOINT s')] });
      await rejection(run(tx, "INSERT INTO t VALUES (1, 'b')"));
      await run(tx, 'ROLLBACK TO SAVEPOINT s');
      await tx
        .run({
          statements: [sql("INSERT INTO t VALUES (2, 'b')"), sql("INSERT INTO t VALUES (2, 'c')")],
          bracket: { begin: sql('SAVEPOINT u'), commit: sql('RELEASE u'), rollback: sql('ROLLBACK TO u') },
        })
        .catch(() => {});
      await run(tx, 'COMMIT');
      expect(await column(main, 'SELECT v FROM t')).toEqual(['a']);
    });

    test('what a commit refuses is thrown', async () => {
      await run(main, 'CREATE TABLE c (t integer REFERENCES t DEFERRABLE INITIALLY DEFERRED)');
      const error = await rejection(main.run({ statements: [sql('INSERT INTO c VALUES (9)')], bracket: BRACKET }));
      expect(error).toMatchObject({ constraint: 'foreignKey', code: '23503' });
      await run(main, 'DROP TABLE c');
    });

    test('closing rolls back; a commit called before goes through', async () => {
      const [one, two] = [driver.connect(), driver.connect()];
      await one.run({ statements: [sql('BEGIN'), sql("INSERT INTO t VALUES (1, 'a')")] });
      await one.close();
      await two.run({ statements: [sql('BEGIN'), sql("INSERT INTO t VALUES (2, 'b')")] });
      const committed = run(two, 'COMMIT');
      const closed = two.close();
      await Promise.all([committed, closed]);
      expect(await column(main, 'SELECT id FROM t')).toEqual([2]);
      expect(await rejection(run(two, 'SELECT 1'))).toBeInstanceOf(ConnectionClosedError);
    });

    test('closing gives up what runs and what waits', async () => {
      const other = driver.connect();
      await run(other, 'SELECT 1');
      const running = rejection(run(other, 'SELECT pg_sleep(60)'));
      const waiting = rejection(run(other, 'SELECT 1'));
      await other.close();
      expect(await running).toBeInstanceOf(ConnectionClosedError);
      expect(await waiting).toBeInstanceOf(ConnectionClosedError);
    });

    test('the next user of a session finds it as new', async () => {
      const pids = new Set<unknown>();
      for (let i = 0; i < 4; i++) {
        const connection = driver.connect();
        pids.add((await column(connection, 'SELECT pg_backend_pid()'))[0]);
        expect(await column(connection, 'SHOW timezone')).toEqual(['UTC']);
        expect(await column(connection, "SELECT to_regclass('pg_temp.mine')")).toEqual([null]);
        await run(connection, "SET timezone = 'Asia/Tokyo'");
        await run(connection, 'CREATE TEMP TABLE mine (a integer)');
        await connection.close();
      }
      expect(pids.size).toBeLessThan(4);
    });

    test('settings of the opening are in force on every session', async () => {
      const other = await open({ setup: ["SET timezone = 'Europe/Berlin'"] });
      const connections = [other.connect(), other.connect()];
      for (const connection of connections) expect(await column(connection, 'SHOW timezone')).toEqual(['Europe/Berlin']);
      await other.close();
    });
  });

  describe('locks', () => {
    test('a write that waits for its own idle transaction is told so', async () => {
      const tx = driver.connect({ label: 'the transaction' });
      await run(main, "INSERT INTO t VALUES (1, 'a')");
      await tx.run({ statements: [sql('BEGIN'), sql("UPDATE t SET v = 'b'")] });
      const error = await rejection(run(main, "UPDATE t SET v = 'c'"));
      expect(error).toBeInstanceOf(DeadlockError);
      expect(error.message).toMatch(
        /^the main one waited 60 ms for a lock, which the transaction has held since 20.*Z without .*tx\(Model\)/,
      );
      await run(tx, 'COMMIT');
      await run(main, "UPDATE t SET v = 'c'");
      await tx.close();
    });

    test('whoever waits too long hears who holds it', async () => {
      const tx = driver.connect({ label: 'the import' });
      await run(main, "INSERT INTO t VALUES (1, 'a')");
      await tx.run({ statements: [sql('BEGIN'), sql("UPDATE t SET v = 'b'")] });
      const waiting = run(main, "UPDATE t SET v = 'c'");
      let error: unknown = null;
      const done = waiting.catch((reason: unknown) => {
        error = reason;
      });
      while (error === null) await run(tx, 'SELECT 1');
      await done;
      expect(error).toBeInstanceOf(LockTimeoutError);
      expect((error as Error).message).toContain('the import');
      await tx.close();
    });

    test('a statement that works long is left alone', async () => {
      expect(await column(main, 'SELECT 1 FROM pg_sleep(0.2)')).toEqual([1]);
    });

    test('reads do not stand in line behind a write that waits, nor behind a long read', async () => {
      const patient = await open({ lockTimeout: 30_000 });
      const [tx, waiter] = [patient.connect(), patient.connect()];
      await run(waiter, "INSERT INTO t VALUES (1, 'a')");
      await tx.run({ statements: [sql('BEGIN'), sql("UPDATE t SET v = 'b'")] });
      const waiting = run(waiter, "UPDATE t SET v = 'c'");
      expect(await column(waiter, 'SELECT v FROM t')).toEqual(['a']);
      await run(tx, 'COMMIT');
      await waiting;
      expect(await column(waiter, 'SELECT v FROM t')).toEqual(['c']);
      let slept = false;
      const sleeping = run(waiter, 'SELECT pg_sleep(1)').then(() => {
        slept = true;
      });
      await column(waiter, 'SELECT v FROM t');
      expect(slept).toBe(false);
      await sleeping;
      await patient.close();
    });
  });

  describe('streams', () => {
    const numbers = read('SELECT n, $1::text FROM generate_series(1, 2500) AS g (n)', 'x');
    const lengths = async (stream: AsyncIterable<Rows>): Promise<number[]> => {
      const seen: number[] = [];
      for await (const { length } of stream) seen.push(length);
      return seen;
    };

    test('come in slices, outside and inside a transaction', async () => {
      expect(await lengths(main.stream(numbers, 1000))).toEqual([1000, 1000, 500]);
      expect(await lengths(main.stream(read('SELECT 1 WHERE false'), 10))).toEqual([]);
      expect(await lengths(main.stream(read('SELECT generate_series(1, 20)'), 10))).toEqual([10, 10]);
      expect(await lengths(main.stream(read('SHOW ALL'), 100))).not.toEqual([]);
      const tx = driver.connect();
      await tx.run({ statements: [sql('BEGIN'), sql("INSERT INTO t VALUES (1, 'a')")] });
      const seen: unknown[] = [];
      for await (const slice of tx.stream(read('SELECT id FROM t, generate_series(1, 4)'), 2)) {
        seen.push(...slice.data[0]!);
        for await (const inner of tx.stream(read("SELECT 'b', 7"), 2)) seen.push(...inner.data[1]!);
        await run(tx, 'SELECT 1');
      }
      expect(seen).toEqual([1, 1, 7, 1, 1, 7]);
      await run(tx, 'COMMIT');
      await tx.close();
    });

    test('read a snapshot, and let go when they are left', async () => {
      await run(main, 'INSERT INTO t SELECT n, n FROM generate_series(1, 100) AS g (n)');
      let seen = 0;
      for await (const { length } of main.stream(read('SELECT * FROM t'), 10)) {
        seen += length;
        await run(main, 'DELETE FROM t WHERE id > 50');
      }
      expect(seen).toBe(100);
      for await (const _ of main.stream(numbers, 10)) break;
      await run(main, 'TRUNCATE t');
      expect(
        await rejection(lengths(main.stream(read('SELECT 1 / (3 - n) FROM generate_series(1, 5) AS g (n)'), 1))),
      ).toMatchObject({
        code: '22012',
      });
    });

    test('end when their connection is closed', async () => {
      const other = driver.connect();
      const error = await rejection(
        (async () => {
          for await (const _ of other.stream(numbers, 10)) await other.close();
        })(),
      );
      expect(error).toBeInstanceOf(ConnectionClosedError);
    });
  });

  test('messages to channels arrive', async () => {
    const seen: unknown[] = [];
    const arrived = new Promise<void>((resolve) => {
      driver.on('notification', (notification) => {
        seen.push(notification);
        if (seen.length === 2) resolve();
      });
    });
    const listener = driver.connect();
    await run(listener, 'LISTEN jobs');
    await run(main, "NOTIFY jobs, 'one'");
    await run(listener, 'NOTIFY jobs');
    await arrived;
    expect(seen).toEqual([
      { channel: 'jobs', payload: 'one' },
      { channel: 'jobs', payload: '' },
    ]);
  });

  test('what has no meaning on a server says so', async () => {
    expect(await rejection(driver.exportFile())).toBeInstanceOf(NotSupportedError);
    expect(await rejection(driver.importFile(new Blob([])))).toBeInstanceOf(NotSupportedError);
    expect(await rejection(driver.setDurability('deferred'))).toBeInstanceOf(NotSupportedError);
    expect(await driver.storage()).toMatchObject({ backend: 'server', durability: 'strict', persisted: true, pending: 0 });
    expect((await driver.storage()).bytes).toBeGreaterThan(1e6);
    await driver.flush();
  });

  describe('a connection that is lost', () => {
    const kill = (connection: Connection): Promise<unknown> =>
      column(connection, 'SELECT pg_backend_pid()').then(([pid]) =>
        run(office, 'SELECT pg_terminate_backend($1::integer)', pid!),
      );

    test('outside a transaction another takes its place', async () => {
      await kill(main);
      // The one whose end is not known yet fails, or works: the next is another.
      await run(main, 'SELECT 1').catch(() => {});
      expect(await column(main, 'SELECT 1')).toEqual([1]);
    });

    test('in the middle of a statement it is told', async () => {
      const tx = driver.connect();
      const [pid] = await column(tx, 'SELECT pg_backend_pid()');
      const sleeping = rejection(run(tx, 'SELECT pg_sleep(60)'));
      await run(office, 'SELECT pg_terminate_backend($1::integer)', pid!);
      const error = await sleeping;
      expect(error).toBeInstanceOf(ConnectionClosedError);
      expect(error.message).toMatch(/^The connection to the Postgres server at 127\.0\.0\.1:\d+ as waxwing was lost/);
      expect(await column(tx, 'SELECT 1')).toEqual([1]);
    });

    test('in a transaction that is over', async () => {
      const tx = driver.connect();
      await tx.run({ statements: [sql('BEGIN'), sql("INSERT INTO t VALUES (1, 'a')")] });
      await kill(tx).catch(() => {});
      await rejection(run(tx, 'SELECT pg_sleep(1)'));
      expect((await rejection(run(tx, 'SELECT 1'))).message).toContain('rolled back');
      expect(await rejection(run(tx, 'COMMIT'))).toBeInstanceOf(OperationalError);
      expect(await count(tx)).toBe(0);
    });
  });

  describe('a server that cannot be reached', () => {
    test('nothing listens', async () => {
      const unused = createServer().listen(0);
      const { port } = unused.address() as { port: number };
      await new Promise((resolve) => unused.close(resolve));
      const error = await rejection(open({}, { port, password: 'geheim' }));
      expect(error).toBeInstanceOf(OperationalError);
      expect(error.message).toContain(`127.0.0.1:${port}`);
      expect(error.message).toContain('nothing listens');
      expect(JSON.stringify(error) + error.message + error.stack).not.toContain('geheim');
    });

    test('no such host, database, user', async () => {
      expect((await rejection(open({}, { host: 'no-such-host.invalid' }))).message).toMatch(
        /no host of that name|could not be looked up/,
      );
      const missing = await rejection(open({ name: 'missing' }));
      expect(missing).toBeInstanceOf(OperationalError);
      expect(missing).toMatchObject({ code: '3D000', database: 'missing' });
      expect((await rejection(open({}, { user: 'nobody' }))).message).toContain('as nobody');
    });

    test('passwords: none, wrong, right, from a function, in a URL', async () => {
      await run(office, "CREATE ROLE guarded LOGIN PASSWORD 'geheim'");
      const { host, port } = server!;
      expect((await rejection(open({}, { user: 'guarded' }))).message).toContain('wants a password');
      const wrong = await rejection(open({}, { user: 'guarded', password: 'falsch' }));
      expect(wrong.message).toContain('does not accept the password');
      expect(wrong.message + wrong.stack).not.toContain('falsch');
      const asked = async (): Promise<string> => 'geheim';
      for (const way of [
        { user: 'guarded', password: 'geheim' },
        { user: 'guarded', password: asked },
      ])
        await (await open({}, way)).close();
      const url = `postgresql://guarded:geheim@${host}:${port}/${NAME}`;
      await (await openNodePostgres(OPTIONS, { url })).close();
      expect((await rejection(openNodePostgres(OPTIONS, { url: url.replace('geheim', 'falsch') }))).message).not.toContain(
        'falsch',
      );
      await run(office, 'DROP ROLE guarded');
    });

    test('TLS where there is none', async () => {
      expect((await rejection(open({}, { ssl: true }))).message).toContain('does not speak TLS');
    });

    test('something else listens', async () => {
      const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0);
      const { port } = other.address() as { port: number };
      expect(await rejection(open({}, { port }))).toBeInstanceOf(DatabaseError);
      other.close();
    });
  });

  test('more connections than there are sessions wait for each other, and not for ever', async () => {
    const all = Array.from({ length: 30 }, () => driver.connect());
    await run(main, 'SELECT 1');
    const taken = all.slice(0, 19);
    await Promise.all(taken.map((connection) => run(connection, 'SELECT 1')));
    const waiting = all.slice(19).map((connection) => run(connection, 'SELECT 1'));
    await Promise.all(taken.slice(0, 11).map((connection) => connection.close()));
    await Promise.all(waiting);
    const error = await rejection(run(driver.connect(), 'SELECT 1'));
    expect(error).toBeInstanceOf(OperationalError);
    expect(error.message).toContain('All 20 connections');
  });

  test('closing closes all', async () => {
    const connection = driver.connect();
    await run(connection, 'BEGIN');
    const stream = main.stream(read('SELECT generate_series(1, 100)'), 10)[Symbol.asyncIterator]();
    await stream.next();
    await driver.close();
    expect(await rejection(stream.next())).toBeInstanceOf(ConnectionClosedError);
    expect(await rejection(run(connection, 'SELECT 1'))).toBeInstanceOf(ConnectionClosedError);
    expect(await rejection(run(driver.connect(), 'SELECT 1'))).toBeInstanceOf(ConnectionClosedError);
    const [left] = await column(office, 'SELECT count(*) FROM pg_stat_activity WHERE datname = $1', NAME);
    expect(left).toBe(0);
  });
});
