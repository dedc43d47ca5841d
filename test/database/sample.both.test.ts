/** The first thing anybody reads of this library, run as it is written: on Node, and on a page. */
import { afterAll, expect, test } from 'vitest';
import { type Backref, CharField, DateTimeField, ForeignKeyField, fn, Model, TextField } from 'waxwing';
import { SqliteDatabase } from 'waxwing/sqlite';

const isPage = typeof window !== 'undefined';

async function name(): Promise<string> {
  if (isPage) return 'my_app.db';
  const [{ mkdtempSync }, { tmpdir }, { join }] = await Promise.all([import('node:fs'), import('node:os'), import('node:path')]);
  return join(mkdtempSync(join(tmpdir(), 'waxwing-')), 'my_app.db');
}

const database = new SqliteDatabase(await name());

class BaseModel extends Model.define({ createdAt: DateTimeField({ default: () => new Date() }) }) {
  static meta = { database };
}
class User extends BaseModel.define('user', { username: CharField({ unique: true }) }) {
  declare tweets: Backref<Tweet>;
}
class Tweet extends BaseModel.define('tweet', {
  user: ForeignKeyField(() => User, { backref: 'tweets', onDelete: 'CASCADE' }),
  message: TextField(),
}) {}

afterAll(async () => {
  await database.close();
  await SqliteDatabase.remove(database.name);
});

test('the sample', async () => {
  await database.createTables([User, Tweet]);
  const ann = await User.create({ username: 'ann' });
  await Tweet.create({ user: ann, message: 'hi' });
  const top = await User.select(User.username, fn.count(Tweet.id).as('n'))
    .join(Tweet)
    .groupBy(User)
    .orderBy(fn.count(Tweet.id).desc())
    .dicts();
  expect(top).toEqual([{ username: 'ann', n: 1 }]);
  const messages: string[] = [];
  for await (const tweet of ann.tweets.orderBy(Tweet.createdAt.desc())) messages.push(tweet.message);
  expect(messages).toEqual(['hi']);
  await database.atomic(async (tx) => {
    await tx(User).create({ username: 'bob' });
  });
  expect(await User.select().count()).toBe(2);
  expect((await database.storage.state()).backend).toBe(isPage ? 'indexeddb' : 'file');
});

test('is there again after closing', async () => {
  await database.close();
  await database.connect();
  const [bob] = await User.select().where(User.username.eq('bob'));
  expect(bob).toBeInstanceOf(User);
  expect(bob?.createdAt).toBeInstanceOf(Date);
});

test('a row and a model of a transaction are theirs, and go with it', async () => {
  const ann = await User.get(User.username.eq('ann'));
  await expect(
    database.atomic(async (tx) => {
      const inside = tx(ann);
      inside.username = 'anna';
      await inside.save();
      await tx(Tweet).create({ user: inside, message: 'never' });
      expect(await tx(Tweet).select().count()).toBe(2);
      throw new RangeError('no');
    }),
  ).rejects.toThrow(RangeError);
  expect((await User.getById(ann.id)).username).toBe('ann');
  expect(await Tweet.select().count()).toBe(1);
});

test('deleting a user deletes the tweets, for foreign keys are on', async () => {
  const ann = await User.get(User.username.eq('ann'));
  await ann.deleteInstance();
  expect(await Tweet.select().count()).toBe(0);
});
