/** Statements of the Postgres driver: values there and back, errors with their fields, what stays prepared. */
import { describe, expect, test } from 'vitest';
import { ConnectionClosedError, DataError, IntegrityError, InternalError, ProgrammingError } from '../../src/errors.ts';
import type { Expect, Rows } from '../../src/wire/statement.ts';
import { BRACKET, column, failure, rows, run, shared, sql } from './pglite-support.ts';

const db = shared();

/** One value read with an expectation. */
async function read(expression: string, expect?: Expect): Promise<unknown> {
  const expects = expect === undefined ? undefined : [expect];
  const [outcome] = await db.main.run({ statements: [{ ...sql(`SELECT ${expression}`), ...(expects && { expects }) }] });
  return outcome!.rows.data[0]![0];
}

describe('values', () => {
  test('of every kind come back as they were bound', async () => {
    const long = 'ä€😀'.repeat(1000);
    const bytes = Uint8Array.from({ length: 300 }, (_, index) => index);
    const [row] = await rows(
      db.main,
      'SELECT $1::integer, $2::bigint, $3::float8, $4::text, $5::bytea, $6::boolean, $7::numeric, $8::text, $9::text, $10::float8, $11::bytea',
      -2147483648,
      -9223372036854775808n,
      -0,
      long,
      bytes,
      false,
      '123456789012345678901234567890.5',
      null,
      '',
      Number.NEGATIVE_INFINITY,
      new Uint8Array(),
    );
    const text = '123456789012345678901234567890.5';
    expect(row).toEqual([
      -2147483648,
      -9223372036854775808n,
      -0,
      long,
      bytes,
      false,
      text,
      null,
      '',
      Number.NEGATIVE_INFINITY,
      new Uint8Array(),
    ]);
  });

  test.each<[string, Expect | undefined, unknown]>([
    ['(-7)::smallint', undefined, -7],
    ['(-7)::smallint', 'bigint', -7n],
    ['2147483647', 'integer', 2147483647],
    ['4294967295::oid', undefined, 4294967295],
    ['9007199254740991', undefined, 9007199254740991],
    ['9007199254740992', undefined, 9007199254740992n],
    ['(-9007199254740991)', undefined, -9007199254740991],
    ['(-9007199254740992)', undefined, -9007199254740992n],
    ['9007199254740993', 'number', 9007199254740992],
    ['5::bigint', 'bigint', 5n],
    ['0.1::real', undefined, 0.1],
    ["'NaN'::float8", 'number', Number.NaN],
    ['1e300::float8', 'number', 1e300],
    ['1.50', undefined, '1.50'],
    ['1.50', 'number', 1.5],
    ['12345678901234567890', 'integer', 12345678901234567890n],
    ['sum(7::bigint)', 'integer', 7],
    ['3.00::numeric', 'bigint', 3n],
    ["'\\x00ff'::bytea", 'blob', Uint8Array.of(0, 255)],
    ["date '2024-02-29'", undefined, '2024-02-29'],
    ["timestamptz '2024-02-29 12:00+02'", undefined, '2024-02-29 10:00:00+00'],
    ["interval '1 year 2 days 3:04:05.6'", undefined, '1 year 2 days 03:04:05.6'],
    ['array[1, null, 3]', undefined, '{1,NULL,3}'],
    [`'{"a": 1}'::jsonb`, undefined, '{"a": 1}'],
    ['null::integer', 'number', null],
  ])('%s read as %s is %o', async (expression, as, expected) => {
    expect(await read(expression, as)).toEqual(expected);
  });

  test('many rows come in columns, numbers as typed arrays', async () => {
    const statement = { ...sql('SELECT g, g / 2.0::float8, g::text FROM generate_series(1, 5000) g') };
    const [outcome] = await db.main.run({ statements: [statement] });
    const { data, names, types, length } = outcome!.rows;
    expect([length, names, types]).toEqual([5000, ['g', '?column?', 'g'], [23, 701, 25]]);
    expect(data[0]).toBeInstanceOf(Float64Array);
    expect([data[0]![4999], data[1]![4998], data[2]![4999]]).toEqual([5000, 2499.5, '5000']);
  });

  test('rows larger than any buffer arrive whole', async () => {
    const found = await column(db.main, 'SELECT repeat(chr(96 + g), g * 300000) FROM generate_series(1, 5) g');
    expect(found.map((text) => [String(text).length, String(text).at(-1)])).toEqual(
      [1, 2, 3, 4, 5].map((g) => [g * 300_000, String.fromCharCode(96 + g)]),
    );
  });

  test('half a surrogate pair, bytes that are no text and values of no kind are refused', async () => {
    await expect(run(db.main, 'SELECT $1::text', 'a\ud800')).rejects.toBeInstanceOf(DataError);
    await expect(run(db.main, 'SELECT $1::text', 'a\0b')).rejects.toMatchObject({ code: '22021' });
    await expect(run(db.main, 'SELECT $1::text', new Date() as never)).rejects.toThrow('A value of type Date cannot be bound');
    expect(await column(db.main, 'SELECT 1')).toEqual([1]);
  });

  test('more than Postgres takes in one message is refused before it is sent', async () => {
    const huge = new Proxy(new Uint8Array(0), { get: (bytes, key) => (key === 'length' ? 2 ** 30 : Reflect.get(bytes, key)) });
    await expect(run(db.main, 'SELECT $1::bytea', huge)).rejects.toThrow(/1 GB/);
    await expect(run(db.main, 'SELECT $1::bytea', huge)).rejects.toBeInstanceOf(DataError);
    expect(await column(db.main, 'SELECT 1')).toEqual([1]);
  });
});

describe('rows in slices', () => {
  const numbers = 'SELECT g FROM generate_series(1, 2500) g';

  test('come a thousand at a time, and the outcome holds none', async () => {
    const slices: Rows[] = [];
    const [outcome] = await db.main.run({ statements: [sql(numbers)] }, (_, slice) => slices.push(slice));
    expect(slices.map(({ length }) => length)).toEqual([1000, 1000, 500]);
    expect(slices.at(-1)!.data[0]!.at(-1)).toBe(2500);
    expect(outcome!.rows).toMatchObject({ length: 0, names: ['g'], data: [[]] });
  });

  test('whoever gets them may call, and is served afterwards', async () => {
    const calls: Promise<unknown>[] = [];
    await db.main.run({ statements: [sql(numbers)] }, () => calls.push(column(db.main, 'SELECT 7')));
    expect(await Promise.all(calls)).toEqual([[7], [7], [7]]);
  });

  test('whoever gets them may close the connection', async () => {
    const own = db.driver.connect();
    await run(own, 'BEGIN');
    const reading = own.run({ statements: [sql(numbers)] }, () => void own.close());
    await reading;
    await expect(run(own, 'SELECT 1')).rejects.toBeInstanceOf(ConnectionClosedError);
    expect(await column(db.main, 'SELECT 1')).toEqual([1]);
  });

  test('what it throws ends the statement', async () => {
    const refuse = (): never => {
      throw new InternalError('enough');
    };
    await expect(db.main.run({ statements: [sql(numbers)] }, refuse)).rejects.toThrow('enough');
    expect(await column(db.main, 'SELECT 1')).toEqual([1]);
  });
});

describe('one statement for many rows', () => {
  test('inserts them all, or none', async () => {
    await run(db.main, 'CREATE TABLE t(id integer PRIMARY KEY, v text)');
    const many = { length: 5000, data: [Float64Array.from({ length: 5000 }, (_, id) => id), new Array(5000).fill('text')] };
    const insert = { sql: 'INSERT INTO t VALUES ($1, $2)', mode: 'write', many } as const;
    const [outcome] = await db.main.run({ statements: [insert] });
    expect(outcome!.changes).toBe(5000);
    const twice = {
      ...insert,
      many: {
        length: 3,
        data: [
          [6000, 6001, 6000],
          ['a', 'b', 'c'],
        ],
      },
    };
    await expect(db.main.run({ statements: [twice] })).rejects.toMatchObject({ code: '23505' });
    const odd = {
      ...insert,
      many: {
        length: 2,
        data: [
          [7000, 7001],
          ['a', {} as never],
        ],
      },
    };
    await expect(db.main.run({ statements: [odd] })).rejects.toBeInstanceOf(DataError);
    expect(await column(db.main, 'SELECT count(*) FROM t')).toEqual([5000]);
  });

  test('collects what they return', async () => {
    await run(db.main, 'CREATE TABLE t(id integer GENERATED ALWAYS AS IDENTITY, v text)');
    const many = { length: 3, data: [['a', 'b', 'c']] };
    const insert = { sql: 'INSERT INTO t(v) VALUES ($1) RETURNING id', mode: 'write', many } as const;
    const [outcome] = await db.main.run({ statements: [insert], bracket: BRACKET });
    expect(outcome!.rows.data).toEqual([[1, 2, 3]]);
  });
});

describe('errors', () => {
  test.each([
    ["INSERT INTO p VALUES (1, 'x', 1)", '23505', 'unique', 'p', ['id']],
    ["INSERT INTO p VALUES (2, 'A b', 1)", '23505', 'unique', 'p', ['First Name', 'n']],
    ['INSERT INTO p VALUES (3, NULL, 1)', '23502', 'notNull', 'p', ['First Name']],
    ["INSERT INTO p VALUES (4, 'x', -1)", '23514', 'check', 'p', []],
    ['INSERT INTO c VALUES (9)', '23503', 'foreignKey', 'c', ['p']],
    ['DELETE FROM p WHERE id = 1', '23503', 'foreignKey', 'c', ['id']],
  ])('%s violates a constraint of kind %s', async (statement, code, constraint, name, columns) => {
    await run(
      db.main,
      'CREATE TABLE p(id integer PRIMARY KEY, "First Name" text NOT NULL, n integer CHECK (n > 0), UNIQUE ("First Name", n))',
    );
    await run(db.main, 'CREATE TABLE c(p integer REFERENCES p)');
    await run(db.main, "INSERT INTO p VALUES (1, 'A b', 1)");
    await run(db.main, 'INSERT INTO c VALUES (1)');
    const error = await failure(run(db.main, statement));
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error).toMatchObject({ code, constraint, table: name, columns, sql: statement });
  });

  test('have the code, the detail and the hint of Postgres', async () => {
    expect(await failure(run(db.main, 'SELEC 1'))).toMatchObject({ code: '42601', sql: 'SELEC 1' });
    const error = await failure(run(db.main, 'SELECT lower(1, 2)'));
    expect(error).toMatchObject({ code: '42883' });
    expect((error as Error).message).toContain('\nHINT: ');
    expect(((await failure(run(db.main, 'SELECT 1; SELECT 2'))) as Error).message).toContain('multiple commands');
  });

  test('tell of what is no statement', async () => {
    await expect(run(db.main, '')).rejects.toBeInstanceOf(ProgrammingError);
    await expect(run(db.main, '-- nothing')).rejects.toThrow('There is no statement in this SQL.');
    await expect(run(db.main, 'SELECT 1\0')).rejects.toBeInstanceOf(ProgrammingError);
    await expect(run(db.main, 'SELECT $1::text')).rejects.toThrow('The statement has 1 placeholders and got 0 values.');
    await expect(run(db.main, 'SELECT 1', 2)).rejects.toThrow('The statement has 0 placeholders and got 1 values.');
  });

  test('COPY has nothing to read and nowhere to write to', async () => {
    await run(db.main, 'CREATE TABLE t(id integer)');
    await expect(run(db.main, 'COPY t FROM STDIN')).rejects.toMatchObject({ code: '57014' });
    await expect(run(db.main, 'COPY (SELECT 1) TO STDOUT')).rejects.toBeInstanceOf(ProgrammingError);
    expect(await column(db.main, 'SELECT count(*) FROM t')).toEqual([0]);
  });
});

describe('prepared statements', () => {
  test('follow the schema', async () => {
    await run(db.main, 'CREATE TABLE t(id integer)');
    await run(db.main, 'INSERT INTO t VALUES (1)');
    expect(await rows(db.main, 'SELECT * FROM t')).toEqual([[1]]);
    await run(db.main, 'BEGIN');
    await run(db.main, "ALTER TABLE t ADD v text DEFAULT 'x'");
    expect(await rows(db.main, 'SELECT * FROM t')).toEqual([[1, 'x']]);
    await run(db.main, 'ROLLBACK');
    expect(await rows(db.main, 'SELECT * FROM t')).toEqual([[1]]);
    await run(db.main, 'ALTER TABLE t ALTER id TYPE text');
    expect(await rows(db.main, 'SELECT * FROM t')).toEqual([['1']]);
  });

  test('are prepared anew when a function has changed what they read', async () => {
    await run(db.main, 'CREATE TABLE t(id integer)');
    await run(db.main, 'INSERT INTO t VALUES (1)');
    await run(db.main, "CREATE FUNCTION widen() RETURNS void LANGUAGE plpgsql AS 'BEGIN ALTER TABLE t ADD v integer; END'");
    expect(await rows(db.main, 'SELECT * FROM t')).toEqual([[1]]);
    await run(db.main, 'SELECT widen()');
    expect(await rows(db.main, 'SELECT * FROM t')).toEqual([[1, null]]);
  });

  test('follow the search path', async () => {
    await run(db.main, 'CREATE SCHEMA IF NOT EXISTS other');
    await run(db.main, 'CREATE TABLE t AS SELECT 1 AS here');
    await run(db.main, "CREATE TABLE other.t AS SELECT 'there' AS there");
    expect(await rows(db.main, 'SELECT * FROM t')).toEqual([[1]]);
    await run(db.main, 'SET search_path = other');
    expect(await rows(db.main, 'SELECT * FROM t')).toEqual([['there']]);
    await run(db.main, 'RESET search_path');
    expect(await rows(db.main, 'SELECT * FROM t')).toEqual([[1]]);
    await run(db.main, 'DROP SCHEMA other CASCADE');
  });

  test.each(['SET LOCAL search_path = other', "SELECT set_config('search_path', 'other', true)"])(
    'follow a search path that ends with its transaction: %s',
    async (set) => {
      await run(db.main, 'CREATE SCHEMA other');
      await run(db.main, 'CREATE TABLE t AS SELECT 1 AS here');
      await run(db.main, "CREATE TABLE other.t AS SELECT 'there' AS there");
      for (const statements of [
        ['BEGIN', set, 'CREATE TABLE other.more(id integer)', 'SELECT * FROM t', 'COMMIT'],
        ['BEGIN', 'SELECT * FROM t'],
      ])
        for (const text of statements) await run(db.main, text);
      expect(await rows(db.main, 'SELECT * FROM t')).toEqual([[1]]);
      await run(db.main, 'ROLLBACK');
      await run(db.main, 'DROP SCHEMA other CASCADE');
    },
  );

  test('survive that all are dropped', async () => {
    expect(await column(db.main, 'SELECT 5')).toEqual([5]);
    await run(db.main, 'DEALLOCATE ALL');
    expect(await column(db.main, 'SELECT 5')).toEqual([5]);
    await run(db.main, 'DISCARD ALL');
    expect(await column(db.main, 'SELECT 5')).toEqual([5]);
  });

  test('are not kept for ever', async () => {
    for (let i = 0; i < 500; i++) await run(db.main, `SELECT ${i}`);
    const [kept] = await column(db.main, 'SELECT count(*) FROM pg_prepared_statements');
    expect(kept).toBeLessThanOrEqual(201);
  });
});
