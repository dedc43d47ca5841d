/** Values into real engines and back: each type, at its edges, and what does not fit. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType, TypeName } from '../../src/ast/type.ts';
import { postgres } from '../../src/dialect/postgres/dialect.ts';
import { sqliteTypeName } from '../../src/dialect/sqlite/ddl.ts';
import { sqlite } from '../../src/dialect/sqlite/dialect.ts';
import { DataError, NotSupportedError } from '../../src/errors.ts';
import { column } from '../../src/query/column.ts';
import type { Executor } from '../../src/query/executor.ts';
import type { Expr } from '../../src/query/expr.ts';
import { fn } from '../../src/query/fn.ts';
import { Insert, insertSource } from '../../src/query/insert.ts';
import { raw } from '../../src/query/raw.ts';
import { select } from '../../src/query/select.ts';
import { Table } from '../../src/query/table.ts';
import { AsIs, Value } from '../../src/query/value.ts';
import { bothEngines } from './both.ts';
import { executor, open } from './engine.ts';

const engines = await bothEngines();

/** A column of this type in a table of its own, and what puts values into it. */
interface Box {
  readonly c: Expr<unknown>;
  put(values: readonly unknown[]): Promise<number>;
}

async function box(on: Executor, type: ColumnType, strict = false): Promise<Box> {
  const table = Table('box');
  const info = { key: 'v', name: 'v', type } as const;
  const column0 = { name: 'v', type, null: true, unique: false, primaryKey: false, constraints: [] };
  const lists = { primaryKey: [], constraints: [], indexes: [], dependsOn: [] };
  const schema = { name: 'box', columns: [column0], ...lists, temporary: false, withoutRowid: false, strict };
  const statements = [
    ...on.dialect.compile({ kind: 'dropTables', tables: [schema], safe: true, cascade: false }),
    ...on.dialect.compile({ kind: 'createTables', tables: [schema], safe: false }),
  ];
  await on.run({ statements });
  const put = (values: readonly unknown[]): Promise<number> =>
    new Insert(
      table,
      [info],
      insertSource(
        [info],
        values.map((value) => [value]),
      ),
      on,
    ).execute();
  return { c: column<unknown, 'v'>('box', info), put };
}

async function back(on: Executor, type: ColumnType, values: readonly unknown[], strict = false): Promise<unknown[]> {
  const { c, put } = await box(on, type, strict);
  // One by one and many at once take different ways.
  for (const value of values) await put([value]);
  await put(values);
  const read = (await select(c).from(Table('box')).bind(on).scalars()) as unknown[];
  expect(read.slice(0, values.length)).toEqual(read.slice(values.length));
  for (const value of values) {
    if (value === null) continue;
    const found = await select(c).from(Table('box')).where(c.eq(value)).bind(on).scalars();
    expect(found.length, `found ${String(value)} again`).toBeGreaterThan(1);
    const among = await select(c)
      .from(Table('box'))
      .where(c.in([value, value]))
      .bind(on)
      .count();
    expect(among, `found ${String(value)} in a list`).toBe(found.length);
  }
  return read.slice(0, values.length);
}

const KEPT: readonly (readonly [TypeName, readonly unknown[]])[] = [
  ['integer', [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 40, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null]],
  ['auto', [1, 2 ** 33]],
  ['smallint', [-32768, 32767]],
  ['bigint', [0n, 1n, -1n, 2n ** 31n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), null]],
  ['bigauto', [1n, 2n ** 62n + 1n]],
  ['double', [0.1, -1.5, 1, 5e-324, 1.7976931348623157e308, Infinity, -Infinity, 2 ** 60]],
  ['text', ['', 'a', "it's", 'é𝒳😀', '\u0000a\u0000', ' ', '12', 'x'.repeat(100_000)]],
  ['char', ['a', '1.0']],
  ['boolean', [true, false, null]],
  ['blob', [new Uint8Array(0), Uint8Array.of(0, 255), Uint8Array.from({ length: 1000 }, (_, at) => at % 256)]],
  ['uuid', ['6fa459ea-ee8a-3ca4-894e-db77e160355e', '00000000-0000-0000-0000-000000000000']],
  ['binaryuuid', ['6fa459ea-ee8a-3ca4-894e-db77e160355e']],
  [
    'datetime',
    [
      new Date(0),
      new Date(Date.UTC(2026, 10, 22, 17, 22, 33, 44)),
      new Date(-1),
      new Date(Date.UTC(9999, 11, 31, 23, 59, 59, 999)),
      null,
    ],
  ],
  ['date', ['2026-11-22', '0001-01-01', '2024-02-29', '9999-12-31']],
  ['time', ['17:22:00', '00:00:00', '23:59:59.123456']],
  ['json', [{ a: [1, 'x', null, { b: true }] }, [], 'text', 1.5, true, '1.0', '😀']],
  ['datetimetz', [new Date(Date.UTC(2026, 10, 22, 17, 22, 33, 44)), null]],
  ['jsonb', [{ a: [1, 'x', null, { b: true }] }, [], 'text', 1.5, true, '1.0', '😀']],
  ['any', ['a', 1, 1.5, 2 ** 40, new Uint8Array([1]), null]],
];

/** Whether a column of this type holds this value; stock sql.js reads text up to a NUL, test/engine proves the whole way. */
function holds(engine: string, name: TypeName, value: unknown): boolean {
  if (typeof value === 'string' && value.includes('\0')) return false;
  if (engine === 'SQLite') return true;
  const is32 = typeof value !== 'number' || (value < 2 ** 31 && value >= -(2 ** 31));
  return name !== 'any' && (is32 || (name !== 'integer' && name !== 'auto'));
}

describe.each(engines)('values come back from %s as they went in', (engine, on) => {
  for (const [name, values] of KEPT) {
    it(name, async () => {
      const shown = values.filter((value) => holds(engine, name, value));
      if (shown.length === 0) return;
      expect(await back(on, { name }, shown)).toEqual(shown);
      if (engine === 'SQLite') expect(await back(on, { name }, shown, true)).toEqual(shown);
    });
  }

  it('a year of four digits', async () => {
    const early = new Date(Date.UTC(2000, 0, 1));
    early.setUTCFullYear(1);
    expect(await back(on, { name: 'datetime' }, [early])).toEqual([early]);
  });

  it('a zero has no sign', async () => {
    expect(Object.is((await back(on, { name: 'double' }, [-0]))[0], 0)).toBe(true);
  });

  it('timestamps of any resolution', async () => {
    const at = new Date(Date.UTC(2026, 10, 22, 17, 22, 33, 447));
    const second = new Date(Math.floor(at.getTime() / 1000) * 1000);
    expect(await back(on, { name: 'timestamp' }, [at])).toEqual([second]);
    expect(await back(on, { name: 'timestamp', resolution: 1000 }, [at, new Date(-1), new Date(0)])).toEqual([
      at,
      new Date(-1),
      new Date(0),
    ]);
    expect(await back(on, { name: 'timestamp', resolution: 1_000_000 }, [at])).toEqual([at]);
  });

  it('times in their shortest exact form', async () => {
    expect(await back(on, { name: 'time' }, ['17:22', '17:22:01.5', '17:22:01.000000'])).toEqual([
      '17:22:00',
      '17:22:01.500000',
      '17:22:01',
    ]);
    expect(await back(on, { name: 'uuid' }, ['6FA459EAEE8A3CA4894EDB77E160355E'])).toEqual([
      '6fa459ea-ee8a-3ca4-894e-db77e160355e',
    ]);
  });

  it('any integer of 64 bits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1, maxLength: 20 }),
        async (values) => {
          expect(await back(on, { name: 'bigint' }, values)).toEqual(values);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('numbers in expressions without a column', async () => {
    const [typeOf, whole, large] = engine === 'SQLite' ? ['typeof', 'integer', 'integer'] : ['pg_typeof', 'integer', 'bigint'];
    const type = async (value: unknown): Promise<unknown> =>
      String(await select(fn.call(typeOf, value).cast('text')).bind(on).scalar());
    for (const value of [1, -(2 ** 31), 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, 2n ** 62n + 1n]) {
      expect(await select(Value(value).as('v')).bind(on).scalar()).toBe(value);
      expect(await type(value)).toBe(Number(value) < 2 ** 31 ? whole : large);
    }
    for (const value of [0.1, 5e-324, 1.7976931348623157e308, Infinity])
      expect(await select(Value(value), AsIs(value)).bind(on).tuples()).toEqual([[value, value]]);
  });
});

describe.each(engines)('decimals of %s', (engine, on) => {
  const narrow: ColumnType = { name: 'decimal', precision: 10, scale: 2 };
  const wide: ColumnType = { name: 'decimal', precision: 30, scale: 12 };

  /** A decimal of these digits, exactly as the codec writes it back. */
  const decimals = (whole: number, scale: number): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 10n ** BigInt(whole) - 1n }),
        fc.bigInt({ min: 0n, max: 10n ** BigInt(scale) - 1n }),
      )
      .map(([minus, a, b]) => `${minus && (a > 0n || b > 0n) ? '-' : ''}${a}.${String(b).padStart(scale, '0')}`);

  const scaled = (text: string): bigint => BigInt(text.replace('.', ''));

  for (const [title, type, whole] of [
    ['of up to 15 digits', narrow, 8],
    ['of more', wide, 18],
  ] as const) {
    it(`${title} are exact, and sort and compare as numbers`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(decimals(whole, type.scale as number), { minLength: 2, maxLength: 12 }),
          async (values) => {
            expect(await back(on, type, values)).toEqual(values);
            const { c, put } = await box(on, type);
            await put(values);
            const sorted = [...values].sort((a, b) => (scaled(a) < scaled(b) ? -1 : 1));
            const all = select(c).from(Table('box')).bind(on);
            expect(await all.orderBy(c.asc()).scalars()).toEqual(sorted);
            expect(await all.where(c.lt(values[0])).count()).toBe(sorted.indexOf(values[0] as string));
            expect(await select(fn.min(c), fn.max(c)).from(Table('box')).bind(on).tuples()).toEqual([[sorted[0], sorted.at(-1)]]);
          },
        ),
        { numRuns: 40 },
      );
    });
  }

  it('are written in full', async () => {
    expect(await back(on, narrow, ['1', '-.5', '1e2', 3, 1.1, '+7', '-0', '0001.10', 12n])).toEqual([
      '1.00',
      '-0.50',
      '100.00',
      '3.00',
      '1.10',
      '7.00',
      '0.00',
      '1.10',
      '12.00',
    ]);
    expect(await back(on, wide, ['1', '-0.000000000001', '123456789012345678.5'])).toEqual([
      '1.000000000000',
      '-0.000000000001',
      '123456789012345678.500000000000',
    ]);
    expect(await back(on, { name: 'decimal', precision: 20, scale: 0 }, ['-1', '99999999999999999999'])).toEqual([
      '-1',
      '99999999999999999999',
    ]);
    expect(await back(on, { name: 'decimal', precision: 18, scale: 18 }, ['-0.5'])).toEqual(['-0.500000000000000000']);
    if (engine !== 'SQLite') return;
    expect(await back(on, narrow, ['19.90'], true)).toEqual(['19.90']);
    expect(await back(on, wide, ['19.90'], true)).toEqual(['19.900000000000']);
  });

  it('calculate exactly', async () => {
    const { c, put } = await box(on, narrow);
    await put(Array.from({ length: 1000 }, () => '0.10'));
    const all = select(fn.sum(c), fn.max(c).mul('1.05'), fn.min(c).neg()).from(Table('box'));
    expect(await all.bind(on).tuples()).toEqual([['100.00', '0.11', '-0.10']]);
    const long = await box(on, wide);
    if (engine === 'SQLite') {
      for (const lossy of [fn.sum(long.c), long.c.add('1')]) expect(() => select(lossy).sql(sqlite)).toThrow(NotSupportedError);
      return;
    }
    await long.put(['123456789012345678.000000000001', '1']);
    expect(await select(fn.sum(long.c)).from(Table('box')).bind(on).scalar()).toBe('123456789012345679.000000000001');
  });

  it('that do not fit are refused, not rounded', () => {
    const codec = on.dialect.codec(narrow);
    for (const bad of ['1.005', '123456789.00', 'x', '', '.', '1,5', 'Infinity', Number.NaN, {}, true])
      expect(() => codec.encode(bad), String(bad)).toThrow(DataError);
  });
});

describe.each(engines)('values that do not fit are refused by %s', (engine, on) => {
  const refused: readonly (readonly [TypeName, readonly unknown[]])[] = [
    ['integer', [1.5, 2 ** 53, -(2 ** 53), '1', true, Number.NaN, 2n ** 60n, {}]],
    ['smallint', [32768, -32769]],
    ['bigint', [2n ** 63n, -(2n ** 63n) - 1n, 1.5, 2 ** 53, '1']],
    ['double', [...(engine === 'SQLite' ? [Number.NaN] : []), '1', 1n]],
    ['text', ['\ud800', 'a\udc00b', 1, {}]],
    ['boolean', [1, 'true']],
    ['blob', ['a', [1]]],
    ['uuid', ['x', 1]],
    ['datetime', ['2026-01-01', new Date(Number.NaN), ...(engine === 'SQLite' ? [new Date(Date.UTC(10_000, 0))] : []), 0]],
    ['date', ['2026-02-29', '2026-13-01', '2026-1-1', new Date(), '2026-00-10', '2026-01-00']],
    ['time', ['24:00:00', '1:00', '12:60:00', 5]],
    ['json', [undefined, () => 1, 1n]],
    ['any', [{}, [], Symbol('x'), ...(engine === 'SQLite' ? [Number.NaN] : []), 2n ** 63n, '\ud800']],
  ];
  for (const [name, values] of refused) {
    it(name, () => {
      for (const value of values) {
        if (value !== undefined) expect(() => on.dialect.codec({ name }).encode(value), String(value)).toThrow(DataError);
      }
    });
  }
});

describe('values that SQLite holds and the type is not', () => {
  it('and so are integers too large for the number they are read as', async () => {
    const on = executor(open('CREATE TABLE t (v INTEGER); INSERT INTO t VALUES (9007199254740993)'));
    const v = column<number, 'v'>('t', { key: 'v', name: 'v', type: { name: 'integer' } });
    await expect(select(v).from(Table('t')).bind(on)).rejects.toThrow(DataError);
  });

  it('and text that is no date, no JSON', async () => {
    const on = executor(open("CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('{')"));
    for (const name of ['json', 'datetime', 'uuid'] as const) {
      const v = column<unknown, 'v'>('t', { key: 'v', name: 'v', type: { name } });
      await expect(select(v).from(Table('t')).bind(on)).rejects.toThrow(DataError);
    }
  });
});

describe('Postgres', () => {
  const [, on] = engines[1] as (typeof engines)[number];

  it('holds every Date, NaN and both infinities', async () => {
    const years = [-4700, -1, 0, 1, 99, 100, 9999, 10_000, 275_000].map((year) => {
      const date = new Date(Date.UTC(2000, 1, 29, 23, 59, 59, 7));
      date.setUTCFullYear(year);
      return date;
    });
    expect(await back(on, { name: 'datetime' }, years)).toEqual(years);
    expect(await back(on, { name: 'datetimetz' }, years)).toEqual(years);
    expect(await back(on, { name: 'double' }, [Number.NaN, Infinity, -Infinity])).toEqual([Number.NaN, Infinity, -Infinity]);
  });

  it('reads the same points in time whatever the time zone of the session', async () => {
    const at = [new Date(Date.UTC(2026, 6, 1, 12)), new Date(Date.UTC(1890, 0, 1, 12))];
    for (const zone of ['Asia/Kolkata', 'America/New_York', 'Europe/Amsterdam']) {
      await on.run({ statements: [postgres.raw(`SET timezone = '${zone}'`, [])] });
      expect(await back(on, { name: 'datetimetz' }, at)).toEqual(at);
      expect(await back(on, { name: 'datetime' }, at)).toEqual(at);
    }
    await on.run({ statements: [postgres.raw('SET timezone = UTC', [])] });
  });

  it('refuses what is too large or no text', async () => {
    for (const [name, value] of [
      ['integer', 2 ** 31],
      ['auto', 2 ** 33],
      ['datetime', new Date(-8.64e15)],
    ] as const) {
      const { put } = await box(on, { name });
      await expect(put([value])).rejects.toThrow(DataError);
      await expect(put([value, value])).rejects.toThrow(DataError);
    }
    const { c } = await box(on, { name: 'integer' });
    expect(
      await select(c)
        .from(Table('box'))
        .where(c.lt(2 ** 40))
        .bind(on)
        .count(),
    ).toBe(0);
    expect(() => postgres.codec({ name: 'text' }).encode('a\0')).toThrow(/NUL/);
    expect(() => postgres.codec({ name: 'any' }).encode('a\0')).toThrow(/NUL/);
    const json = await box(on, { name: 'json' });
    await json.put(['a\0b']);
    expect(await select(json.c).from(Table('box')).bind(on).scalar()).toBe('a\0b');
    await expect((await box(on, { name: 'jsonb' })).put(['a\0b'])).rejects.toThrow(DataError);
  });

  it('reads columns of which only the engine knows what they hold', async () => {
    const [row] = await raw(
      `SELECT now() > '2020-01-01' AS b, 1::smallint AS i, 9007199254740993 AS l, 1.50 AS n, 0.1::real AS r, 'x' AS t, '\\x0102'::bytea AS y,
        timestamp '2026-01-02 03:04:05.678' AS ts, timestamptz '2026-01-02 03:04:05+02' AS tz, date '2026-01-02' AS d, time '03:04' AS tm,
        '{"a": [1]}'::jsonb AS j, ARRAY[[1, NULL], [3, 4]] AS ints, ARRAY['a,b', 'NULL', NULL, '"'] AS texts, ARRAY[true] AS bools,
        ARRAY[timestamp '2026-01-02'] AS days, ARRAY['\\x01'::bytea] AS blobs, timestamp 'infinity' AS never, interval '1 day' AS long,
        ARRAY[1.5, 2] AS nums, NULL AS nil, 'a'::"char" AS c, '{}'::text[] AS none`,
    ).bind(on);
    expect(row).toEqual({
      b: true,
      i: 1,
      l: 9007199254740993n,
      n: '1.50',
      r: 0.1,
      t: 'x',
      y: Uint8Array.of(1, 2),
      ts: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
      tz: new Date(Date.UTC(2026, 0, 2, 1, 4, 5)),
      d: '2026-01-02',
      tm: '03:04:00',
      j: { a: [1] },
      ints: [
        [1, null],
        [3, 4],
      ],
      texts: ['a,b', 'NULL', null, '"'],
      bools: [true],
      days: [new Date(Date.UTC(2026, 0, 2))],
      blobs: [Uint8Array.of(1)],
      never: 'infinity',
      long: { months: 0, days: 1, microseconds: 0 },
      nums: ['1.5', '2'],
      nil: null,
      c: 'a',
      none: [],
    });
  });
});

it('reads dates as other programs write them', () => {
  const { decode } = sqlite.codec({ name: 'datetime' });
  const at = new Date(Date.UTC(2026, 10, 22, 17, 22, 0));
  for (const text of [
    '2026-11-22 17:22:00',
    '2026-11-22T17:22',
    '2026-11-22T17:22:00.000Z',
    '2026-11-22 18:22:00+01:00',
    '2026-11-22 17:22:00.000000',
  ]) {
    expect(decode?.(text)).toEqual(at);
  }
  expect(decode?.('2026-11-22')).toEqual(new Date(Date.UTC(2026, 10, 22)));
});

it('reads dates as Postgres writes them, in any time zone', () => {
  const { decode } = postgres.codec({ name: 'datetimetz' });
  for (const [text, iso] of [
    ['2026-01-02 03:04:05.123+05', '2026-01-02T03:04:05.123+05:00'],
    ['2026-01-02 03:04:05.1-05:30', '2026-01-02T03:04:05.1-05:30'],
    ['2026-01-02 03:04:05.123456+00', '2026-01-02T03:04:05.123Z'],
    ['2026-01-02 03:04:05.123456', '2026-01-02T03:04:05.123Z'],
    ['2026-01-02', '2026-01-02T00:00:00Z'],
    ['1890-01-01 12:19:32+00:19:32', '1890-01-01T12:00:00Z'],
    ['0044-03-15 10:00:00 BC', '-000043-03-15T10:00:00Z'],
    ['275760-09-13 05:30:00+05:30', '+275760-09-13T00:00:00Z'],
  ] as const)
    expect(decode?.(text), text).toEqual(new Date(iso));
  for (const text of ['infinity', '', 'x']) expect(() => decode?.(text)).toThrow(DataError);
});

it('declares types with the affinity that keeps them', () => {
  expect(sqliteTypeName({ name: 'char', length: 20 })).toBe('VARCHAR(20)');
  expect(sqliteTypeName({ name: 'decimal' })).toBe('DECIMAL(10, 5)');
  expect(sqliteTypeName({ name: 'decimal', precision: 30, scale: 2 })).toBe('TEXT');
  expect(sqliteTypeName({ name: 'json' })).toBe('TEXT');
});
