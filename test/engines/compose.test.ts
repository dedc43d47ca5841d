/** Queries made of queries in ways that no example shows, the same on every engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  Case,
  CharField,
  DateField,
  exists,
  fn,
  ImproperlyConfigured,
  JSONField,
  SQL,
  select,
  Tuple,
  Value,
  ValuesList,
} from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { BaseModel, Category, setUp, Tweet, User } from './models.ts';

class Note extends BaseModel.define('note', { tags: JSONField<{ a: number | null; b?: string }>() }) {}

class Day extends BaseModel.define('day', { at: DateField() }) {}
class Word extends BaseModel.define('word', { at: CharField() }) {}

class Labelled extends BaseModel.define('labelled', {
  key: CharField({ primaryKey: true, default: () => 'made' }),
  text: CharField(),
}) {}

describe.each(backends)('$name', ({ open, supports }) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open();
    await setUp(opened.database);
    await opened.database.createTables([Labelled]);
    await User.insertMany([{ username: 'ann', age: 30 }, { username: 'bob', age: 20 }, { username: 'cid' }]);
    await Tweet.insertMany([
      { user: 1, message: 'one', published: true },
      { user: 1, message: 'two', parent: 1 },
      { user: 2, message: 'three', published: true },
    ]);
  });
  afterAll(() => opened.discard());

  describe('what is grouped by', () => {
    test.each([
      ['a calculation', () => Tweet.id.mod(2), [0, 1]],
      ['a function of a number', () => fn.substr(Tweet.message, 1, 1), ['o', 't']],
      ['a function of a text', () => fn.replace(Tweet.message, 'e', '3'), ['on3', 'thr33', 'two']],
      ['what is there instead of null', () => fn.coalesce(Tweet.parent, 0), [0, 1]],
      ['text joined', () => Tweet.message.concat('!').concat('?'), ['one!?', 'three!?', 'two!?']],
      ['a choice', () => Case(null, [[Tweet.message.eq('two'), 'b']], 'a'), ['a', 'b']],
      ['a comparison', () => Tweet.message.startsWith('t'), [false, true]],
    ] as const)('is selected and sorted by when it is made again: %s', async (_, make, expected) => {
      expect(await Tweet.select(make(), fn.count()).groupBy(make()).orderBy(make()).scalars()).toEqual(expected);
    });

    test('goes by its name', async () => {
      const start = fn.substr(Tweet.message, 1, 1).as('start');
      const query = Tweet.select(start, fn.count().as('n')).groupBy(start).orderBy(start);
      expect(await query.tuples()).toEqual([
        ['o', 1],
        ['t', 2],
      ]);
    });

    test('the same value in another sense is another value', async () => {
      const both = User.username.eq('1').or(User.age.eq(30)).or(User.username.concat('30').eq('ann30'));
      expect(await User.select(User.username, Value('30').concat('1'), Value(30)).where(both).tuples()).toEqual([
        ['ann', '301', 30],
      ]);
      const signs = await select(Value(0).as('zero'), Value(-0).as('less')).bind(opened.database).get();
      expect(signs.zero).toBe(0);
    });

    test('the same value in a column of the same name, of another type, is another value', async () => {
      await opened.database.createTables([Day, Word]);
      await Day.create({ at: '2024-02-29' });
      await Word.create({ at: '2024-02-29' });
      const day = Day.alias('x');
      const word = Word.alias('x');
      const written = exists(word.select(word.id).where(word.at.eq('2024-02-29')));
      expect(await day.select(day.at).where(day.at.eq('2024-02-29'), written).scalars()).toEqual(['2024-02-29']);
    });
  });

  describe('windows', () => {
    test('are named, reused and gone on from', async () => {
      const query = Tweet.select(
        fn.rowNumber().over('mine').as('n'),
        fn.sum(Tweet.id).over('mine').as('sum'),
        fn
          .sum(Tweet.id)
          .over({ extends: 'all', frame: { unit: 'rows', start: { preceding: 1 }, end: 'current' } })
          .as('two'),
      )
        .window('mine', { partitionBy: [Tweet.user], orderBy: [Tweet.id] })
        .window('all', { orderBy: [Tweet.id] })
        .orderBy(Tweet.id);
      expect(await query.tuples()).toEqual([
        [1, 1, 1],
        [2, 3, 3],
        [1, 3, 5],
      ]);
    });

    test('have a value where there is no row', async () => {
      const over = { orderBy: [Tweet.id] };
      const query = Tweet.select(
        fn.lag(Tweet.message, 1, '-').over(over),
        fn.lead(Tweet.id, 2, 0).over(over),
        fn.lag(Tweet.published).over(over),
      ).orderBy(Tweet.id);
      expect(await query.tuples()).toEqual([
        ['-', 3, null],
        ['one', 0, true],
        ['two', 0, false],
      ]);
    });
  });

  describe('unions', () => {
    const only = (...ids: number[]) => User.select(User.id).where(User.id.in(ids));

    test('bind as they are written', async () => {
      expect(await only(1).union(only(2)).intersect(only(2, 3)).scalars()).toEqual([2]);
      expect(
        await only(1)
          .union(only(2).intersect(only(2, 3)))
          .orderBy(User.id)
          .scalars(),
      ).toEqual([1, 2]);
      expect(await only(1, 2).except(only(2)).union(only(2)).orderBy(User.id).scalars()).toEqual([1, 2]);
      expect(
        await only(1, 2)
          .except(only(2).union(only(1)))
          .scalars(),
      ).toEqual([]);
    });

    test('of queries with an order and a limit', async () => {
      const last = Tweet.select(Tweet.message).orderBy(Tweet.id.desc()).limit(1);
      const both = last.union(User.select(User.username).orderBy(User.id).limit(1)).orderBy(SQL('1'));
      expect(await both.tuples()).toEqual([['ann'], ['three']]);
      expect(await both.limit(1).offset(1).count()).toBe(1);
      const named = both.as('both');
      expect(await select(fn.count()).from(named).bind(opened.database).scalar()).toBe(2);
    });
  });

  test('unions tell documents apart, and parts of them', async () => {
    await opened.database.createTables([Note]);
    await Note.insertMany([{ tags: { b: 'x', a: 1 } }, { tags: { b: 'x', a: 1 } }, { tags: { a: null } }]);
    const all = Note.select(Note.tags);
    const documents = await all.union(all).union(all.limit(1)).dicts();
    expect(documents).toHaveLength(2);
    expect(documents).toEqual(expect.arrayContaining([{ tags: { a: 1, b: 'x' } }, { tags: { a: null } }]));
    expect(await all.unionAll(all).intersect(all).count()).toBe(2);
    expect(await all.union(all).unionAll(all).count()).toBe(5);
    expect(await all.unionAll(all.distinct()).count()).toBe(5);
    const parts = Note.select(Note.tags.path('a').as('a'));
    expect(await parts.union(parts).orderBy(SQL('a')).scalars()).toEqual(expect.arrayContaining([null, 1]));
    expect(await parts.except(parts).count()).toBe(0);
  });

  describe('joins', () => {
    test('cross joins have every pair', async () => {
      expect(await User.select(fn.count()).join(Tweet, { type: 'cross' }).scalar()).toBe(9);
      expect(() => User.select().join(Tweet, { type: 'cross', on: Tweet.user.eq(User.id) })).toThrow(ImproperlyConfigured);
    });

    test('a CTE joined to itself', async () => {
      const people = User.select(User.id, User.username).cte('people');
      const others = people.alias('others');
      const pairs = select(people.c.username, others.c.username.as('other'))
        .from(people)
        .join(others, { on: people.c.id.lt(others.c.id) })
        .orderBy(people.c.id, others.c.id)
        .withCte(people);
      expect(await pairs.bind(opened.database).tuples()).toEqual([
        ['ann', 'bob'],
        ['ann', 'cid'],
        ['bob', 'cid'],
      ]);
    });

    test('an alias of an alias of the same table, up three generations', async () => {
      const Parent = Tweet.alias('p');
      const Grand = Tweet.alias('g');
      const rows = await Tweet.select(Tweet, Parent, Grand)
        .join(Parent, { type: 'left', on: Tweet.parent })
        .join(Grand, { type: 'left', on: Parent.parent })
        .orderBy(Tweet.id);
      expect(rows.map((tweet) => [tweet.message, tweet.parent?.message, tweet.parent?.parent?.message])).toEqual([
        ['one', undefined, undefined],
        ['two', 'one', undefined],
        ['three', undefined, undefined],
      ]);
    });

    test.runIf(supports.lateral)('a query that looks at the row before it', async () => {
      const last = Tweet.select(Tweet.message).where(Tweet.user.eq(User.id)).orderBy(Tweet.id.desc()).limit(1).as('last');
      const query = User.select(User.username, last.c.message).join(last, { type: 'left', on: SQL('true'), lateral: true });
      expect(await query.orderBy(User.id).tuples()).toEqual([
        ['ann', 'two'],
        ['bob', 'three'],
        ['cid', null],
      ]);
    });
  });

  describe('lists of values', () => {
    const at = new Date(Date.UTC(2026, 1, 3));

    test('come back as they are', async () => {
      const list = new ValuesList(
        [
          [1, null, null, 7n],
          [2, true, at, null],
        ],
        'list',
        ['id', 'yes', 'at', 'big'],
      );
      const query = select(list.c.id, list.c.yes, list.c.at, list.c.big).from(list).orderBy(list.c.id);
      expect(await query.bind(opened.database).tuples()).toEqual([
        [1, null, null, 7n],
        [2, true, at, null],
      ]);
    });

    test('update and join rows, and are CTEs', async () => {
      const list = new ValuesList(
        [
          [1, 'eins'],
          [2, 'zwei'],
        ],
        'list',
        ['id', 'word'],
      );
      const words = select(list.c.id, list.c.word).from(list).cte('words');
      const query = User.select(User.username, words.c.word).join(words, { type: 'left', on: User.id.eq(words.c.id) });
      expect(await query.orderBy(User.id).withCte(words).tuples()).toEqual([
        ['ann', 'eins'],
        ['bob', 'zwei'],
        ['cid', null],
      ]);
    });
  });

  test('inserts of expressions and queries tell the key that came of them', async () => {
    await opened.database.atomic(async (tx) => {
      expect(await tx(Category).insert({ slug: fn.lower(Value('ABC')) })).toBe('abc');
      expect(await tx(Category).insert({ slug: 'd', parent: Category.select(fn.max(Category.slug)) })).toBe('d');
      expect(await tx(Category).select(Category.parent).orderBy(Category.slug).scalars()).toEqual([null, 'abc']);
      const keyed = tx(Labelled).insert({ text: fn.upper(Value('x')) });
      expect(await keyed).toBe('made');
      await tx.rollback();
    });
  });

  test('updates from a query with a CTE of its own', async () => {
    const counts = Tweet.select(Tweet.user.as('who'), fn.count().as('n')).groupBy(Tweet.user).cte('counts');
    const busy = select(counts.c.who, counts.c.n).from(counts).where(counts.c.n.gt(1)).withCte(counts).as('busy');
    await opened.database.atomic(async (tx) => {
      expect(
        await tx(User).update({ age: busy.c.n }).from(busy).where(User.id.eq(busy.c.who)).returning(User.age).scalars(),
      ).toEqual([2]);
      await tx.rollback();
    });
  });

  test('rows compared as wholes', async () => {
    const last = Tweet.select(Tweet.user, fn.max(Tweet.id)).groupBy(Tweet.user);
    expect(await Tweet.select(Tweet.id).where(Tuple(Tweet.user, Tweet.id).in(last)).orderBy(Tweet.id).scalars()).toEqual([2, 3]);
    expect(
      await User.select(User.id)
        .where(Tuple(User.age, User.username).gt([20, 'bob']))
        .scalars(),
    ).toEqual([1]);
  });
});
