/** Many rows at once: inserted, replaced, merged, updated. */
import { describe, expect, test } from 'vitest';
import { EXCLUDED, fn, ImproperlyConfigured, IntegrityError, ProgrammingError, SQL } from '../../src/index.ts';
import { backends } from '../backends.ts';
import { Category, Favorite, onModels, Tweet, User } from './models.ts';
import { rejection } from './rejection.ts';

const names = (n: number): { username: string; age: number }[] =>
  Array.from({ length: n }, (_, at) => ({ username: `u${at}`, age: at }));

describe.each(backends)('$name', ({ open, supports }) => {
  const { statements } = onModels(open);

  describe('insertMany', () => {
    test('inserts all rows, or none', async () => {
      expect(await User.insertMany(names(3))).toBe(3);
      expect(await User.select(User.username, User.age).orderBy(User.id).tuples()).toEqual([
        ['u0', 0],
        ['u1', 1],
        ['u2', 2],
      ]);
      const error = await rejection(() => User.insertMany([{ username: 'new' }, { username: 'u1' }]));
      expect(error).toBeInstanceOf(IntegrityError);
      expect(await User.select().count()).toBe(3);
    });

    test('takes rows of different shapes, any iterable, and none at all', async () => {
      function* rows() {
        yield { username: 'a' };
        yield { username: 'b', age: 2 };
        yield { username: 'c', createdAt: new Date(0) };
      }
      expect(await User.insertMany(rows())).toBe(3);
      const found = await User.select().orderBy(User.id);
      expect(found.map((user) => [user.age, user.createdAt.getTime() === 0])).toEqual([
        [null, false],
        [2, false],
        [null, true],
      ]);
      statements.length = 0;
      expect(await User.insertMany([])).toBe(0);
      expect(statements).toEqual([]);
    });

    test('40,000 values go in; a list of more than a statement binds is found, or refused with the remedy', async () => {
      expect(await User.insertMany(names(20_000))).toBe(20_000);
      const some = names(supports.maxParams - 1).map((row) => row.username);
      expect(await User.select().where(User.username.in(some)).count()).toBe(20_000);
      const most = supports.maxParams;
      const query = User.select().where(User.username.in(names(most + 1).map((row) => row.username)));
      if (supports.longLists) return expect(await query.count()).toBe(20_000);
      const error = await rejection(() => query.execute());
      expect(error).toBeInstanceOf(ProgrammingError);
      expect(error.message).toContain(`${most + 1}`);
    });

    test('a recursive delete takes more rows than one statement can name', async () => {
      const ann = await User.create({ username: 'ann' });
      const root = await Tweet.create({ user: ann, message: 'root' });
      await Tweet.insertMany(Array.from({ length: 33_000 }, (_, at) => ({ user: ann, parent: root, message: `${at}` })));
      expect(await ann.deleteInstance({ recursive: true })).toBe(1);
      expect(await Tweet.select().exists()).toBe(false);
    });

    test('says which key or value is wrong', async () => {
      expect((await rejection(() => User.insertMany([{ username: 'a' }, { nope: 1 } as never]))).message).toContain(
        'User has no field "nope"',
      );
      expect((await rejection(() => User.insertMany([{ username: 'a' }, { age: 1 } as never]))).message).toContain(
        'User.username',
      );
      expect((await rejection(() => User.insertMany([{ username: 'a' }, { username: 'b', age: 1.5 }]))).message).toContain(
        'User.age',
      );
      expect(await User.select().exists()).toBe(false);
    });

    test('takes expressions among the values', async () => {
      await User.insertMany([{ username: fn.lower(SQL<string>("'ANN'")) as never, age: 1 }, { username: 'bob' }]);
      expect(await User.select(User.username).orderBy(User.id).scalars()).toEqual(['ann', 'bob']);
    });

    test.runIf(supports.returning)('gives back what it inserted', async () => {
      const rows = await User.insertMany(names(3)).returning();
      expect(rows.map((user) => [user instanceof User, user.username])).toEqual([
        [true, 'u0'],
        [true, 'u1'],
        [true, 'u2'],
      ]);
      const ids = await User.insertMany([{ username: 'x' }])
        .returning(User.id)
        .tuples();
      expect(ids).toEqual([[expect.any(Number)]]);
    });
  });

  test('insert gives the key', async () => {
    const id = await User.insert({ username: 'ann' });
    expect((await User.getById(id)).username).toBe('ann');
    expect(await User.insert({ id: 90, username: 'bob' })).toBe(90);
    expect(await Category.insert({ slug: 'a' })).toBe('a');
  });

  test('insertFrom copies rows of a query', async () => {
    await User.insertMany(names(3));
    expect(await Category.insertFrom(User.select(User.username).where(User.age.gt(0)), ['slug'])).toBe(2);
    expect(await Category.select(Category.slug).orderBy(Category.slug).scalars()).toEqual(['u1', 'u2']);
    expect(await rejection(() => Category.insertFrom(User.select(User.username), ['nope' as never]))).toBeInstanceOf(
      ProgrammingError,
    );
  });

  test('conflicts: ignore, update', async () => {
    const id = await User.insert({ username: 'ann', age: 1 });
    expect(await User.insert({ username: 'ann', age: 2 }).onConflictIgnore()).toBeNull();
    expect((await User.getById(id)).age).toBe(1);
    const same = await User.insert({ username: 'ann', age: 5 }).onConflict({
      conflictTarget: ['username'],
      preserve: ['age'],
      update: { createdAt: new Date(0) },
    });
    expect(same).toBe(id);
    expect((await User.getById(id)).toJSON()).toMatchObject({ age: 5, createdAt: new Date(0) });
    await User.insertMany([
      { username: 'ann', age: 10 },
      { username: 'bob', age: 1 },
    ]).onConflict({ conflictTarget: [User.username], update: { age: User.age.add(EXCLUDED(User.age)) } });
    expect(await User.select(User.username, User.age).orderBy(User.username).tuples()).toEqual([
      ['ann', 15],
      ['bob', 1],
    ]);
  });

  test('conflicts: replace', async () => {
    await User.insertMany([
      { username: 'ann', age: 10 },
      { username: 'bob', age: 1 },
    ]);
    await User.replace({ username: 'ann', age: 0 });
    expect((await User.get(User.username.eq('ann'))).age).toBe(0);
    expect(await User.replaceMany([{ username: 'ann' }, { username: 'cid' }])).toBe(2);
    expect(await User.select().count()).toBe(3);
  });

  test('bulkCreate inserts instances and gives them their keys', async () => {
    const users = names(25).map((row) => new User(row));
    await User.bulkCreate(users, 10);
    expect(await User.select().count()).toBe(25);
    for (const user of users) expect((await User.getById(user.id)).username).toBe(user.username);
    expect(users.some((user) => user.isDirty())).toBe(false);
    await Category.bulkCreate([new Category({ slug: 'a' }), new Category({ slug: 'b' })]);
    expect(await Category.select().count()).toBe(2);
    expect(await rejection(() => User.bulkCreate([new Category({ slug: 'x' }) as never]))).toBeInstanceOf(ImproperlyConfigured);
  });

  test('bulkUpdate writes fields of many rows in few messages', async () => {
    await User.insertMany(names(30));
    const users = await User.select().orderBy(User.id);
    for (const user of users) user.age = user.age! % 2 === 0 ? null : user.age! * 2;
    statements.length = 0;
    expect(await User.bulkUpdate(users, ['age'], 20)).toBe(30);
    expect((await User.select().orderBy(User.id)).map((user) => user.age)).toEqual(users.map((user) => user.age));
    expect(users.some((user) => user.isDirty())).toBe(false);
    expect(await rejection(() => User.bulkUpdate(users, ['id']))).toBeInstanceOf(ImproperlyConfigured);
    // As peewee takes them.
    expect(await rejection(() => User.bulkUpdate(users, [User.age as never]))).toBeInstanceOf(ProgrammingError);
    expect(await User.bulkUpdate([], ['age'])).toBe(0);
  });

  test('a failing batch leaves nothing behind', async () => {
    const ann = await User.create({ username: 'ann' });
    await rejection(() => User.bulkCreate([new User({ username: 'new' }), new User({ username: 'ann' })]));
    expect(await User.select().count()).toBe(1);
    await rejection(() =>
      Tweet.insertMany([
        { user: ann, message: 'a' },
        { user: 999, message: 'b' },
      ]),
    );
    expect(await Tweet.select().exists()).toBe(false);
    await Favorite.select().count();
  });
});
