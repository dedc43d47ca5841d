/** Arrays: every element type, every operator, on the engine itself. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrayField, DateTimeTZField, IntervalField, interval } from '../../../src/entry/postgresql-ext.ts';
import {
  BigIntegerField,
  BlobField,
  BooleanField,
  CharField,
  DataError,
  DateField,
  DateTimeField,
  DecimalField,
  DoubleField,
  defineField,
  type Expr,
  FixedCharField,
  fn,
  IntegerField,
  JSONField,
  Model,
  SmallIntegerField,
  TextField,
  TimeField,
  UUIDField,
  Value,
} from '../../../src/index.ts';
import { rejection } from '../rejection.ts';
import { eachPostgres } from './support.ts';

type Color = 'red' | 'green';
/** Kept as a number: an element's own conversion must be applied to each. */
const ColorField = defineField<Color>({
  type: { name: 'integer' },
  toDb: (color) => (color === 'red' ? 1 : 2),
  toJs: (number: number) => (number === 1 ? 'red' : 'green'),
});

class Post extends Model.define('post', {
  tags: ArrayField(TextField(), { default: [] }),
  scores: ArrayField(IntegerField({ null: true }), { default: [] }),
  grid: ArrayField(IntegerField(), { dimensions: 2, null: true, index: false }),
  title: CharField({ null: true }),
  n: IntegerField({ default: 0 }),
}) {}
class Everything extends Model.define('every_array', {
  ints: ArrayField(IntegerField({ null: true }), { null: true }),
  bigs: ArrayField(BigIntegerField({ null: true }), { null: true }),
  doubles: ArrayField(DoubleField({ null: true }), { null: true }),
  decimals: ArrayField(DecimalField({ null: true, maxDigits: 30, decimalPlaces: 3 }), { null: true }),
  booleans: ArrayField(BooleanField({ null: true }), { null: true }),
  texts: ArrayField(TextField({ null: true }), { null: true }),
  chars: ArrayField(CharField({ null: true, maxLength: 5 }), { null: true }),
  fixed: ArrayField(FixedCharField({ null: true, maxLength: 3 }), { null: true }),
  smalls: ArrayField(SmallIntegerField({ null: true }), { null: true }),
  blobs: ArrayField(BlobField({ null: true }), { null: true }),
  dates: ArrayField(DateField({ null: true }), { null: true }),
  times: ArrayField(TimeField({ null: true }), { null: true }),
  datetimes: ArrayField(DateTimeField({ null: true }), { null: true }),
  instants: ArrayField(DateTimeTZField({ null: true }), { null: true }),
  intervals: ArrayField(IntervalField({ null: true }), { null: true, index: false }),
  uuids: ArrayField(UUIDField({ null: true }), { null: true }),
  documents: ArrayField(JSONField<unknown>({ null: true }), { null: true, index: false }),
  colors: ArrayField(ColorField({ null: true }), { null: true }),
  cube: ArrayField(TextField({ null: true }), { dimensions: 3, null: true, index: false }),
}) {}

const HOSTILE = [
  '',
  'NULL',
  'null',
  ' ',
  'a,b',
  '{',
  '}',
  '{}',
  '"',
  '\\',
  '\\"',
  'é😀',
  "'; DROP TABLE post; --",
  '\n\t',
  '1',
  '%_',
  '$1',
];

eachPostgres('arrays', [Post, Everything], (suite) => {
  async function reset(): Promise<void> {
    await Post.truncateTable();
  }
  async function post(
    values: Partial<{ tags: string[]; scores: (number | null)[]; grid: number[][]; title: string; n: number }>,
  ) {
    return Post.create(values as never);
  }

  test('every type of element comes back as it was, nulls too', async () => {
    const at = new Date(Date.UTC(2026, 10, 22, 12, 30, 15, 123));
    const values = {
      ints: [1, -2_147_483_648, null],
      bigs: [2n ** 63n - 1n, -(2n ** 63n), null],
      doubles: [0.1, -1e300, 5e-324, Number.POSITIVE_INFINITY, null],
      decimals: ['19.900', '-123456789012345678901234567.123', null],
      booleans: [true, false, null],
      texts: [...HOSTILE, null],
      chars: ['NULL', 'a"b', null],
      fixed: ['abc', null],
      smalls: [1, -32_768, null],
      blobs: [Uint8Array.from([0, 255, 92, 34]), new Uint8Array(), null],
      dates: ['2026-11-22', null],
      times: ['17:22:00', '17:22:00.123456', null],
      datetimes: [at, null],
      instants: [at, null],
      intervals: [interval({ months: -1, days: 2, microseconds: -3 }), null],
      uuids: ['6fa459ea-ee8a-3ca4-894e-db77e160355e', null],
      documents: [{ a: ['"', '{}', '\\'] }, [1, [2]], 'x', 3, null],
      colors: ['red', 'green', null] as (Color | null)[],
      cube: [
        [
          ['a', null],
          ['"', '{'],
        ],
        [
          ['', '\\'],
          ['NULL', '}'],
        ],
      ],
    };
    const { id } = await Everything.create(values);
    const row = await Everything.getById(id);
    expect({ ...row.toJSON(), id: undefined }).toEqual({ ...values, id: undefined });
    await Everything.insertMany([values, {}, values]);
    const [one, two, three] = await Everything.select().where(Everything.id.gt(id)).orderBy(Everything.id).dicts();
    expect({ ...one, id: 0 }).toEqual({ ...values, id: 0 });
    expect(Object.values(two!).filter((value) => value !== null)).toHaveLength(1);
    expect({ ...three, id: 0 }).toEqual({ ...values, id: 0 });
  });

  test('contain, are contained and overlap', async () => {
    await reset();
    const [ab, bc, none] = [await post({ tags: ['a', 'b'] }), await post({ tags: ['b', 'c'] }), await post({ tags: [] })];
    const ids = async (where: ReturnType<typeof Post.tags.contains>) =>
      (await Post.select(Post.id).where(where).orderBy(Post.id).tuples()).map(([id]) => id);
    expect(await ids(Post.tags.contains(['b']))).toEqual([ab.id, bc.id]);
    expect(await ids(Post.tags.contains(['b', 'a']))).toEqual([ab.id]);
    expect(await ids(Post.tags.contains([]))).toEqual([ab.id, bc.id, none.id]);
    expect(await ids(Post.tags.containedBy(['a', 'b', 'x']))).toEqual([ab.id, none.id]);
    expect(await ids(Post.tags.overlaps(['a', 'c']))).toEqual([ab.id, bc.id]);
    expect(await ids(Post.tags.overlaps([]))).toEqual([]);
    expect(await ids(Post.tags.contains(['b']).not())).toEqual([none.id]);
    expect(await ids(Post.tags.eq(['a', 'b']))).toEqual([ab.id]);
    expect(await ids(Post.tags.in([['a', 'b'], []]))).toEqual([ab.id, none.id]);
    expect(await ids(Post.tags.gt(['a', 'b']))).toEqual([bc.id]);
    expect(await ids(Post.tags.contains(Post.tags))).toEqual([ab.id, bc.id, none.id]);
    for (const text of HOSTILE) {
      const made = await post({ tags: [text] });
      expect(await ids(Post.tags.contains([text]))).toEqual([made.id]);
      expect(await ids(Post.tags.any().eq(text))).toEqual([made.id]);
    }
  });

  test.each([
    ['texts', 'a', 'b'],
    ['chars', 'a', 'b'],
    ['fixed', 'abc', 'abd'],
    ['smalls', 1, -2],
    ['ints', 1, -2],
    ['bigs', 1n, 2n ** 40n],
    ['doubles', 0.5, 1],
    ['decimals', '1.500', '2.000'],
    ['booleans', true, false],
    ['dates', '2026-11-22', '2026-11-23'],
    ['times', '17:22:00', '17:22:01'],
    ['datetimes', new Date(0), new Date(1)],
    ['uuids', '6fa459ea-ee8a-3ca4-894e-db77e160355e', '6fa459ea-ee8a-3ca4-894e-db77e160355f'],
    ['colors', 'red', 'green'],
  ] as const)('of %s are compared with plain ones', async (key, has, other) => {
    await Everything.truncateTable();
    const { id } = await Everything.create({ [key]: [has] });
    // One type for all of them: what the rows show is whether each is taken for what it is.
    const column = Everything[key] as unknown as typeof Post.tags;
    const [mine, both, theirs] = [[has], [has, other], [other]] as [unknown[], unknown[], unknown[]] as [
      string[],
      string[],
      string[],
    ];
    const count = (where: Expr<boolean>): Promise<number> => Everything.select().where(where).count();
    expect(await count(column.contains(mine))).toBe(1);
    expect(await count(column.contains(both))).toBe(0);
    expect(await count(column.containedBy(both))).toBe(1);
    expect(await count(column.overlaps(both))).toBe(1);
    expect(await count(column.overlaps(theirs))).toBe(0);
    expect(await count(column.eq(mine))).toBe(1);
    expect(await count(column.any().eq(has as string))).toBe(1);
    await Everything.update({ [key]: column.append(other as string) });
    expect((await Everything.getById(id))[key]).toEqual(both);
  });

  test('compare some or all of their elements', async () => {
    await reset();
    const low = await post({ scores: [1, 2], title: 'a', tags: ['a'] });
    const high = await post({ scores: [5, null], title: 'b', tags: ['a'] });
    const none = await post({ title: 'c' });
    const ids = async (where: ReturnType<typeof Post.tags.contains>) =>
      (await Post.select(Post.id).where(where).orderBy(Post.id).tuples()).map(([id]) => id);
    expect(await ids(Post.scores.any().eq(2))).toEqual([low.id]);
    expect(await ids(Post.scores.any().ne(1))).toEqual([low.id, high.id]);
    expect(await ids(Post.scores.any().lt(2))).toEqual([low.id]);
    expect(await ids(Post.scores.any().lte(1))).toEqual([low.id]);
    expect(await ids(Post.scores.any().gt(2))).toEqual([high.id]);
    expect(await ids(Post.scores.any().gte(2))).toEqual([low.id, high.id]);
    expect(await ids(Post.scores.all().gt(0))).toEqual([low.id, none.id]);
    expect(await ids(Post.scores.all().lt(2))).toEqual([none.id]);
    expect(await ids(Post.tags.any().eq(Post.title as never))).toEqual([low.id]);
  });

  test('are taken apart by index and slice, as in JavaScript', async () => {
    await reset();
    const tags = ['a', 'b', 'c', 'd'];
    const grid = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    await post({ tags, grid, n: 2 });
    for (const index of [0, 1, 3, 4, -1, -4, -5]) {
      expect(await Post.select(Post.tags.at(index)).scalar(), String(index)).toBe(tags.at(index) ?? null);
    }
    expect(await Post.select(Post.tags.at(Post.n)).scalar()).toBe('c');
    expect(await Post.select(Post.grid.at(1, 2)).scalar()).toBe(6);
    expect(await Post.select(Post.grid.at(-1, -3)).scalar()).toBe(4);
    expect(await Post.select(Post.grid.at(2, 0)).scalar()).toBeNull();
    const bounds = [undefined, 0, 1, 3, 4, 9, -1, -3, -9];
    for (const start of bounds) {
      for (const end of bounds) {
        expect(await Post.select(Post.tags.slice(start, end)).scalar(), `${start}:${end}`).toEqual(tags.slice(start, end));
      }
    }
    expect(await Post.select(Post.grid.slice(1)).scalar()).toEqual([[4, 5, 6]]);
    expect(await Post.select(Post.grid.slice(0, -1)).scalar()).toEqual([[1, 2, 3]]);
    expect(await Post.select(Post.tags.slice(1).slice(1).at(0)).scalar()).toBe('c');
    expect(await Post.select(Post.tags.at(0).concat('!')).scalar()).toBe('a!');
    expect(() => (Post.grid.at as (index: number) => unknown)(0)).toThrow(DataError);
    expect(() => Post.tags.at(0.5)).toThrow(DataError);
  });

  test('have a length, are changed and searched', async () => {
    await reset();
    const { id } = await post({ tags: ['a', 'b', 'a'], scores: [1, null, 3], grid: [[1], [2], [3]] });
    await post({});
    const of = async (expression: Expr<unknown>) => Post.select(expression).where(Post.id.eq(id)).scalar();
    expect(await of(Post.tags.length())).toBe(3);
    expect(await of(Post.grid.length())).toBe(3);
    expect(await Post.select(Post.tags.length(), Post.grid.length()).where(Post.id.ne(id)).tuples()).toEqual([[0, null]]);
    expect(await of(Post.tags.append('c'))).toEqual(['a', 'b', 'a', 'c']);
    expect(await of(Post.tags.prepend('c'))).toEqual(['c', 'a', 'b', 'a']);
    expect(await of(Post.tags.concat(['x', 'y']))).toEqual(['a', 'b', 'a', 'x', 'y']);
    expect(await of(Post.tags.concat([]))).toEqual(['a', 'b', 'a']);
    expect(await of(Post.tags.remove('a'))).toEqual(['b']);
    expect(await of(Post.tags.replace('a', 'z'))).toEqual(['z', 'b', 'z']);
    expect(await of(Post.tags.position('b'))).toBe(1);
    expect(await of(Post.tags.position('q'))).toBeNull();
    expect(await of(Post.scores.append(null))).toEqual([1, null, 3, null]);
    expect(await of(Post.scores.remove(null))).toEqual([1, 3]);
    expect(await of(Post.scores.position(null))).toBe(1);
    expect(await of(Post.tags.join(', '))).toBe('a, b, a');
    expect(await of(Post.scores.join(',', '-'))).toBe('1,-,3');
    expect(await of(Post.scores.join(','))).toBe('1,3');
    expect(await Post.select(Post.tags.unnest().as('tag')).where(Post.id.eq(id)).dicts()).toEqual([
      { tag: 'a' },
      { tag: 'b' },
      { tag: 'a' },
    ]);
    expect(await of(Post.tags.append(Post.tags.at(0) as never).append('"'))).toEqual(['a', 'b', 'a', 'a', '"']);
    await Post.update({ tags: Post.tags.append('new'), scores: [9] }).where(Post.id.eq(id));
    const row = await Post.getById(id);
    expect([row.tags, row.scores]).toEqual([['a', 'b', 'a', 'new'], [9]]);
    row.tags = [...row.tags, 'more'];
    await row.save();
    expect((await Post.getById(id)).tags).toEqual(['a', 'b', 'a', 'new', 'more']);
    expect(await Post.select(fn.count()).where(Post.tags.isNull()).scalar()).toBe(0);
    expect(await Post.select(fn.max(Post.tags)).scalar()).toEqual(['a', 'b', 'a', 'new', 'more']);
  });

  test('convert their elements by the element’s own field', async () => {
    await Everything.delete();
    await Everything.create({ colors: ['red', 'green'], datetimes: [new Date(0)] });
    expect(await Everything.select(Everything.colors.at(0)).scalar()).toBe('red');
    expect(await Everything.select(fn.count()).where(Everything.colors.any().eq('green')).scalar()).toBe(1);
    expect(
      await Everything.select(fn.count())
        .where(Everything.colors.contains(['green']))
        .scalar(),
    ).toBe(1);
    expect(await Everything.select(Everything.colors.append('red')).scalar()).toEqual(['red', 'green', 'red']);
    expect(await Everything.select(Everything.datetimes.at(0).year).scalar()).toBe(1970);
  });

  test('are found by their index', async () => {
    const [index] = (await suite.database.executeSql(`select indexdef from pg_indexes where indexname = 'post_tags'`)).rows;
    expect(index).toEqual(['CREATE INDEX post_tags ON public.post USING gin (tags)']);
    expect(
      (await suite.database.executeSql(`select 1 from pg_indexes where tablename = 'post' and indexdef like '%grid%'`)).rows,
    ).toEqual([]);
    await reset();
    await Post.insertMany(Array.from({ length: 3000 }, (_, n) => ({ tags: [`t${n % 500}`, 'x'], scores: [n] })));
    await suite.database.executeSql('vacuum analyze post');
    for (const where of [Post.tags.contains(['t7']), Post.tags.overlaps(['t7', 't8']), Post.scores.contains([5])]) {
      expect(JSON.stringify(await suite.database.explain(Post.select().where(where)))).toMatch(/post_(tags|scores)/);
    }
  });

  test('refuse what does not fit, naming the field', async () => {
    const wrong = (values: object) => rejection(Post.create(values as never));
    expect(await wrong({ tags: 'a' })).toBeInstanceOf(DataError);
    expect(((await wrong({ tags: 'a' })) as Error).message).toContain('Post.tags');
    expect(await wrong({ tags: [1] })).toBeInstanceOf(DataError);
    expect(await wrong({ tags: ['\0'] })).toBeInstanceOf(DataError);
    expect(await wrong({ tags: ['\ud800'] })).toBeInstanceOf(DataError);
    expect(await wrong({ tags: [['a']] })).toBeInstanceOf(DataError);
    expect(await wrong({ grid: [[1], [2, 3]] })).toBeInstanceOf(DataError);
    expect(await wrong({ grid: [1] })).toBeInstanceOf(DataError);
    expect(await wrong({ scores: [1.5] })).toBeInstanceOf(DataError);
    await reset();
    const { id } = await post({ grid: [[], []] });
    expect((await Post.getById(id)).grid).toEqual([]);
    await suite.database.executeSql(`update post set grid = '{1,2}'`);
    expect(await rejection(Post.getById(id))).toBeInstanceOf(DataError);
    await suite.database.executeSql(`update post set grid = '[0:1][5:5]={{1},{2}}', tags = '[3:4]={a,b}'`);
    expect((await Post.getById(id)).grid).toEqual([[1], [2]]);
  });

  test('stay themselves whatever they hold', async () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom(...'",\\{} NULnul\n\'$1'), fc.string({ unit: 'grapheme', maxLength: 1 })),
    });
    const clean = text.filter((value) => value.isWellFormed() && !value.includes('\0'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(clean), { maxLength: 6 }),
        fc.array(fc.array(clean, { minLength: 2, maxLength: 2 })),
        async (texts, pairs) => {
          const [row] = await Post.select(
            Value(texts, { name: 'array', element: { name: 'text' } }).as('texts'),
            Value(pairs, { name: 'array', element: { name: 'text' }, dimensions: 2 }).as('pairs'),
          )
            .limit(1)
            .dicts();
          expect(row).toEqual({ texts, pairs });
        },
      ),
      { numRuns: 200 },
    );
  });
});
