/** Values to the engine and back: 64 bits, text of every kind, blobs, what does not fit. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection, Driver } from '../../src/driver/driver.ts';
import { DataError } from '../../src/errors.ts';
import type { DriverValue, Expect } from '../../src/wire/statement.ts';
import { column, open, rows, run } from './support.ts';

let driver: Driver;
let db: Connection;
beforeAll(async () => {
  driver = await open();
  db = driver.connect();
  await run(db, 'CREATE TABLE t(i INTEGER, r REAL, x TEXT, b BLOB)');
});
afterAll(() => driver.close());

/** The value as it comes back through a column, read as `expects` says. */
async function back(name: string, value: DriverValue, expects: Expect): Promise<DriverValue> {
  await run(db, 'DELETE FROM t');
  await run(db, `INSERT INTO t(${name}) VALUES (?)`, value);
  const [outcome] = await db.run({ statements: [{ sql: `SELECT ${name} FROM t`, mode: 'read', expects: [expects] }] });
  return outcome!.rows.data[0]![0]!;
}

describe('whole numbers', () => {
  const EDGES = [
    0,
    1,
    -1,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) - 1,
    2 ** 40,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ];
  test.each(EDGES)('%d', async (value) => {
    expect(await back('i', value, 'number')).toBe(value);
    expect(await back('i', value, 'integer')).toBe(value);
    expect(await back('i', value, 'any')).toBe(value);
    expect(await back('i', value, 'bigint')).toBe(BigInt(value));
    expect(await back('i', BigInt(value), 'bigint')).toBe(BigInt(value));
  });

  test.each([2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 62n + 3n, 2n ** 63n - 1n, -(2n ** 63n)])('%d', async (value) => {
    for (const expects of ['integer', 'any', 'bigint'] as const) expect(await back('i', value, expects)).toBe(value);
    expect(await column(db, 'SELECT typeof(i) FROM t')).toEqual(['integer']);
    expect(await column(db, 'SELECT count(*) FROM t WHERE i = ?', value)).toEqual([1]);
    expect(await column(db, 'SELECT CAST(? AS INTEGER)', value)).toEqual([value]);
  });

  test('any of 64 bits', () =>
    fc.assert(
      fc.asyncProperty(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), async (value) => {
        expect(await back('i', value, 'bigint')).toBe(value);
      }),
      { numRuns: 100, seed: 7 },
    ));

  test.each([2n ** 63n, -(2n ** 63n) - 1n])('%d does not fit', async (value) => {
    await expect(run(db, 'INSERT INTO t(i) VALUES (?)', value)).rejects.toBeInstanceOf(DataError);
  });
});

describe('doubles', () => {
  test.each([0.1, -1.5, 5e-324, 2.2250738585072014e-308, Number.MAX_VALUE, Infinity, -Infinity, 1e300])('%d', async (value) => {
    for (const expects of ['number', 'any', 'integer'] as const) expect(await back('r', value, expects)).toBe(value);
  });

  test('zero keeps no sign in a column', async () => {
    expect(await back('r', -0, 'number')).toBe(0);
  });

  test('NaN is refused', async () => {
    await expect(run(db, 'INSERT INTO t(r) VALUES (?)', NaN)).rejects.toThrow('NaN');
  });
});

describe('text', () => {
  const TEXTS = [
    '',
    'a',
    'ascii of more than eight',
    'ü',
    'nul \0 inside \0',
    '\0',
    '\uFEFFmark',
    '日本語',
    '🐦 waxwing 🍒',
    'x'.repeat(64),
    'x'.repeat(65),
    `${'x'.repeat(63)}é`,
    'é'.repeat(40_000),
    'y'.repeat(300_000),
    'quo\'te"s',
  ];
  test.each(TEXTS.map((text) => [text.slice(0, 30), text.length, text] as const))('%j (%i)', async (_, __, text) => {
    expect(await back('x', text, 'text')).toBe(text);
    expect(await back('x', text, 'any')).toBe(text);
  });

  test('any Unicode', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 100 }), async (text) => {
        expect(await back('x', text, 'text')).toBe(text);
      }),
      { numRuns: 100, seed: 11 },
    ));

  test.each(['\uD800', 'a\uDC00b', 'long '.repeat(30) + '\uD83D'])('half a surrogate pair is refused: %j', async (text) => {
    await expect(run(db, 'INSERT INTO t(x) VALUES (?)', text)).rejects.toBeInstanceOf(DataError);
  });
});

describe('blobs', () => {
  test.each([0, 1, 255, 4096, 1_000_000])('%i bytes', async (length) => {
    const blob = Uint8Array.from({ length }, (_, i) => i % 251);
    for (const expects of ['blob', 'any'] as const) {
      const returned = (await back('b', blob, expects)) as Uint8Array;
      expect(returned.length === length && returned.every((byte, i) => byte === blob[i])).toBe(true);
    }
  });

  test('what comes back is a copy', async () => {
    const blob = (await back('b', Uint8Array.of(1, 2, 3), 'blob')) as Uint8Array;
    await run(db, 'SELECT zeroblob(100000)');
    expect([...blob]).toEqual([1, 2, 3]);
    expect(blob.buffer.byteLength).toBe(3);
  });

  test('part of a larger buffer', async () => {
    expect(await back('b', Uint8Array.of(1, 2, 3, 4).subarray(1, 3), 'blob')).toEqual(Uint8Array.of(2, 3));
  });
});

test('null in every kind of column', async () => {
  for (const expects of ['number', 'integer', 'bigint', 'text', 'blob', 'any'] as const) {
    expect(await back('x', null, expects)).toBeNull();
  }
});

test('a value of another type than the column should have is given as it is', async () => {
  expect(await back('i', 'not a number', 'number')).toBe('not a number');
  expect(await back('i', 'not a number', 'bigint')).toBe('not a number');
  expect(await back('i', 1.5, 'bigint')).toBe(1.5);
});

test.each([undefined, true, new Date(), { a: 1 }, [1], Symbol('s'), () => 1])('%s cannot be bound', async (value) => {
  await expect(run(db, 'SELECT ?', value as unknown as DriverValue)).rejects.toBeInstanceOf(DataError);
});

test('values are not mixed up between runs and connections', async () => {
  const other = driver.connect();
  await Promise.all(
    [1, 2, 3].map(async (id) => {
      expect(await rows(id % 2 ? db : other, 'SELECT ?, ?', `text ${id}`, null)).toEqual([[`text ${id}`, null]]);
    }),
  );
});

test('numbers of a long result are packed, unless there is a null or a bigint among them', async () => {
  const query = (value: string, expects: Expect) =>
    db
      .run({
        statements: [
          {
            sql: `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT ${value} FROM n`,
            mode: 'read',
            expects: [expects],
          },
        ],
      })
      .then(([outcome]) => outcome!.rows.data[0]!);
  expect(await query('i', 'number')).toBeInstanceOf(Float64Array);
  expect(await query('i', 'integer')).toBeInstanceOf(Float64Array);
  expect(await query('nullif(i, 50)', 'number')).toHaveLength(100);
  expect(Array.isArray(await query('nullif(i, 50)', 'number'))).toBe(true);
  expect(Array.isArray(await query('i + 9007199254740990', 'integer'))).toBe(true);
});
