/** Every kind of field: what goes in comes back, at the edges too, and what does not fit is refused by name. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  BigAutoField,
  BigIntegerField,
  BinaryUUIDField,
  BlobField,
  BooleanField,
  CharField,
  type Database,
  DataError,
  DateField,
  DateTimeField,
  DecimalField,
  DoubleField,
  defineField,
  FixedCharField,
  FloatField,
  ForeignKeyField,
  IntegerField,
  JSONField,
  Model,
  SmallIntegerField,
  TextField,
  TimeField,
  TimestampField,
  UUIDField,
} from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { rejection } from './rejection.ts';

interface Point {
  x: number;
  y: number;
}
const PointField = defineField<Point>({
  type: { name: 'text' },
  toDb: (point) => `${point.x},${point.y}`,
  toJs: (text: string) => {
    const [x, y] = text.split(',').map(Number);
    return { x: x!, y: y! };
  },
});

class Base extends Model.define({}) {
  static meta: { database: Database | null } = { database: null };
}
class Everything extends Base.define('everything', {
  integer: IntegerField({ null: true }),
  small: SmallIntegerField({ null: true }),
  big: BigIntegerField({ null: true }),
  float: FloatField({ null: true }),
  double: DoubleField({ null: true }),
  decimal: DecimalField({ null: true, maxDigits: 20, decimalPlaces: 4 }),
  char: CharField({ null: true, maxLength: 10 }),
  fixed: FixedCharField({ null: true, maxLength: 3 }),
  text: TextField({ null: true }),
  boolean: BooleanField({ null: true }),
  datetime: DateTimeField({ null: true }),
  date: DateField({ null: true }),
  time: TimeField({ null: true }),
  timestamp: TimestampField({ null: true, resolution: 1000 }),
  blob: BlobField({ null: true }),
  uuid: UUIDField({ null: true }),
  binaryUuid: BinaryUUIDField({ null: true }),
  json: JSONField<unknown>({ null: true }),
  point: PointField({ null: true }),
}) {}
class Big extends Base.define('big', { key: BigAutoField(), title: CharField() }) {}
class Pointer extends Base.define('pointer', { big: ForeignKeyField(() => Big) }) {}

const UUID = '6fa459ea-ee8a-3ca4-894e-db77e160355e';
/** What goes in, and what comes out where that is not the same. */
type Sample = readonly [key: string, value: unknown, out?: unknown];
const kept: readonly Sample[] = [
  ['integer', 0],
  ['integer', -1],
  ['integer', 2 ** 31 - 1],
  ['integer', -(2 ** 31)],
  ['integer', 2 ** 40],
  ['integer', Number.MAX_SAFE_INTEGER],
  ['integer', Number.MIN_SAFE_INTEGER],
  ['small', 32_767],
  ['small', -32_768],
  ['big', 0n],
  ['big', 2n ** 53n + 1n],
  ['big', 2n ** 63n - 1n],
  ['big', -(2n ** 63n)],
  ['float', 1.5],
  ['double', 5e-324],
  ['double', 2 ** -1074 * 3],
  ['double', 2.2250738585072014e-308],
  ['double', Number.MAX_VALUE],
  ['double', -Number.MAX_VALUE],
  ['double', 2 ** 53],
  ['double', 2 ** 53 + 2],
  ['double', 2 ** 63],
  ['double', Number.POSITIVE_INFINITY],
  ['double', Number.NEGATIVE_INFINITY],
  ['double', Number.NaN],
  // Not every engine has a sign of zero, so none has.
  ['double', -0, 0],
  ['double', 0],
  ['double', 3],
  ['double', 0.1],
  ['double', -0.5],
  ['decimal', '19.9000'],
  ['decimal', '-1234567890123456.7891'],
  ['char', 'ten chars!'],
  ['fixed', 'abc'],
  ['text', ''],
  ['text', 'emoji 👩‍👩‍👧 and \u{10ffff}'],
  ['text', 'quotes \' " ` ; --'],
  ['text', 'a\0b'],
  ['text', '٣ — ﷽'],
  ['text', 'x'.repeat(100_000)],
  ['boolean', true],
  ['boolean', false],
  ['datetime', new Date('2026-11-22T17:26:24.123Z')],
  ['datetime', new Date('9999-12-31T23:59:59.999Z')],
  ['datetime', new Date('0001-01-01T00:00:00Z')],
  ['date', '2026-11-22'],
  ['time', '17:26:24'],
  ['time', '17:26:24.123456'],
  ['timestamp', new Date(0)],
  ['timestamp', new Date('2026-11-22T17:26:24.123Z')],
  ['timestamp', new Date('1969-12-31T23:59:59.001Z')],
  ['blob', new Uint8Array()],
  ['blob', new Uint8Array([0, 1, 255])],
  ['uuid', UUID],
  ['binaryUuid', UUID],
  ['json', { a: [1, 'two', null, { deep: true }] }],
  ['json', 'text'],
  ['json', 3],
  ['json', []],
  ['json', false],
  ['point', { x: 1.5, y: -2 }],
];
const refused: readonly Sample[] = [
  ['integer', 'one'],
  ['integer', 1.5],
  ['integer', 2 ** 53],
  ['integer', Number.NaN],
  ['integer', true],
  ['integer', new Date()],
  ['small', 40_000],
  ['big', 2n ** 63n],
  ['big', 'many'],
  ['double', 'x'],
  ['decimal', 'nineteen'],
  ['text', 3],
  ['text', {}],
  ['text', 'lone \ud800 surrogate'],
  ['boolean', 'yes'],
  ['datetime', 'yesterday'],
  ['datetime', new Date(Number.NaN)],
  ['date', 'tomorrow'],
  ['time', 'noon'],
  ['blob', 'bytes'],
  ['uuid', 'not a uuid'],
];

/** A short name for a sample, as no other has. */
function labelled([key, value]: Sample): string {
  if (value instanceof Uint8Array) return `${key} of ${value.length} bytes`;
  if (value instanceof Date) return `${key} ${value.toISOString()}`;
  if (typeof value === 'bigint') return `${key} ${value}n`;
  if (typeof value === 'number') return `${key} ${Object.is(value, -0) ? '-0' : value}`;
  const text = JSON.stringify(value);
  return `${key} ${text.length > 60 ? `of ${text.length} letters` : text}`;
}

function valueIn(row: object, key: string): unknown {
  return (row as Record<string, unknown>)[key];
}

describe.each(backends)('$name', ({ open, supports }) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
    Base.meta.database = opened.database;
    await opened.database.createTables([Everything, Big, Pointer]);
  });
  beforeEach(() => Everything.truncateTable());
  afterAll(() => opened.discard());

  describe('comes back as it went in, by itself and in bulk, and is found by comparing', () => {
    test.each(kept.map((sample) => [labelled(sample), ...sample] as const))('%s', async (_, key, value, out = value) => {
      const row = await Everything.create({ [key]: value });
      expect(valueIn(await Everything.getById(row.id), key)).toEqual(out);
      await Everything.insertMany([{}, { [key]: value }, { [key]: value }]);
      const column = (Everything.c as unknown as Record<string, typeof Everything.integer>)[key]!;
      expect(await Everything.select(column).orderBy(Everything.id).scalars()).toEqual([out, null, out, out]);
      if (key === 'json') return;
      expect(
        await Everything.select()
          .where(column.eq(value as never))
          .count(),
      ).toBe(3);
      expect(
        await Everything.select()
          .where(column.in([value as never]))
          .count(),
      ).toBe(3);
    });
  });

  test('all of them come back from one select of many rows', async () => {
    const rows = kept.filter((sample) => supports.holds(sample[0], sample[1]));
    await Everything.insertMany(rows.map(([key, value]) => ({ [key]: value })));
    const all = await Everything.select().orderBy(Everything.id).dicts();
    rows.forEach(([key, value, out = value], at) => expect(valueIn(all[at] as object, key), key).toEqual(out));
  });

  test('null is null in every field', async () => {
    const row = await Everything.create({});
    const again = await Everything.getById(row.id);
    expect(
      Object.entries(again.toJSON())
        .filter(([key]) => key !== 'id')
        .every(([, value]) => value === null),
    ).toBe(true);
  });

  test('what does not fit is a DataError that names the field', async () => {
    for (const [key, value] of refused) {
      const error = await rejection(() => Everything.create({ [key]: value } as never));
      expect(error, `${key} ${String(value)}`).toBeInstanceOf(DataError);
      expect(error.message).toContain(`Everything.${key}`);
    }
    expect(await Everything.select().exists()).toBe(false);
  });

  test('64-bit keys, and foreign keys that hold them', async () => {
    await opened.database.truncateTables([Pointer, Big], { restartIdentity: true });
    const big = await Big.create({ title: 'x' });
    expect(big.key).toBe(1n);
    await Big.insert({ key: 2n ** 60n + 1n, title: 'huge' });
    const huge = await Big.getById(2n ** 60n + 1n);
    const pointer = await Pointer.create({ big: huge });
    const again = await Pointer.getById(pointer.id);
    expect(again.bigId).toBe(2n ** 60n + 1n);
    expect((await again.big).title).toBe('huge');
  });

  test('parts of dates', async () => {
    const at = new Date('2026-11-22T17:26:24.123Z');
    await Everything.create({ datetime: at, date: '2024-02-29', time: '01:02:03', timestamp: at });
    const { datetime, date, time, timestamp } = Everything;
    expect(
      await Everything.select(
        datetime.year,
        datetime.month,
        datetime.day,
        datetime.hour,
        datetime.minute,
        datetime.second,
      ).tuples(),
    ).toEqual([[2026, 11, 22, 17, 26, 24]]);
    expect(await Everything.select(date.year, date.month, date.day).tuples()).toEqual([[2024, 2, 29]]);
    expect(await Everything.select(time.hour, time.minute, time.second).tuples()).toEqual([[1, 2, 3]]);
    expect(await Everything.select(timestamp.year, timestamp.hour).tuples()).toEqual([[2026, 17]]);
    expect(await Everything.select(datetime.truncate('month')).scalar()).toEqual(new Date('2026-11-01T00:00:00Z'));
    expect(await Everything.select(date.truncate('year')).scalar()).toBe('2024-01-01');
    expect(await Everything.select(timestamp.truncate('hour')).scalar()).toEqual(new Date('2026-11-22T17:00:00Z'));
    expect(
      await Everything.select()
        .where(datetime.year.eq(2026), datetime.month.in([10, 11]))
        .count(),
    ).toBe(1);
  });
});

interface Meta {
  tags: string[];
  place: { city: string; zip: number | null; open: boolean };
}
class Post extends Base.define('post', { meta: JSONField<Meta>(), note: JSONField({ default: () => ({ n: 0 }) }) }) {}

describe.each(backends)('JSON paths: $name', ({ open }) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
    Base.meta.database = opened.database;
    await opened.database.createTables([Post]);
    await Post.create({ meta: { tags: ['a', 'b'], place: { city: 'Paris', zip: 75000, open: true } } });
    await Post.create({ meta: { tags: [], place: { city: 'L\'Aquila "x"', zip: null, open: false } } });
  });
  afterAll(() => opened.discard());

  test('are selected as the values they hold', async () => {
    const place = Post.meta.path('place');
    const rows = await Post.select(
      place.path('city').as('city'),
      place.path('zip').as('zip'),
      place.path('open').as('open'),
      Post.meta.path('tags').as('tags'),
    )
      .orderBy(Post.id)
      .dicts();
    expect(rows).toEqual([
      { city: 'Paris', zip: 75000, open: true, tags: ['a', 'b'] },
      { city: 'L\'Aquila "x"', zip: null, open: false, tags: [] },
    ]);
    expect(await Post.select(place).orderBy(Post.id).scalar()).toEqual({ city: 'Paris', zip: 75000, open: true });
  });

  test('are compared as the values they stand for', async () => {
    const place = Post.meta.path('place');
    expect(await Post.select().where(place.path('city').eq('Paris')).count()).toBe(1);
    expect(await Post.select().where(place.path('zip').gt(70000)).count()).toBe(1);
    expect(await Post.select().where(place.path('zip').isNull()).count()).toBe(1);
    expect(await Post.select().where(place.path('open').eq(true)).count()).toBe(1);
    expect(await Post.select().where(Post.meta.path('tags').path(1).eq('b')).count()).toBe(1);
    expect(await Post.select().where(Post.meta.path('tags').eq([])).count()).toBe(1);
    expect(await Post.select(Post.id).orderBy(place.path('city').desc()).scalars()).toEqual([1, 2]);
    expect(
      await Post.select()
        .where(place.path('city').in(['Paris', 'Rome']))
        .count(),
    ).toBe(1);
    expect((await Post.select().orderBy(Post.id).get()).note).toEqual({ n: 0 });
  });
});
