/** A stand-in that is SQLite now, Berkeley DB and Postgres then, while queries run. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DatabaseProxy } from '../../src/database/proxy.ts';
import { BerkeleyDatabase } from '../../src/entry/berkeley.ts';
import { PostgresqlDatabase } from '../../src/entry/postgresql.ts';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { BooleanField, CharField, type Database, DateTimeField, ForeignKeyField, fn, JSONField, Model } from '../../src/index.ts';

const proxy = new DatabaseProxy<Database>();

class User extends Model.define('user', { username: CharField({ unique: true }) }) {
  static meta = { database: proxy };
}
class Tweet extends Model.define('tweet', {
  user: ForeignKeyField(() => User, { backref: 'tweets' }),
  message: CharField(),
  published: BooleanField({ default: false }),
  at: DateTimeField(),
  tags: JSONField<string[]>(),
}) {
  static meta = { database: proxy };
}

const systems: Database[] = [];
const at = new Date('2024-02-29T12:34:56.789Z');

beforeAll(async () => {
  systems.push(new SqliteDatabase(':memory:'), new PostgresqlDatabase(':memory:'), new BerkeleyDatabase(':memory:'));
  for (const system of systems) {
    proxy.initialize(system);
    await proxy.createTables([User, Tweet]);
  }
});
afterAll(async () => {
  for (const system of systems) await system.close();
});

test('the same models say the same on all', async () => {
  const answers: unknown[] = [];
  for (const system of systems) {
    proxy.initialize(system);
    expect(proxy).toBeInstanceOf(system.constructor);
    const user = await User.create({ username: 'ann' });
    const tweet = await Tweet.create({ user, message: 'hi', published: true, at, tags: ['a', 'ü'] });
    expect(await proxy.atomic((tx) => tx(Tweet).select().count())).toBe(1);
    const [loaded] = await Tweet.select(Tweet, User).join(User);
    answers.push({
      row: [tweet.id, loaded?.message, loaded?.published, loaded?.at, loaded?.tags, loaded?.user.username],
      counts: await User.select(User.username, fn.count(Tweet.id).as('n')).join(Tweet).groupBy(User.username).dicts(),
      error: await User.create({ username: 'ann' }).catch((error: Error) => error.name),
    });
  }
  expect(answers[0]).toEqual({
    row: [1, 'hi', true, at, ['a', 'ü'], 'ann'],
    counts: [{ username: 'ann', n: 1 }],
    error: 'IntegrityError',
  });
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});

test('exchanged while queries run: each ends where it began', async () => {
  const running: Promise<unknown>[] = [];
  for (let n = 0; n < 90; n++) {
    proxy.initialize(systems[n % 3 === 0 ? 1 : 0] as Database);
    running.push(User.create({ username: `user ${n}` }));
  }
  const [sqlite, postgres] = systems as [Database, Database];
  proxy.initialize(postgres);
  running.push(
    proxy.atomic(async (tx) => {
      await tx(User).create({ username: 'before' });
      proxy.initialize(sqlite);
      await tx(User).create({ username: 'after' });
      const seen: unknown[] = [];
      for await (const { username } of tx(User)
        .select(User.username)
        .where(User.username.in(['before', 'after']))
        .dicts())
        seen.push(username);
      expect(seen.sort()).toEqual(['after', 'before']);
    }),
  );
  await Promise.all(running);
  proxy.initialize(sqlite);
  expect(await User.select().where(User.username.ne('ann')).count()).toBe(60);
  proxy.initialize(postgres);
  expect(await User.select().where(User.username.ne('ann')).count()).toBe(30 + 2);
});
