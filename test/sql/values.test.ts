/** Values into a real SQLite and back: each type, at its edges, and what does not fit. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ColumnType, TypeName } from '../../src/ast/type.ts';
import { sqliteTypeName } from '../../src/dialect/sqlite/ddl.ts';
import { sqlite } from '../../src/dialect/sqlite/dialect.ts';
import { DataError, NotSupportedError } from '../../src/errors.ts';
import { column } from '../../src/query/column.ts';
import type { Expr } from '../../src/query/expr.ts';
import { fn } from '../../src/query/fn.ts';
import { Insert, insertSource } from '../../src/query/insert.ts';
import { select } from '../../src/query/select.ts';
import { Table } from '../../src/query/table.ts';
import { Value } from '../../src/query/value.ts';
import { executor, open, type TestExecutor } from './engine.ts';

/** A table of one column of this type, and that column. */
function box(
  type: ColumnType,
  strict = false,
): { readonly on: TestExecutor; readonly c: Expr<unknown>; put(values: readonly unknown[]): Promise<number> } {
  const on = executor(open());
  const table = Table('box');
  const info = { key: 'v', name: 'v', type } as const;
  const schema = { name: 'v', type, null: true, unique: false, primaryKey: false, constraints: [] };
  const [statement] = sqlite.compile({
    kind: 'createTables',
    safe: false,
    tables: [
      {
        name: 'box',
        columns: [schema],
        primaryKey: [],
        constraints: [],
        indexes: [],
        dependsOn: [],
        temporary: false,
        withoutRowid: false,
        strict,
      },
    ],
  });
  on.database.run(statement?.sql as string);
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
  return { on, c: column<unknown, 'v'>('box', info), put };
}

async function back(type: ColumnType, values: readonly unknown[], strict = false): Promise<unknown[]> {
  const { on, c, put } = box(type, strict);
  // One by one and many at once take different ways.
  for (const value of values) await put([value]);
  await put(values);
  const read = (await select(c).from(Table('box')).bind(on).scalars()) as unknown[];
  expect(read.slice(0, values.length)).toEqual(read.slice(values.length));
  for (const value of values) {
    if (value === null) continue;
    const found = await select(c).from(Table('box')).where(c.eq(value)).bind(on).scalars();
    expect(found.length, `found ${String(value)} again`).toBeGreaterThan(1);
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
  ['any', ['a', 1, 1.5, 2 ** 40, new Uint8Array([1]), null]],
];

describe('values come back as they went in', () => {
  for (const [name, values] of KEPT) {
    it(name, async () => {
      // Stock sql.js reads text up to a NUL; test/engine proves the whole way with our own binding.
      const shown = values.filter((value) => typeof value !== 'string' || !value.includes('\0'));
      expect(await back({ name }, shown)).toEqual(shown);
      expect(await back({ name }, shown, true)).toEqual(shown);
    });
  }

  it('a year of four digits', async () => {
    const early = new Date(Date.UTC(2000, 0, 1));
    early.setUTCFullYear(1);
    expect(await back({ name: 'datetime' }, [early])).toEqual([early]);
  });

  it('a zero has no sign', async () => {
    expect(Object.is((await back({ name: 'double' }, [-0]))[0], 0)).toBe(true);
  });

  it('timestamps of any resolution', async () => {
    const at = new Date(Date.UTC(2026, 10, 22, 17, 22, 33, 447));
    const second = new Date(Math.floor(at.getTime() / 1000) * 1000);
    expect(await back({ name: 'timestamp' }, [at])).toEqual([second]);
    expect(await back({ name: 'timestamp', resolution: 1000 }, [at, new Date(-1), new Date(0)])).toEqual([
      at,
      new Date(-1),
      new Date(0),
    ]);
    expect(await back({ name: 'timestamp', resolution: 1_000_000 }, [at])).toEqual([at]);
  });

  it('times in their shortest exact form', async () => {
    expect(await back({ name: 'time' }, ['17:22', '17:22:01.5', '17:22:01.000000'])).toEqual([
      '17:22:00',
      '17:22:01.500000',
      '17:22:01',
    ]);
    expect(await back({ name: 'uuid' }, ['6FA459EAEE8A3CA4894EDB77E160355E'])).toEqual(['6fa459ea-ee8a-3ca4-894e-db77e160355e']);
  });

  it('any integer of 64 bits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1, maxLength: 20 }),
        async (values) => {
          expect(await back({ name: 'bigint' }, values)).toEqual(values);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('integers in expressions without a column', async () => {
    const on = executor(open());
    const values = [1, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER];
    for (const value of values) {
      expect(await select(fn.call('typeof', value), Value(value).as('v')).bind(on).tuples()).toEqual([['integer', value]]);
    }
    const big = 2n ** 62n + 1n;
    expect(await select(fn.call('typeof', big), Value(big).as('v')).bind(on).tuples()).toEqual([['integer', big]]);
  });
});

describe('decimals', () => {
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
            expect(await back(type, values)).toEqual(values);
            const { on, c, put } = box(type);
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
    expect(await back(narrow, ['1', '-.5', '1e2', 3, 1.1, '+7', '-0', '0001.10', 12n])).toEqual([
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
    expect(await back(wide, ['1', '-0.000000000001', '123456789012345678.5'])).toEqual([
      '1.000000000000',
      '-0.000000000001',
      '123456789012345678.500000000000',
    ]);
    expect(await back({ name: 'decimal', precision: 20, scale: 0 }, ['-1', '99999999999999999999'])).toEqual([
      '-1',
      '99999999999999999999',
    ]);
    expect(await back({ name: 'decimal', precision: 18, scale: 18 }, ['-0.5'])).toEqual(['-0.500000000000000000']);
    expect(await back(narrow, ['19.90'], true)).toEqual(['19.90']);
    expect(await back(wide, ['19.90'], true)).toEqual(['19.900000000000']);
  });

  it('sum exactly', async () => {
    const { on, c, put } = box(narrow);
    await put(Array.from({ length: 1000 }, () => '0.10'));
    expect(await select(fn.sum(c)).from(Table('box')).bind(on).scalar()).toBe('100.00');
    const long = box(wide);
    for (const lossy of [fn.sum(long.c), long.c.add('1')]) expect(() => select(lossy).sql(sqlite)).toThrow(NotSupportedError);
  });

  it('that do not fit are refused, not rounded', () => {
    const codec = sqlite.codec(narrow);
    for (const bad of ['1.005', '123456789.00', 'x', '', '.', '1,5', 'Infinity', Number.NaN, {}, true])
      expect(() => codec.encode(bad), String(bad)).toThrow(DataError);
  });
});

describe('values that do not fit are refused', () => {
  const refused: readonly (readonly [TypeName, readonly unknown[]])[] = [
    ['integer', [1.5, 2 ** 53, -(2 ** 53), '1', true, Number.NaN, 2n ** 60n, {}]],
    ['smallint', [32768, -32769]],
    ['bigint', [2n ** 63n, -(2n ** 63n) - 1n, 1.5, 2 ** 53, '1']],
    ['double', [Number.NaN, '1', 1n]],
    ['text', ['\ud800', 'a\udc00b', 1, {}]],
    ['boolean', [1, 'true']],
    ['blob', ['a', [1]]],
    ['uuid', ['x', 1]],
    ['datetime', ['2026-01-01', new Date(Number.NaN), new Date(Date.UTC(10_000, 0)), 0]],
    ['date', ['2026-02-29', '2026-13-01', '2026-1-1', new Date(), '2026-00-10', '2026-01-00']],
    ['time', ['24:00:00', '1:00', '12:60:00', 5]],
    ['json', [undefined, () => 1, 1n]],
    ['any', [{}, [], Symbol('x'), Number.NaN, 2n ** 63n, '\ud800']],
  ];
  for (const [name, values] of refused) {
    it(name, () => {
      for (const value of values) {
        if (value !== undefined) expect(() => sqlite.codec({ name }).encode(value), String(value)).toThrow(DataError);
      }
    });
  }

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

it('declares types with the affinity that keeps them', () => {
  expect(sqliteTypeName({ name: 'char', length: 20 })).toBe('VARCHAR(20)');
  expect(sqliteTypeName({ name: 'decimal' })).toBe('DECIMAL(10, 5)');
  expect(sqliteTypeName({ name: 'decimal', precision: 30, scale: 2 })).toBe('TEXT');
  expect(sqliteTypeName({ name: 'json' })).toBe('TEXT');
});
