/** Selecting: joins, relations, shapes of rows, streams. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Case, DataError, exists, fn, ImproperlyConfigured, SQL } from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { Category, Favorite, Relationship, setUp, Tweet, User } from './models.ts';
import { rejection } from './rejection.ts';

describe.each(backends)('$name', ({ open }) => {
  let opened: Opened;
  const statements: string[] = [];
  beforeAll(async () => {
    opened = await open();
    await setUp(opened.database);
    const [ann, bob, cid] = [
      await User.create({ username: 'ann', age: 30 }),
      await User.create({ username: 'bob', age: 20 }),
      await User.create({ username: 'cid' }),
    ];
    const hello = await Tweet.create({ user: ann, message: 'hello', published: true });
    await Tweet.create({ user: ann, message: 'again' });
    const reply = await Tweet.create({ user: bob, message: 'reply', parent: hello, published: true });
    await Favorite.create({ user: cid, tweet: reply });
    await Relationship.create({ fromUser: ann, toUser: bob });
    opened.database.on('query', ({ sql }) => statements.push(sql));
  });
  afterAll(() => opened.discard());

  test('rows are instances, in the order asked for', async () => {
    const users = await User.select().orderBy(User.age.desc({ nulls: 'last' }));
    expect(users.map((user) => user.username)).toEqual(['ann', 'bob', 'cid']);
    expect(users.every((user) => user instanceof User)).toBe(true);
    expect(await User.select().orderBy(User.id).limit(1).offset(1).get()).toMatchObject({});
    expect(await User.select(User.username).orderBy(User.id).paginate(2, 2).scalars()).toEqual(['cid']);
  });

  test('dicts, tuples, scalars', async () => {
    const query = User.select(User.username, fn.count(Tweet.id).as('n'))
      .join(Tweet, { type: 'left' })
      .groupBy(User)
      .orderBy(User.id);
    expect(await query.dicts()).toEqual([
      { username: 'ann', n: 2 },
      { username: 'bob', n: 1 },
      { username: 'cid', n: 0 },
    ]);
    expect(await query.tuples()).toEqual([
      ['ann', 2],
      ['bob', 1],
      ['cid', 0],
    ]);
    expect(await query.scalars()).toEqual(['ann', 'bob', 'cid']);
    const rows = await query;
    expect(rows[0]).toBeInstanceOf(User);
    expect([rows[0]!.n, rows[0]!.username, rows[0]!.shout]).toEqual([2, 'ann', 'ANN!']);
    expect(await User.select(fn.max(User.age)).scalar()).toBe(30);
    expect(await User.select(fn.max(User.age)).where(User.age.gt(99)).scalar()).toBeNull();
    expect(await query.count()).toBe(3);
  });

  test('a join loads the relation', async () => {
    statements.length = 0;
    const tweets = await Tweet.select(Tweet, User)
      .join(User)
      .where(User.username.in(['ann', 'bob']))
      .orderBy(Tweet.id);
    expect(tweets.map((tweet) => [tweet.message, tweet.user.username, tweet.user.shout])).toEqual([
      ['hello', 'ann', 'ANN!'],
      ['again', 'ann', 'ANN!'],
      ['reply', 'bob', 'BOB!'],
    ]);
    expect(tweets[0]!.user).toBeInstanceOf(User);
    expect(await tweets[0]!.user).toBe(tweets[0]!.user);
    expect(statements).toHaveLength(1);
  });

  test('what was not selected is one await away', async () => {
    const [tweet] = await Tweet.select().join(User).orderBy(Tweet.id);
    statements.length = 0;
    expect(tweet!.userId).toBe(1);
    expect((tweet!.user as { key: number }).key).toBe(1);
    expect(statements).toHaveLength(0);
    expect((await tweet!.user).shout).toBe('ANN!');
    expect((await tweet!.user).shout).toBe('ANN!');
    expect(statements).toHaveLength(1);
    expect(await tweet!.parent).toBeNull();
  });

  test('two levels, and back again', async () => {
    const [favorite] = await Favorite.select(Favorite, Tweet, User).join(Tweet).join(User);
    expect(favorite!.tweet.user.username).toBe('bob');
    expect((await favorite!.user).username).toBe('cid');
    const Fan = User.alias('fan');
    const [both] = await Favorite.select(Favorite, Tweet, User, Fan)
      .join(Tweet)
      .join(User)
      .switch(Favorite)
      .join(Fan, { on: Favorite.user });
    expect([both!.tweet.user.username, both!.user.username]).toEqual(['bob', 'cid']);
  });

  test('several keys to one model', async () => {
    const To = User.alias('to');
    const [row] = await Relationship.select(Relationship, User, To)
      .join(User, { on: Relationship.fromUser })
      .switch(Relationship)
      .join(To, { on: Relationship.toUser })
      .where(To.username.eq('bob'));
    expect([row!.fromUser.username, row!.toUser.username]).toEqual(['ann', 'bob']);
    const error = await rejection(() => Relationship.select().join(User));
    expect(error).toBeInstanceOf(ImproperlyConfigured);
    expect(error.message).toContain('several foreign keys');
  });

  test('a left join that finds nothing gives null', async () => {
    const Parent = Tweet.alias('parent');
    const rows = await Tweet.select(Tweet, Parent).join(Parent, { type: 'left', on: Tweet.parent }).orderBy(Tweet.id);
    expect(rows.map((row) => row.parent?.message ?? null)).toEqual([null, null, 'hello']);
    const back = await User.select(User, Tweet).join(Tweet, { type: 'left', attr: 'latest' }).orderBy(User.id, Tweet.id);
    expect(back.map((user) => (user as unknown as { latest: Tweet | null }).latest?.message)).toEqual([
      'hello',
      'again',
      'reply',
      undefined,
    ]);
  });

  test('full joins, cross joins, joins on conditions', async () => {
    const full = await User.select(User.username, Tweet.message)
      .join(Tweet, { type: 'full' })
      .orderBy(User.id, Tweet.id)
      .tuples();
    expect(full).toEqual([
      ['ann', 'hello'],
      ['ann', 'again'],
      ['bob', 'reply'],
      ['cid', null],
    ]);
    expect(await User.select().join(Category, { type: 'cross' }).count()).toBe(0);
    const older = User.alias('older');
    const pairs = await User.select(User.username, older.username.as('than'))
      .join(older, { on: User.age.lt(older.age) })
      .dicts();
    expect(pairs).toEqual([{ username: 'bob', than: 'ann' }]);
    expect((await rejection(() => User.select().join(Category))).message).toContain('no foreign key');
    expect((await rejection(() => Tweet.select().join(User).switch(Tweet).join(User))).message).toContain('alias');
    expect((await rejection(() => Tweet.select().switch(User))).message).toContain('not in the query');
  });

  test('joins on subqueries', async () => {
    const latest = Tweet.select(Tweet.user, fn.max(Tweet.id).as('last')).groupBy(Tweet.user).as('latest');
    const rows = await User.select(User.username, latest.c.last.as('last'))
      .join(latest, { on: latest.c.user.eq(User.id) })
      .orderBy(User.id);
    expect(rows.map((row) => [row.username, row.last])).toEqual([
      ['ann', 2],
      ['bob', 3],
    ]);
  });

  test('subqueries, EXISTS, CASE, raw pieces', async () => {
    expect(
      await User.select(User.username)
        .where(User.id.in(Tweet.select(Tweet.user)))
        .orderBy(User.id)
        .scalars(),
    ).toEqual(['ann', 'bob']);
    const quiet = User.select(User.username).where(exists(Tweet.select().where(Tweet.user.eq(User.id))).not());
    expect(await quiet.scalars()).toEqual(['cid']);
    const grade = Case(null, [[User.age.gte(30), 'old']], 'young').as('grade');
    expect(await User.select(grade).orderBy(User.id).scalars()).toEqual(['old', 'young', 'young']);
    expect(
      await User.select()
        .where(SQL<boolean>('length("username") = ?', [3]))
        .count(),
    ).toBe(3);
  });

  test('compounds keep the rows of the first', async () => {
    const rows = await User.select()
      .where(User.username.eq('ann'))
      .union(User.select().where(User.username.eq('cid')));
    expect(rows.map((user) => user.shout).sort()).toEqual(['ANN!', 'CID!']);
  });

  test('back references are queries', async () => {
    const ann = await User.get(User.username.eq('ann'));
    expect((await ann.tweets).map((tweet) => tweet.short)).toEqual(['hel', 'aga']);
    expect(await ann.tweets.where(Tweet.published.eq(true)).count()).toBe(1);
    const seen: string[] = [];
    for await (const tweet of ann.tweets.orderBy(Tweet.message)) seen.push(tweet.message);
    expect(seen).toEqual(['again', 'hello']);
    const [hello] = await ann.tweets.orderBy(Tweet.id);
    expect((await hello!.replies)[0]!.message).toBe('reply');
    const own = new Tweet({ message: 'added' } as never);
    await ann.tweets.add(own);
    expect((await Tweet.getById(own.id)).userId).toBe(ann.id);
    await own.deleteInstance();
    expect((await rejection(() => new User({ username: 'x' }).tweets)).message).toContain('no primary key yet');
  });

  test('comparing foreign keys with rows and keys', async () => {
    const ann = await User.get(User.username.eq('ann'));
    expect(await Tweet.select().where(Tweet.user.eq(ann)).count()).toBe(2);
    expect(await Tweet.select().where(Tweet.user.eq(ann.id)).count()).toBe(2);
    expect(
      await Tweet.select()
        .where(Tweet.user.in([ann, 2]))
        .count(),
    ).toBe(3);
    const [tweet] = await Tweet.select();
    expect(await rejection(() => Tweet.user.eq(tweet as never))).toBeInstanceOf(DataError);
  });

  test('rows of a partial selection say what is missing', async () => {
    const tweet = await Tweet.select(Tweet.message).get();
    expect(tweet.message).toBe('hello');
    expect((await rejection(() => tweet.user)).message).toContain('Tweet.user was not selected');
    expect(tweet.toJSON()).toEqual({ message: 'hello' });
    expect(JSON.stringify(tweet)).toBe('{"message":"hello"}');
  });

  test('a wrong operand names its field', async () => {
    const error = await rejection(() =>
      User.select()
        .where(User.age.eq('x' as never))
        .execute(),
    );
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain('User.age');
    expect(
      (
        await rejection(() =>
          Tweet.select()
            .join(User)
            .where(User.age.in([1, {} as never]))
            .execute(),
        )
      ).message,
    ).toContain('User.age');
  });

  test('raw SQL gives rows of the model', async () => {
    const rows = await User.raw(
      'select "id", "username", "created_at", 1 + 1 as two from "user" where "age" > ? order by "id"',
      10,
    );
    expect(rows[0]).toBeInstanceOf(User);
    expect([rows[0]!.username, rows[0]!.createdAt.getUTCFullYear(), (rows[0] as unknown as { two: number }).two]).toEqual([
      'ann',
      2026,
      2,
    ]);
    expect(await User.raw('select count(*) from "user"').scalar()).toBe(3);
    expect(await User.raw('select "username" from "user" order by 1').tuples()).toEqual([['ann'], ['bob'], ['cid']]);
  });

  test('streams row by row, and can be left early', async () => {
    const seen: string[] = [];
    for await (const user of User.select().orderBy(User.id)) {
      seen.push(user.username);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['ann', 'bob']);
    expect(await User.select().count()).toBe(3);
  });

  test('noop, exists, first, getOrNone', async () => {
    expect(await User.noop()).toEqual([]);
    expect(await User.select().where(User.username.eq('ann')).exists()).toBe(true);
    expect(await User.select().where(User.username.eq('x')).first()).toBeNull();
    expect((await User.select().orderBy(User.id).first())?.username).toBe('ann');
    const error = await rejection(() => User.select().where(User.username.eq('x')).get());
    expect(error).toBeInstanceOf(User.DoesNotExist);
  });
});
