/** Moving rows between databases of any engine through models. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { AbortedError, type Database, ForeignKeyField, ImproperlyConfigured, IntegrityError, Model } from '../../src/index.ts';
import { copyModels } from '../../src/model/copy.ts';
import { backends, type Opened } from '../backends.ts';
import { Category, Favorite, Tweet, User } from './models.ts';
import { rejection } from './rejection.ts';

const MODELS = [Favorite, Tweet, User, Category] as const;

/** Two users, a thread whose answer has the smaller key, and a favourite. */
async function fill(database: Database): Promise<void> {
  await database.bindCtx([...MODELS], async () => {
    const ann = await User.create({ username: 'ann 🦜 \'"', age: 40 });
    const bob = await User.create({ username: 'bob', createdAt: new Date(Date.UTC(9999, 11, 31, 23, 59, 59, 999)) });
    const first = await Tweet.create({ user: ann, message: 'answer' });
    const second = await Tweet.create({ user: bob, message: 'question', published: true });
    await Tweet.update({ parent: second.id }).where(Tweet.id.eq(first.id));
    await Favorite.create({ user: ann, tweet: second });
  });
}

const all = (database: Database): Promise<unknown> =>
  database.bindCtx([...MODELS], async () => [
    await User.select().orderBy(User.id).dicts(),
    await Tweet.select().orderBy(Tweet.id).dicts(),
    await Favorite.select().dicts(),
    await Category.select().dicts(),
  ]);

describe.each(backends)('$name', ({ open }) => {
  let opened: Opened;
  let database: Database;
  let memory: Database;
  beforeAll(async () => {
    opened = await open();
    database = opened.database;
  });
  beforeEach(async () => {
    await database.dropTables([...MODELS], { safe: true });
    memory = new SqliteDatabase(':memory:');
    await memory.createTables([...MODELS]);
  });
  afterAll(() => opened.discard());

  test('all rows arrive with their keys, with progress, and keys go on counting', async () => {
    await fill(memory);
    const seen: [number, number, string][] = [];
    const copied = await copyModels([...MODELS], { from: memory, to: database, onProgress: (...one) => seen.push(one) });
    expect(copied).toBe(5);
    expect(await all(database)).toEqual(await all(memory));
    expect(seen.map(([done, total]) => [done, total])).toEqual([
      [2, 5],
      [4, 5],
      [5, 5],
    ]);
    const next = await database.bindCtx([...MODELS], () => User.create({ username: 'next' }));
    expect(next.id).toBe(3);
    expect((await database.getIndexes('user')).some(({ unique }) => unique)).toBe(true);
  });

  test('and back again, in batches of one', async () => {
    await database.createTables([...MODELS]);
    await fill(database);
    expect(await copyModels([...MODELS], { from: database, to: memory, batchSize: 1 })).toBe(5);
    expect(await all(memory)).toEqual(await all(database));
  });

  test('a key that is taken, or a signal, leaves the target as it was', async () => {
    await fill(memory);
    await database.createTables([...MODELS]);
    await database.bindCtx([User], () => User.create({ username: 'bob' }));
    const before = await all(database);
    expect(await rejection(() => copyModels([...MODELS], { from: memory, to: database }))).toBeInstanceOf(IntegrityError);
    expect(await all(database)).toEqual(before);
    const signal = AbortSignal.abort();
    expect(await rejection(() => copyModels([...MODELS], { from: memory, to: database, signal }))).toBeInstanceOf(AbortedError);
    expect(await all(database)).toEqual(before);
  });
});

test('a circle of keys that cannot be null is refused before anything is done', async () => {
  class Node extends Model.define('node', { next: ForeignKeyField('self') }) {}
  const [from, to] = [new SqliteDatabase(':memory:'), new SqliteDatabase(':memory:')];
  expect(await rejection(() => copyModels([Node], { from, to }))).toBeInstanceOf(ImproperlyConfigured);
  expect(await rejection(() => copyModels([Node], { from, to, batchSize: 0 }))).toBeInstanceOf(ImproperlyConfigured);
});
