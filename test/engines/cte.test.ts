/** WITH before every kind of statement, and statements that write inside it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  DateTimeField,
  EXCLUDED,
  ForeignKeyField,
  fn,
  IntegerField,
  IntegrityError,
  NotSupportedError,
  ProgrammingError,
  select,
  TextField,
  Value,
} from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { BaseModel, MODELS, setUp, Tweet, User } from './models.ts';
import { rejection } from './rejection.ts';

class Archive extends BaseModel.define('archive', {
  number: IntegerField({ columnName: 'tweet_number', unique: true }),
  author: ForeignKeyField(() => User, { null: true }),
  message: TextField({ null: true }),
  at: DateTimeField({ null: true }),
}) {}

describe.each(backends)('$name', ({ open, supports }) => {
  let opened: Opened;
  let writes = 0;
  beforeAll(async () => {
    opened = await open();
    await setUp(opened.database);
    await opened.database.createTables([Archive]);
    opened.database.on('write', () => writes++);
  });
  beforeEach(async () => {
    await opened.database.truncateTables([...MODELS, Archive], { restartIdentity: true });
    await User.insertMany([{ username: 'ann', age: 30 }, { username: 'bob', age: 20 }, { username: 'cid' }]);
    await Tweet.insertMany([
      { user: 1, message: 'one', published: true },
      { user: 1, message: 'two' },
      { user: 2, message: 'three', published: true },
    ]);
    writes = 0;
  });
  afterAll(() => opened.discard());

  const left = (): PromiseLike<unknown> => Tweet.select(Tweet.message).orderBy(Tweet.id).scalars();
  const archived = (): PromiseLike<unknown> =>
    Archive.select(Archive.number, Archive.author, Archive.message).orderBy(Archive.number).tuples();

  describe('queries that read, before', () => {
    const busy = Tweet.select(Tweet.user.as('writer'), fn.count().as('n'))
      .groupBy(Tweet.user)
      .having(fn.count().gt(1))
      .cte('busy');
    const writers = select(busy.c.writer).from(busy);

    test('update', async () => {
      expect(
        await User.update({ age: select(busy.c.n).from(busy) })
          .where(User.id.in(writers))
          .withCte(busy),
      ).toBe(1);
      expect((await User.getById(1)).age).toBe(2);
      const joined = User.update({ age: busy.c.n.add(40) })
        .from(busy)
        .where(User.id.eq(busy.c.writer));
      expect(await joined.withCte(busy).returning(User.age).scalars()).toEqual([42]);
    });

    test('delete', async () => {
      const gone = Tweet.delete().where(Tweet.user.in(writers)).withCte(busy);
      expect((await gone.returning(Tweet.message).scalars()).sort()).toEqual(['one', 'two']);
      expect(await left()).toEqual(['three']);
    });

    test('insert of a query, listed with the one or the other', async () => {
      const rows = select(busy.c.n, busy.c.writer).from(busy);
      expect(await Archive.insertFrom(rows, ['number', 'author']).withCte(busy)).toBe(1);
      await Archive.delete();
      expect(await Archive.insertFrom(rows.withCte(busy), ['number', 'author'])).toBe(1);
      expect(await archived()).toEqual([[2, 1, null]]);
      const again = Archive.insertFrom(rows.withCte(busy), ['number', 'author']).withCte(busy);
      expect(await again.onConflict({ conflictTarget: ['number'], update: { message: EXCLUDED(Archive.author) } })).toBe(1);
      expect(await archived()).toEqual([[2, 1, '1']]);
    });

    test('insert of many rows', async () => {
      const many = Tweet.select(fn.count().as('n')).where(Tweet.message.eq('two')).cte('many');
      const rows = [1, 2, 3].map((number) => ({ number, message: `${number}` }));
      expect(await Archive.insertMany(rows).withCte(many)).toBe(3);
      const conflict = { conflictTarget: ['number'], update: { message: 'old' }, where: Archive.number.gt(1) } as const;
      expect(await Archive.insertMany(rows).withCte(many).onConflict(conflict)).toBe(2);
      expect(await archived()).toEqual([
        [1, null, '1'],
        [2, null, 'old'],
        [3, null, 'old'],
      ]);
    });
  });

  const moved = Tweet.delete().where(Tweet.published.eq(true)).returning().cte('moved');
  const rows = select(moved.c.id, moved.c.user, moved.c.message).from(moved);
  const move = Archive.insertFrom(rows, ['number', 'author', 'message']).withCte(moved);

  test.runIf(!supports.writingCtes)('queries that write say what to do instead', async () => {
    for (const query of [move, User.delete().withCte(Tweet.delete().cte('all')), User.select().withCte(moved)]) {
      const error = await rejection(query);
      expect(error).toBeInstanceOf(NotSupportedError);
      expect(error.message).toMatch(/^SQLite has no INSERT, UPDATE or DELETE in WITH: run it first, with returning\(\)/);
    }
    expect(await left()).toEqual(['one', 'two', 'three']);
    const made = await opened.database.atomic(async (tx) => {
      const gone = await tx(Tweet).delete().where(Tweet.published.eq(true)).returning().dicts();
      return tx(Archive).insertMany(gone.map(({ id, user, message }) => ({ number: id, author: user, message })));
    });
    expect(made).toBe(2);
  });

  describe.runIf(supports.writingCtes)('queries that write', () => {
    test('delete, before an insert of what was deleted', async () => {
      expect(await move).toBe(2);
      expect(await archived()).toEqual([
        [1, 1, 'one'],
        [3, 2, 'three'],
      ]);
      expect(await left()).toEqual(['two']);
      expect(writes).toBe(1);
    });

    test('may be listed with the query whose rows go in', async () => {
      await Archive.insertFrom(rows.withCte(moved), ['number', 'author', 'message']);
      expect(await left()).toEqual(['two']);
      await Archive.insertFrom(rows.union(rows).withCte(moved), ['number', 'author', 'message']);
    });

    test('insert, before an insert that refers to it', async () => {
      const made = User.insert({ username: 'dan', age: 1 }).returning(User.id, User.createdAt.as('since')).cte('made');
      const hello = Tweet.insertFrom(select(made.c.id, Value('hi'), Value(true)).from(made), ['user', 'message', 'published']);
      const [tweet] = await hello.withCte(made).returning();
      expect(await tweet!.user).toMatchObject({ username: 'dan', age: 1 });
      const again = User.insert({ username: 'dan', age: 2 })
        .onConflict({ conflictTarget: ['username'], preserve: ['age'] })
        .returning()
        .cte('again');
      const [row] = await select(again.c.age, again.c.createdAt).from(again).withCte(again).bind(opened.database);
      expect(row).toEqual({ age: 2, createdAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)) });
    });

    test('insert of many rows, of none, of a query', async () => {
      const names = (count: number): { username: string }[] => Array.from({ length: count }, (_, at) => ({ username: `u${at}` }));
      const made = (count: number) => User.insertMany(names(count)).returning(User.username).cte('made');
      const some = made(100);
      expect(await User.select(some.c.username).from(some).withCte(some).scalars()).toHaveLength(100);
      const none = made(0);
      expect(await User.select(none.c.username).from(none).withCte(none).scalars()).toEqual([]);
      const copied = Archive.insertFrom(Tweet.select(Tweet.id), ['number']).returning(Archive.number).cte('copied');
      expect(
        await Tweet.select(Tweet.message, copied.c.number)
          .join(copied, { on: copied.c.number.eq(Tweet.id) })
          .withCte(copied)
          .count(),
      ).toBe(3);
      expect(await Archive.select().count()).toBe(3);
    });

    test('update, before an update, under names of its own', async () => {
      const paid = User.update({ age: 0 })
        .where(User.age.gt(25))
        .returning(User.id, User.username)
        .cte('paid', { columns: ['who', 'called'] });
      const told = Tweet.update({ message: paid.c.username.concat('!') })
        .from(paid)
        .where(Tweet.user.eq(paid.c.id));
      expect(await told.withCte(paid)).toBe(2);
      expect(await left()).toEqual(expect.arrayContaining(['ann!', 'ann!', 'three']));
      expect((await User.getById(1)).age).toBe(0);
    });

    test('without rows of their own', async () => {
      const archive = Archive.insertFrom(Tweet.select(Tweet.id), ['number']).cte('archive');
      const tweets = Tweet.delete().cte('tweets');
      expect(await User.delete().where(User.username.eq('cid')).withCte(archive, tweets)).toBe(1);
      expect(await left()).toEqual([]);
      expect(await Archive.select().count()).toBe(3);
    });

    test('nobody sees what another one does, but by its rows', async () => {
      const seen = await select(fn.count(Tweet.id))
        .from(Tweet as never)
        .withCte(moved)
        .bind(opened.database)
        .scalar();
      expect(seen).toBe(3);
      expect(await left()).toEqual(['two']);
    });

    test('write whatever of the query is read', async () => {
      const query = Tweet.select(moved.c.message).from(moved).withCte(moved);
      await opened.database.atomic(async (tx) => {
        expect(await query.bind(tx).first()).toBeTruthy();
        expect(await tx(Tweet).select().count()).toBe(1);
        await tx.rollback();
      });
      await opened.database.atomic(async (tx) => {
        expect(await query.bind(tx).count()).toBe(2);
        expect(await query.bind(tx).exists()).toBe(false);
        await tx.rollback();
      });
      expect(await left()).toEqual(['one', 'two', 'three']);
      for await (const _row of query) break;
      expect(await left()).toEqual(['two']);
      expect(writes).toBeGreaterThan(0);
    });

    test('are done all or none', async () => {
      const twice = Archive.insertFrom(select(moved.c.user).from(moved), ['number']).withCte(moved);
      await Archive.create({ number: 2 });
      expect(await rejection(twice)).toBeInstanceOf(IntegrityError);
      expect(await left()).toEqual(['one', 'two', 'three']);
    });

    test('stand before the whole statement only, and once', async () => {
      const inner = select(moved.c.id).from(moved).withCte(moved);
      const nested = await rejection(User.select().where(User.id.in(inner)));
      expect(nested).toBeInstanceOf(NotSupportedError);
      expect(nested.message).toMatch(/list it in withCte\(\) of the outermost query/);
      const long = 'x'.repeat(3 * 1024 * 1024);
      const many = Archive.insertMany([1, 2, 3].map((number) => ({ number, message: long })));
      expect(await rejection(many.withCte(moved))).toBeInstanceOf(ProgrammingError);
      expect(await left()).toEqual(['one', 'two', 'three']);
    });

    test('are explained without being done', async () => {
      const explained = await Tweet.select(moved.c.id).from(moved).withCte(moved).explain();
      expect(JSON.stringify(explained)).toContain('Delete');
      expect(await left()).toEqual(['one', 'two', 'three']);
    });
  });

  test('what writes cannot stand anywhere else in a query', () => {
    const write = Tweet.delete().returning(Tweet.user);
    for (const wrong of [
      () => User.select().where(User.id.in(write)),
      () => User.select().union(write),
      () => Archive.insertFrom(write, ['author']),
      () => moved.unionAll(rows),
    ]) {
      expect(wrong).toThrow(ProgrammingError);
    }
    expect(() => User.id.in(write)).toThrow(/^DELETE cannot stand inside a query: name it by cte\(\)/);
  });
});
