/** Points in time with a zone, lengths of time and ranges, on the engine itself. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BigIntegerRangeField,
  DateRangeField,
  DateTimeRangeField,
  DateTimeTZField,
  DateTimeTZRangeField,
  DecimalRangeField,
  emptyRange,
  IntegerRangeField,
  type Interval,
  IntervalField,
  interval,
  isoInterval,
  type Range,
  range,
} from '../../../src/entry/postgresql-ext.ts';
import { DataError, type Expr, IntegerField, Model, Value } from '../../../src/index.ts';
import { rejection } from '../rejection.ts';
import { eachPostgres } from './support.ts';

class Event extends Model.define('event', {
  at: DateTimeTZField({ null: true }),
  lasts: IntervalField({ null: true }),
  n: IntegerField({ default: 2 }),
}) {}
class Span extends Model.define('span', {
  ints: IntegerRangeField({ null: true, index: true }),
  bigs: BigIntegerRangeField({ null: true }),
  decimals: DecimalRangeField({ null: true }),
  days: DateRangeField({ null: true }),
  times: DateTimeRangeField({ null: true }),
  instants: DateTimeTZRangeField({ null: true }),
}) {}

const NOON = new Date(Date.UTC(2026, 10, 22, 12));
const LATER = new Date(Date.UTC(2026, 10, 22, 13, 30, 0, 5));

eachPostgres('times and ranges', [Event, Span], (suite) => {
  async function event(values: { at?: Date; lasts?: Interval }): Promise<void> {
    await Event.delete();
    await Event.create(values);
  }
  const of = (expression: Expr<unknown>) => Event.select(expression.as('it')).scalar();
  const holds = (condition: Expr<boolean>) => Span.select(condition.as('it')).scalar();

  test('a point in time is the same in every zone', async () => {
    for (const at of [NOON, LATER, new Date(0), new Date(-1), new Date(Date.UTC(9999, 11, 31, 23, 59, 59, 999))]) {
      await event({ at });
      expect((await Event.get()).at).toEqual(at);
      expect(await of(Event.at.eq(at))).toBe(true);
    }
    await event({ at: NOON });
    await suite.database.executeSql(`set timezone to 'America/New_York'`);
    expect((await Event.get()).at).toEqual(NOON);
    expect(await of(Event.at.in([NOON]))).toBe(true);
    await suite.database.executeSql(`set timezone to 'UTC'`);
    expect(await of(Event.at.hour)).toBe(12);
    expect(await of(Event.at.truncate('day'))).toEqual(new Date(Date.UTC(2026, 10, 22)));
    expect(await of(Event.at.atTimeZone('Asia/Tokyo'))).toEqual(new Date(Date.UTC(2026, 10, 22, 21)));
    expect(await of(Event.at.add(interval({ months: 1, hours: 1 })))).toEqual(new Date(Date.UTC(2026, 11, 22, 13)));
    expect(await of(Event.at.sub(interval('P1D')).day)).toBe(21);
    expect(await of(Event.at.since(new Date(Date.UTC(2026, 10, 20))))).toEqual(interval({ days: 2, hours: 12 }));
    expect(await of(Event.at.since(NOON).eq(interval({})))).toBe(true);
  });

  test('a length of time keeps its parts', async () => {
    const lengths = [
      {},
      { years: 1, months: 2, weeks: 1, days: 3, hours: 4, minutes: 5, seconds: 6.789 },
      { months: -1, days: 2, microseconds: -3 },
      { days: -1, hours: 23 },
      { months: 2 ** 31 - 1, days: -(2 ** 31), microseconds: Number.MAX_SAFE_INTEGER },
      { months: -11 },
      { microseconds: -1 },
      'P1Y2M10DT2H30M',
      '-P1Y2M',
      'PT0.000001S',
      'P-1DT-0.5S',
      'P2W',
    ];
    for (const length of lengths) {
      const lasts = interval(length);
      await event({ lasts });
      const read = (await Event.get()).lasts as Interval;
      expect(read).toEqual(lasts);
      expect(interval(isoInterval(read))).toEqual(read);
      await suite.database.executeSql("set intervalstyle to 'iso_8601'");
      expect((await Event.get()).lasts).toEqual(lasts);
      await suite.database.executeSql("set intervalstyle to 'postgres'");
    }
  });

  test('lengths of time compare and calculate', async () => {
    await event({ lasts: interval({ hours: 3 }) });
    expect(await of(Event.lasts.gt(interval({ hours: 2 })))).toBe(true);
    expect(await of(Event.lasts.between(interval('PT1H'), interval('PT2H')))).toBe(false);
    expect(await of(Event.lasts.add(interval({ days: 1 })))).toEqual(interval({ days: 1, hours: 3 }));
    expect(await of(Event.lasts.sub(interval({ hours: 1 })))).toEqual(interval({ hours: 2 }));
    expect(await of(Event.lasts.mul(1.5))).toEqual(interval({ hours: 4, minutes: 30 }));
    expect(await of(Event.lasts.mul(Event.n))).toEqual(interval({ hours: 6 }));
    expect(await of(Event.lasts.div(2))).toEqual(interval({ hours: 1, minutes: 30 }));
    expect(await of(Event.lasts.neg())).toEqual(interval({ hours: -3 }));
    expect(await of(Event.lasts.seconds())).toBe(10_800);
    for (const text of ['', 'P', 'PT', '1 day', 'P1.5D', 'P1DT', 'PT1H1D']) expect(() => interval(text), text).toThrow(DataError);
    expect(() => interval({ days: 0.5 })).toThrow(DataError);
    expect(await rejection(Event.create({ lasts: 'PT1H' as never }))).toBeInstanceOf(DataError);
    expect(await rejection(Event.create({ lasts: { months: 2 ** 31, days: 0, microseconds: 0 } }))).toBeInstanceOf(DataError);
  });

  test('any length of time comes back', async () => {
    const part = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    await fc.assert(
      fc.asyncProperty(part, part, fc.maxSafeInteger(), async (months, days, microseconds) => {
        const value: Interval = { months, days, microseconds };
        expect(
          await Event.select(Value(value, { name: 'interval' }))
            .limit(1)
            .scalar(),
        ).toEqual(value);
        expect(interval(isoInterval(value))).toEqual(value);
      }),
      { numRuns: 150 },
    );
  });

  test('ranges of every kind come back', async () => {
    const rows: { [K in 'ints' | 'bigs' | 'decimals' | 'days' | 'times' | 'instants']?: Range<never> }[] = [
      {
        ints: range(1, 10),
        bigs: range(-(2n ** 63n), 2n ** 63n - 1n),
        decimals: range('1.50', '123456789012345678901234567890.123', '(]'),
        days: range('2026-11-22', '2026-11-29'),
        times: range(NOON, LATER, '[]'),
        instants: range(NOON, LATER, '()'),
      },
      {
        ints: range<number>(null, null),
        bigs: range<bigint>(1n, null),
        decimals: range<string>(null, '5', '[]'),
        days: range<string>(null, '2026-01-01'),
        times: range<Date>(NOON, null, '()'),
        instants: range<Date>(null, NOON, '(]'),
      },
      { ints: emptyRange, bigs: emptyRange, decimals: emptyRange, days: emptyRange, times: emptyRange, instants: emptyRange },
      {},
    ] as never;
    await Span.delete();
    for (const row of rows) await Span.create(row as never);
    await Span.insertMany(rows as never);
    const read = await Span.select().orderBy(Span.id).dicts();
    for (const [at, row] of [...rows, ...rows].entries()) {
      for (const [key, value] of Object.entries(row)) expect(read[at]![key as 'ints'], `${at} ${key}`).toEqual(value);
    }
    // Whole numbers and dates have one way to be written.
    await Span.delete();
    await Span.create({ ints: range(1, 10, '(]'), days: range('2026-11-22', '2026-11-22', '[]') });
    expect(await Span.select(Span.ints, Span.days).tuples()).toEqual([[range(2, 11), range('2026-11-22', '2026-11-23')]]);
  });

  test('ranges are asked and calculated with', async () => {
    await Span.delete();
    await Span.create({
      ints: range(1, 10),
      bigs: range(1n, 10n),
      decimals: range('1', '2.5'),
      days: range('2026-11-01', '2026-12-01'),
      times: range(NOON, LATER),
      instants: range(NOON, LATER),
    });
    expect(await holds(Span.ints.contains(9))).toBe(true);
    expect(await holds(Span.ints.contains(10))).toBe(false);
    expect(await holds(Span.ints.contains(range(2, 5)))).toBe(true);
    expect(await holds(Span.bigs.contains(2n))).toBe(true);
    expect(await holds(Span.decimals.contains('2.4999'))).toBe(true);
    expect(await holds(Span.decimals.contains('2.5'))).toBe(false);
    expect(await holds(Span.days.contains('2026-11-22'))).toBe(true);
    expect(await holds(Span.times.contains(NOON))).toBe(true);
    expect(await holds(Span.instants.contains(LATER))).toBe(false);
    expect(await holds(Span.ints.contains(Span.ints))).toBe(true);
    expect(await holds(Span.ints.contains(Span.ints.lower()))).toBe(true);
    expect(await holds(Span.ints.containedBy(range(0, 100)))).toBe(true);
    expect(await holds(Span.ints.overlaps(range(9, 12)))).toBe(true);
    expect(await holds(Span.ints.before(range(10, 12)))).toBe(true);
    expect(await holds(Span.ints.after(range(-5, 1)))).toBe(true);
    expect(await holds(Span.ints.notAfter(range(3, 10)))).toBe(true);
    expect(await holds(Span.ints.notBefore(range(2, 3)))).toBe(false);
    expect(await holds(Span.ints.adjacent(range(10, 12)))).toBe(true);
    const ints = (expression: Expr<unknown>) => Span.select(expression.as('it')).scalar();
    expect(await ints(Span.ints.union(range(10, 12)))).toEqual(range(1, 12));
    expect(await ints(Span.ints.intersection(range(5, 20)))).toEqual(range(5, 10));
    expect(await ints(Span.ints.intersection(range(50, 60)))).toEqual(emptyRange);
    expect(await ints(Span.ints.difference(range(5, 20)))).toEqual(range(1, 5));
    expect(await ints(Span.ints.merge(range(50, 60)))).toEqual(range(1, 60));
    expect(await ints(Span.ints.lower())).toBe(1);
    expect(await ints(Span.bigs.upper())).toBe(10n);
    expect(await ints(Span.decimals.upper())).toBe('2.5');
    expect(await ints(Span.times.lower())).toEqual(NOON);
    expect(await ints(Span.instants.upper())).toEqual(LATER);
    expect(await ints(Span.days.upper())).toBe('2026-12-01');
    expect(await ints(Span.ints.isEmpty())).toBe(false);
    expect(await ints(Span.ints.lowerIncluded())).toBe(true);
    expect(await ints(Span.ints.upperIncluded())).toBe(false);
    expect(await ints(Span.ints.lowerInfinite())).toBe(false);
    expect(await ints(Span.ints.upperInfinite())).toBe(false);
    expect(await Span.select().where(Span.ints.eq(range(1, 10)), Span.decimals.lower().lt('2'))).toHaveLength(1);
    expect(await rejection(Span.select(Span.ints.union(range(50, 60)).as('it')).scalar())).toBeInstanceOf(DataError);
    for (const wrong of [[1, 2], '[1,2)', { lower: 1 }, { lower: 1, upper: 2, bounds: '<>', empty: false }, range(1.5, 2)])
      expect(await rejection(Span.create({ ints: wrong as never }))).toBeInstanceOf(DataError);
    expect(await rejection(Span.create({ decimals: range('1', 'x') }))).toBeInstanceOf(DataError);
  });

  test('ranges are found by their index', async () => {
    await Span.delete();
    await Span.insertMany(Array.from({ length: 3000 }, (_, n) => ({ ints: range(n, n + 2) })));
    await suite.database.executeSql('vacuum analyze span');
    for (const where of [Span.ints.contains(7), Span.ints.overlaps(range(5, 6)), Span.ints.before(range(3, 4))])
      expect(JSON.stringify(await suite.database.explain(Span.select().where(where)))).toContain('span_ints');
  });

  test('any range comes back', async () => {
    const bound = fc.option(fc.integer({ min: -1000, max: 1000 }));
    const bounds = fc.constantFrom('[)', '[]', '(]', '()') as fc.Arbitrary<Range<number>['bounds']>;
    await fc.assert(
      fc.asyncProperty(bound, bound, bounds, async (a, b, shape) => {
        const [lower, upper] = a !== null && b !== null && a > b ? [b, a] : [a, b];
        const given = range(lower === null ? null : `${lower}.5`, upper === null ? null : `${upper}.5`, shape);
        const isEmpty = lower !== null && lower === upper && shape !== '[]';
        const type = { name: 'range', element: { name: 'decimal' } } as const;
        expect(await Span.select(Value(given, type)).limit(1).scalar()).toEqual(isEmpty ? emptyRange : given);
      }),
      { numRuns: 150 },
    );
  });
});
