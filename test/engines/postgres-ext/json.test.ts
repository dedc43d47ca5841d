/** jsonb: every operator and change, on the engine itself; what SQLite can do too, on SQLite. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BinaryJSONField } from '../../../src/entry/postgresql-ext.ts';
import { SqliteDatabase } from '../../../src/entry/sqlite.ts';
import {
  CharField,
  DataError,
  type Expr,
  fn,
  IntegerField,
  Model,
  NotSupportedError,
  ProgrammingError,
} from '../../../src/index.ts';
import { rejection } from '../rejection.ts';
import { eachPostgres } from './support.ts';

interface Meta {
  tags: string[];
  place?: { city: string | null; zip?: number };
  views?: number;
  odd?: Record<string, number>;
}
class Post extends Model.define('json_post', {
  title: CharField({ default: 'T' }),
  n: IntegerField({ default: 7 }),
  meta: BinaryJSONField<Meta>(),
  any: BinaryJSONField({ null: true, index: false }),
}) {}
class Paths extends Model.define('json_paths', {
  any: BinaryJSONField({ index: { using: 'gin', opclass: 'jsonb_path_ops' } }),
}) {}

const META: Meta = { tags: ['a', 'b'], place: { city: 'Paris', zip: 75001 }, views: 3, odd: { 'it\'s "odd"\\': 1, '': 2 } };

async function only(meta: Meta, any: unknown = null): Promise<void> {
  await Post.delete();
  await Post.create({ meta, any });
}
const of = (expression: Expr<unknown>): Promise<unknown> => Post.select(expression.as('it')).scalar();
const found = async (where: Expr<boolean>): Promise<boolean> => (await Post.select().where(where)).length === 1;

/** What works wherever there is JSON. */
function everywhere(): void {
  test('comes back as it was', async () => {
    for (const value of [null, true, 0, -1.5, 'x', '', [], {}, [1, [2, { a: null }]], { '': '', 'a.b': [null] }, '😀']) {
      await only(META, value);
      const row = await Post.get();
      expect([row.meta, row.any]).toEqual([META, value]);
    }
    await Post.insertMany([{ meta: META, any: [1] }, { meta: { tags: [] } }]);
    expect(await Post.select(Post.meta).where(Post.any.isNull()).tuples()).toEqual([[{ tags: [] }]]);
  });

  test('is followed along paths', async () => {
    await only(META, [{ a: [1, 2] }]);
    expect(await of(Post.meta.path('place').path('city'))).toBe('Paris');
    expect(await of(Post.meta.path('tags').path(1))).toBe('b');
    expect(await of(Post.meta.path('odd').path('it\'s "odd"\\'))).toBe(1);
    expect(await of(Post.any.path(0).path('a').path(1))).toBe(2);
    expect(await found(Post.meta.path('place').path('city').eq('Paris'))).toBe(true);
    expect(await found(Post.meta.path('place').path('city').contains('AR'))).toBe(true);
    expect(await found(Post.meta.path('views').gt(2))).toBe(true);
    expect(await found(Post.meta.path('views').gt(10))).toBe(false);
    expect(await found(Post.meta.path('place').path('zip').between(75000, 76000))).toBe(true);
  });

  test('is grouped and told apart by paths', async () => {
    await Post.delete();
    await Post.insertMany(['Paris', null, 'Paris'].map((at) => ({ meta: { tags: [], ...(at && { place: { city: at } }) } })));
    const city = Post.meta.path('place').path('city');
    const grouped = Post.select(city.as('city'), fn.count().as('n')).groupBy(city);
    expect(await grouped.orderBy(city.desc({ nulls: 'last' })).tuples()).toEqual([
      ['Paris', 2],
      [null, 1],
    ]);
    expect(await grouped.having(city.eq('Paris')).tuples()).toEqual([['Paris', 2]]);
    expect(await grouped.having(city.gt('A')).tuples()).toEqual([['Paris', 2]]);
    expect(
      await Post.select(city)
        .distinct()
        .orderBy(city.asc({ nulls: 'first' }))
        .scalars(),
    ).toEqual([null, 'Paris']);
  });

  test('is changed along paths', async () => {
    await only(META);
    await Post.update({ meta: Post.meta.path('place').path('city').set('Rome') });
    await Post.update({ meta: Post.meta.path('views').replace(4) });
    await Post.update({ meta: Post.meta.path('tags').append('c') });
    await Post.update({ meta: Post.meta.path('tags').path(0).set('it\'s "a"') });
    await Post.update({ meta: Post.meta.path('place').path('zip').remove() });
    expect((await Post.get()).meta).toEqual({ ...META, tags: ['it\'s "a"', 'b', 'c'], place: { city: 'Rome' }, views: 4 });
    await Post.update({ meta: Post.meta.path('place').path('city').set(null) });
    await Post.update({ meta: Post.meta.path('odd').path('new').set(Post.n) });
    await Post.update({ meta: Post.meta.path('place').path('zip').replace(1) });
    await Post.update({ meta: Post.meta.path('tags').path(0).remove() });
    await Post.update({ meta: Post.meta.path('tags').append(Post.title) });
    const { meta } = await Post.get();
    expect([meta.place, meta.odd, meta.tags]).toEqual([{ city: null }, { ...META.odd, new: 7 }, ['b', 'c', 'T']]);
    await only(META, []);
    await Post.update({ any: Post.any.append([1]) });
    await Post.update({ any: Post.any.append(null).append('x') });
    expect((await Post.get()).any).toEqual([[1], null, 'x']);
    await Post.update({ meta: Post.meta.path('views').set(Post.meta.path('tags').length()) });
    expect(await of(Post.meta.path('views'))).toBe(2);
    await Post.update({ meta: Post.meta.path('views').set(Post.meta.path('place').path('zip')) });
    expect(await of(Post.meta.path('views'))).toBe(75_001);
  });

  test('refuses what is no JSON', async () => {
    for (const any of [() => 1, Symbol('x'), 1n])
      expect(await rejection(Post.create({ meta: META, any }))).toBeInstanceOf(DataError);
  });
}

eachPostgres('jsonb', [Post, Paths], (suite) => {
  everywhere();

  test('contains and has keys', async () => {
    await only(META, ['a', { b: 1 }]);
    expect(await found(Post.meta.contains({ tags: ['b'] }))).toBe(true);
    expect(await found(Post.meta.contains({ place: { city: 'Paris' }, views: 3 }))).toBe(true);
    expect(await found(Post.meta.contains({ views: 4 }))).toBe(false);
    expect(await found(Post.meta.contains({}))).toBe(true);
    expect(await found(Post.meta.path('tags').contains(['a']))).toBe(true);
    expect(await found(Post.any.contains([{ b: 1 }]))).toBe(true);
    expect(await found(Post.meta.path('place').containedBy({ city: 'Paris', zip: 75_001 }))).toBe(true);
    expect(await found(Post.meta.containedBy(META))).toBe(true);
    expect(await found(Post.meta.contains(Post.meta))).toBe(true);
    expect(await found(Post.meta.hasKey('views'))).toBe(true);
    expect(await found(Post.meta.path('odd').hasKey(''))).toBe(true);
    expect(await found(Post.meta.path('odd').hasKey('it\'s "odd"\\'))).toBe(true);
    expect(await found(Post.any.hasKey('a'))).toBe(true);
    expect(await found(Post.meta.containsAny('none', 'tags'))).toBe(true);
    expect(await found(Post.meta.containsAll('none', 'tags'))).toBe(false);
    expect(await found(Post.meta.containsAll('views', 'tags'))).toBe(true);
    expect(await found(Post.meta.eq(META))).toBe(true);
    expect(await found(Post.meta.path('tags').eq(['a', 'b']))).toBe(true);
  });

  test('is merged, cut and described', async () => {
    await only(META, [1, 2]);
    expect(await of(Post.meta.update({ views: 9 }).path('views'))).toBe(9);
    expect(await of(Post.meta.path('tags').update(['z']))).toEqual(['a', 'b', 'z']);
    expect(await of(Post.meta.without('odd', 'place'))).toEqual({ tags: ['a', 'b'], views: 3 });
    expect(((await of(Post.meta.keys())) as string[]).sort()).toEqual(['odd', 'place', 'tags', 'views']);
    expect(await of(Post.any.length())).toBe(2);
    expect(await of(Post.any.jsonType())).toBe('array');
    expect(await of(Post.meta.path('views').jsonType())).toBe('number');
    await Post.update({ meta: Post.meta.path('place').path('city').set(null) });
    expect(await of(Post.meta.stripNulls().path('place'))).toEqual({ zip: 75_001 });
    await Post.update({ meta: Post.meta.path('tags').path(1).insert('x') });
    await Post.update({ meta: Post.meta.path('tags').path(1).insert('y', { after: true }) });
    expect((await Post.get()).meta.tags).toEqual(['a', 'x', 'y', 'b']);
    expect(await rejection(Post.select(Post.meta.length()).scalar())).toBeInstanceOf(DataError);
  });

  test('is searched by paths in their own language', async () => {
    await only(META);
    expect(await found(Post.meta.pathExists('$.tags[*] ? (@ == "b")'))).toBe(true);
    expect(await found(Post.meta.pathExists('$.none'))).toBe(false);
    expect(await found(Post.meta.pathMatch('$.views > 2'))).toBe(true);
    expect(await of(Post.meta.pathQueryArray('$.tags[*]'))).toEqual(['a', 'b']);
    expect(await of(Post.meta.pathQueryFirst('$.place.zip'))).toBe(75_001);
    expect(await of(Post.meta.pathQueryFirst('$.none'))).toBeNull();
    expect(await Post.select(Post.meta.pathQuery<string>('$.tags[*]').as('tag')).dicts()).toEqual([{ tag: 'a' }, { tag: 'b' }]);
    expect(await of(Post.meta.pathQueryFirst<Meta>('$').path('place').path('city'))).toBe('Paris');
    expect(await rejection(Post.select().where(Post.meta.pathExists('$$$ nonsense')))).toBeInstanceOf(ProgrammingError);
  });

  test('is found by its indexes', async () => {
    await Post.delete();
    await Post.insertMany(Array.from({ length: 3000 }, (_, n) => ({ meta: { tags: [`t${n}`], views: n } })));
    await Paths.insertMany(Array.from({ length: 3000 }, (_, n) => ({ any: { n } })));
    await suite.database.executeSql('vacuum analyze json_post');
    await suite.database.executeSql('vacuum analyze json_paths');
    const uses = async (where: Expr<boolean>): Promise<string> =>
      JSON.stringify(await suite.database.explain(Post.select().where(where)));
    expect(await uses(Post.meta.contains({ views: 7 }))).toContain('json_post_meta');
    expect(await uses(Post.meta.pathExists('$.tags[*] ? (@ == "t7")'))).toContain('json_post_meta');
    expect(JSON.stringify(await suite.database.explain(Paths.select().where(Paths.any.contains({ n: 7 }))))).toContain(
      'json_paths_any',
    );
    expect((await suite.database.executeSql(`select indexdef from pg_indexes where indexname = 'json_paths_any'`)).rows).toEqual([
      ['CREATE INDEX json_paths_any ON public.json_paths USING gin ("any" jsonb_path_ops)'],
    ]);
  });

  test('stays itself whatever it holds', async () => {
    await only(META);
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0') && value.isWellFormed());
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        text,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(text, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        await Post.update({ any: value });
        expect((await Post.get()).any).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });
});

describe('jsonb on SQLite', () => {
  const database = new SqliteDatabase(':memory:');
  beforeAll(async () => {
    database.bind([Post]);
    await database.createTables([Post]);
  });
  afterAll(() => database.close());
  everywhere();

  test('says what only Postgres has', async () => {
    expect(await rejection(database.createTables([Paths]))).toBeInstanceOf(NotSupportedError);
    for (const where of [
      Post.meta.contains({ views: 3 }),
      Post.meta.hasKey('a'),
      Post.meta.pathExists('$'),
      Post.meta.keys().contains(['a']),
    ])
      expect(await rejection(Post.select().where(where))).toBeInstanceOf(NotSupportedError);
  });
});
