/** Making, reading, changing and deleting single rows. */
import { describe, expect, test } from 'vitest';
import {
  DataError,
  DoesNotExist,
  ImproperlyConfigured,
  IntegrityError,
  InterfaceError,
  ProgrammingError,
} from '../../src/index.ts';
import { backends } from '../backends.ts';
import { Category, Favorite, onModels, Tag, Tweet, User } from './models.ts';
import { rejection } from './rejection.ts';

describe.each(backends)('$name', ({ open }) => {
  const { statements } = onModels(open);

  describe('create', () => {
    test('gives the row with its key, its defaults and its class', async () => {
      const ann = await User.create({ username: 'ann' });
      expect(ann).toBeInstanceOf(User);
      expect(ann.id).toBeGreaterThan(0);
      expect(ann.age).toBeNull();
      expect(ann.createdAt.toISOString()).toBe('2026-01-02T03:04:05.678Z');
      expect(ann.shout).toBe('ANN!');
      expect(ann.isDirty()).toBe(false);
      expect(User.called()).toBe('called User');
    });

    test('stores what get gives back', async () => {
      const ann = await User.create({ username: 'ann', age: 7 });
      const again = await User.get(User.username.eq('ann'));
      expect(again).not.toBe(ann);
      expect(again.toJSON()).toEqual(ann.toJSON());
      expect(again.shout).toBe('ANN!');
    });

    test('takes rows and keys for foreign keys', async () => {
      const ann = await User.create({ username: 'ann' });
      const first = await Tweet.create({ user: ann, message: 'by row' });
      const second = await Tweet.create({ user: ann.id, message: 'by key', parent: first });
      expect([first.userId, second.userId, second.parentId]).toEqual([ann.id, ann.id, first.id]);
      expect(first.user).toBe(ann);
      expect(first.parent).toBeNull();
    });

    test('names what is missing, unknown or wrong', async () => {
      const missing = await rejection(() => User.create({} as never));
      expect(missing).toBeInstanceOf(IntegrityError);
      expect(missing).toMatchObject({
        message: expect.stringContaining('User.username'),
        constraint: 'notNull',
        columns: ['username'],
      });
      const unknown = await rejection(() => User.create({ username: 'a', nope: 1 } as never));
      expect(unknown).toBeInstanceOf(ProgrammingError);
      expect(unknown.message).toContain('User has no field "nope"');
      const wrong = await rejection(() => User.create({ username: 'a', age: 'old' as never }));
      expect(wrong).toBeInstanceOf(DataError);
      expect(wrong.message).toContain('User.age');
      const ann = await User.create({ username: 'ann' });
      const other = await rejection(() => Tweet.create({ user: new Tweet() as never, message: '' }));
      expect(other).toBeInstanceOf(DataError);
      expect(other.message).toContain('Tweet.user points at a User, not a Tweet');
      expect(await User.select().count()).toBe(1);
      expect(ann.username).toBe('ann');
    });

    test('reports a broken uniqueness', async () => {
      await User.create({ username: 'ann' });
      const error = await rejection(() => User.create({ username: 'ann' }));
      expect(error).toBeInstanceOf(IntegrityError);
      expect(error).toMatchObject({ constraint: 'unique', table: 'user', columns: ['username'] });
    });

    test('counts on from a key the user chose', async () => {
      await User.create({ id: 70, username: 'ann' });
      expect((await User.create({ username: 'bob' })).id).toBe(71);
    });

    test('accepts keys the user chooses', async () => {
      expect((await User.create({ id: 70, username: 'ann' })).id).toBe(70);
      expect((await User.create({ username: 'bob' })).id).not.toBe(70);
      await Category.create({ slug: 'a' });
      const b = await Category.create({ slug: 'b', parent: 'a' });
      expect(b.parentId).toBe('a');
      expect((await b.parent)?.path()).toBe('/a');
    });
  });

  describe('get', () => {
    test('finds one, or says so', async () => {
      const ann = await User.create({ username: 'ann' });
      expect((await User.getById(ann.id)).username).toBe('ann');
      expect((await User.get(User.username.eq('ann'), User.age.isNull())).id).toBe(ann.id);
      expect(await User.getOrNone(User.username.eq('nobody'))).toBeNull();
      const error = await rejection(() => User.getById(99));
      expect(error).toBeInstanceOf(User.DoesNotExist);
      expect(error).toBeInstanceOf(DoesNotExist);
      expect(error).not.toBeInstanceOf(Tweet.DoesNotExist);
      expect(error.name).toBe('UserDoesNotExist');
    });

    test('getOrCreate makes a row once, also when many ask at once', async () => {
      const [made, created] = await User.getOrCreate({ username: 'ann' }, { age: 3 });
      expect([made.age, created]).toEqual([3, true]);
      const [found, again] = await User.getOrCreate({ username: 'ann' }, { age: 4 });
      expect([found.id, found.age, again]).toEqual([made.id, 3, false]);
      const all = await Promise.all(Array.from({ length: 8 }, () => User.getOrCreate({ username: 'bob' })));
      expect(new Set(all.map(([row]) => row.id)).size).toBe(1);
      expect(all.filter(([, fresh]) => fresh)).toHaveLength(1);
    });
  });

  describe('save', () => {
    test('inserts, then writes only what changed', async () => {
      const ann = new User({ username: 'ann' });
      expect(ann.getId()).toBeUndefined();
      expect(ann.dirtyFields()).toEqual(['createdAt', 'username']);
      expect(await ann.save()).toBe(1);
      ann.age = 8;
      statements.length = 0;
      expect(ann.dirtyFields()).toEqual(['age']);
      expect(await ann.save()).toBe(1);
      expect(statements).toHaveLength(1);
      expect(statements[0]).toMatch(/^UPDATE "user" SET "age" = (\?|\$1) WHERE/);
      statements.length = 0;
      expect(await ann.save()).toBe(0);
      expect(statements).toEqual([]);
      expect((await User.getById(ann.id)).age).toBe(8);
    });

    test('writes what `only` names, and inserts when forced', async () => {
      const ann = await User.create({ username: 'ann' });
      ann.age = 1;
      ann.username = 'anna';
      await ann.save({ only: ['age'] });
      expect((await User.getById(ann.id)).toJSON()).toMatchObject({ username: 'ann', age: 1 });
      expect(ann.dirtyFields()).toEqual(['username']);
      const bob = new User({ id: 50, username: 'bob' });
      expect(await bob.save({ forceInsert: true })).toBe(1);
      expect((await User.getById(50)).username).toBe('bob');
    });

    test('takes the key of a row that was saved later', async () => {
      const ann = new User({ username: 'ann' });
      const tweet = new Tweet({ user: ann, message: 'hi' });
      expect(tweet.userId).toBeUndefined();
      await ann.save();
      await tweet.save();
      expect((await Tweet.getById(tweet.id)).userId).toBe(ann.id);
    });

    test('works with composite keys', async () => {
      const ann = await User.create({ username: 'ann' });
      const tweet = await Tweet.create({ user: ann, message: 'hi' });
      const tag = await Tag.create({ tweet, label: 'x' });
      expect(tag.getId()).toEqual([tweet.id, 'x']);
      expect(await Tag.select().where(Tag.label.eq('x')).count()).toBe(1);
      expect(await tag.deleteInstance()).toBe(1);
      expect(await Tag.select().exists()).toBe(false);
      expect('id' in tag).toBe(false);
    });

    test('a clone is a row of its own', async () => {
      const ann = await User.create({ username: 'ann' });
      const copy = ann.clone();
      copy.username = 'other';
      expect([ann.username, copy.id, copy.isDirty(), ann.isDirty()]).toEqual(['ann', ann.id, true, false]);
    });
  });

  describe('deleteInstance', () => {
    test('deletes one row', async () => {
      const ann = await User.create({ username: 'ann' });
      expect(await ann.deleteInstance()).toBe(1);
      expect(await ann.deleteInstance()).toBe(0);
      expect(await rejection(() => new User({ username: 'x' }).deleteInstance())).toBeInstanceOf(InterfaceError);
    });

    test('takes what depends on it along, and frees what may be null', async () => {
      const [ann, bob] = [await User.create({ username: 'ann' }), await User.create({ username: 'bob' })];
      const first = await Tweet.create({ user: ann, message: 'first' });
      const reply = await Tweet.create({ user: bob, message: 'reply', parent: first });
      await Favorite.create({ user: bob, tweet: first });
      expect(await ann.deleteInstance({ recursive: true })).toBe(1);
      expect(await Tweet.select(Tweet.message).scalars()).toEqual(['reply']);
      expect((await Tweet.getById(reply.id)).parentId).toBeNull();
      expect(await Favorite.select().exists()).toBe(false);
    });

    test('follows a tree to its leaves', async () => {
      for (const [slug, parent] of [
        ['a', null],
        ['b', 'a'],
        ['c', 'b'],
        ['d', 'c'],
        ['z', null],
      ] as const)
        await Category.create({ slug, parent });
      const root = await Category.getById('a');
      await root.deleteInstance({ recursive: true, deleteNullable: true });
      expect(await Category.select(Category.slug).scalars()).toEqual(['z']);
    });
  });

  test('setById, deleteById', async () => {
    const ann = await User.create({ username: 'ann' });
    expect(await User.setById(ann.id, { age: 5 })).toBe(1);
    expect((await User.getById(ann.id)).age).toBe(5);
    expect(await User.setById(999, { age: 5 })).toBe(0);
    expect(await User.deleteById(ann.id)).toBe(1);
    expect(await User.deleteById(ann.id)).toBe(0);
  });

  test('update and delete by condition, with expressions', async () => {
    for (const [username, age] of [
      ['a', 1],
      ['b', 2],
      ['c', null],
    ] as const)
      await User.create({ username, age });
    expect(await User.update({ age: User.age.add(10) }).where(User.age.isNull(false))).toBe(2);
    expect(await User.select(User.age).orderBy(User.username).scalars()).toEqual([11, 12, null]);
    const rows = await User.update({ age: 0 }).where(User.username.eq('a')).returning();
    expect(rows[0]).toBeInstanceOf(User);
    expect(rows[0]?.age).toBe(0);
    expect(await User.delete().where(User.age.gt(0))).toBe(1);
    expect(await User.select().count()).toBe(2);
    expect(await rejection(() => User.update({ nope: 1 } as never))).toBeInstanceOf(ProgrammingError);
    expect(await rejection(() => User.update({ age: 'x' as never }))).toBeInstanceOf(DataError);
  });

  test('values are what the row was given until it is read again', async () => {
    const row = await User.select(User.username).where(User.username.eq('none')).first();
    expect(row).toBeNull();
    await User.create({ username: 'ann', age: 3 });
    const part = await User.select(User.username).get();
    expect(part.username).toBe('ann');
    const error = await rejection(() => part.age);
    expect(error).toBeInstanceOf(ImproperlyConfigured);
    expect(error.message).toContain('User.age was not selected');
  });
});
