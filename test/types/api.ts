import { type Database, fn, select as plain, type Ref, type Related, ValuesList } from '../../src/index.ts';
import { Category, type Dog, Favorite, type Owner, type Player, Relationship, type Team, Tweet, User } from './models.ts';

type Equal<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false;
declare function expectType<T>(): <U>(value: U, ...ok: Equal<T, U> extends true ? [] : [expected: T, got: U]) => void;
declare const db: Database;

// ── static side
User.username.eq('x').and(User.years.gt(3)).or(User.createdAt.lt(new Date()));
User.c.name.eq('x');
User.recent();
// @ts-expect-error a number is not a username
User.username.eq(3);
// @ts-expect-error `name` is the class's own name: use User.c.name
User.name.eq('x');
// @ts-expect-error unknown column
User.nope;

// ── instance side
declare const user: User;
declare const tweet: Tweet;
expectType<string>()(user.username);
expectType<number | null>()(user.years);
expectType<string>()(user.name);
expectType<number>()(user.id);
expectType<Date>()(user.createdAt);
expectType<string>()(user.shout);
expectType<number>()(user.age);
expectType<number>()(tweet.userId);
expectType<number | null>()(tweet.parentId);
expectType<Related<User>>()(tweet.user);
expectType<Related<Tweet> | null>()(tweet.parent);
// @ts-expect-error not loaded: await it first
tweet.user.username;
tweet.user = user;
user.save();
tweet.deleteInstance({ recursive: true });

async function lazy() {
  expectType<User>()(await tweet.user);
  expectType<string>()((await tweet.user).shout);
  const p = await tweet.parent;
  expectType<Tweet | null>()(p);
  expectType<string | undefined>()((await p?.parent)?.short);
  for await (const t of user.tweets.where(Tweet.published.eq(true)).orderBy(Tweet.createdAt.desc())) expectType<Tweet>()(t);
  expectType<Tweet[]>()(await user.tweets);
}

// ── create()
async function create() {
  expectType<User>()(await User.create({ username: 'a' }));
  await User.create({ username: 'a', years: null, createdAt: new Date() });
  await Tweet.create({ user, message: 'm' });
  await Tweet.create({ user: 3, message: 'm', parent: tweet });
  // @ts-expect-error username is missing
  await User.create({});
  // @ts-expect-error unknown key
  await User.create({ username: 'a', nope: 1 });
  // @ts-expect-error wrong type
  await User.create({ username: 1 });
  // @ts-expect-error a user is not a tweet
  await Tweet.create({ user: tweet, message: 'm' });
  await Category.create({ slug: 'a' });
  await Category.create({ slug: 'b', parent: 'a' });
  // @ts-expect-error the key of a category is a string
  await Category.create({ slug: 'b', parent: 1 });
  expectType<Category>()(await Category.getById('a'));
}

// ── select
async function select() {
  expectType<User[]>()(await User.select());
  const q = User.select(User.username, fn.count(Tweet.id).as('n')).join(Tweet).groupBy(User);
  expectType<[string, number][]>()(await q.tuples());
  expectType<{ username: string; n: number }[]>()(await q.dicts());
  const [u] = await q;
  expectType<number>()(u!.n);
  expectType<string>()(u!.username);
  expectType<string>()(u!.shout);

  const [t] = await Tweet.select(Tweet, User)
    .join(User)
    .where(User.username.in(['a', 'b']));
  expectType<string>()(t!.user.username);
  expectType<string>()(t!.user.shout);
  expectType<Related<Tweet> | null>()(t!.parent);
  const t2: Tweet = t!;
  void t2;
  expectType<User>()(await t!.user);

  // not selected → not loaded
  const [t3] = await Tweet.select().join(User);
  expectType<Related<User>>()(t3!.user);

  // two levels, and back
  const [f] = await Favorite.select(Favorite, Tweet, User).join(Tweet).join(User);
  expectType<string>()(f!.tweet.user.username);
  expectType<Related<User>>()(f!.user);

  // ambiguous key: `on` picks one
  const To = User.alias('to');
  const [r] = await Relationship.select(Relationship, User, To)
    .join(User, { on: Relationship.fromUser })
    .switch(Relationship)
    .join(To, { on: Relationship.toUser });
  expectType<string>()(r!.fromUser.username);
  expectType<string>()(r!.toUser.username);
  To.username.eq('x');

  // left join on a nullable self key
  const Parent = Tweet.alias('parent');
  const [w] = await Tweet.select(Tweet, Parent).join(Parent, { type: 'left', on: Tweet.parent });
  expectType<string | undefined>()(w!.parent?.message);
  expectType<number | null>()(await User.select(fn.max(User.id)).scalar());
  expectType<{ user: number; parent: number | null }[]>()(await Tweet.select(Tweet.user, Tweet.parent).dicts());
  expectType<{ id: number; username: string; years: number | null; name: string; createdAt: Date }[]>()(
    await User.select().dicts(),
  );
  await User.update({ years: User.years.add(1) }).where(User.id.in(Tweet.select(Tweet.user)));
  await User.insert({ username: fn.upper(User.username), years: User.select(fn.max(User.years)) });
  // @ts-expect-error a username is needed all the same
  await User.insert({ years: fn.max(User.years) });
  // @ts-expect-error a row is made of values
  await User.create({ username: fn.upper(User.username) });
  Tweet.user.eq(user);
  Tweet.user.eq(3);
  // @ts-expect-error a tweet is not a user
  Tweet.user.eq(tweet);
}

// ── keys and foreign keys of them compare either way
function keys() {
  const Other = User.alias('other');
  User.id.eq(Tweet.user).and(User.id.ne(Tweet.user)).and(Tweet.user.eq(User.id)).and(Tweet.user.eq(Favorite.user));
  Tweet.id.lt(Tweet.parent).or(Tweet.id.gte(Tweet.parent)).or(Tweet.id.is(Tweet.parent)).or(Tweet.parent.eq(Tweet.id));
  Other.id
    .in([Tweet.user, Favorite.user, 3])
    .or(User.id.between(Tweet.user, Favorite.user))
    .or(User.id.notIn([Tweet.user]));
  Category.slug.eq(Category.parent).or(Category.parent.eq(Category.slug));
  expectType<number | null>()(fn.max(Tweet.parent)['~type']);
  expectType<string>()(fn.lower(Category.parent)['~type']);
  User.id
    .eq(fn.coalesce(Tweet.parent, Tweet.user))
    .and(fn.coalesce(Tweet.parent, 1).eq(3))
    .and(fn.nullif(Tweet.user, User.id).isNull());
  // @ts-expect-error the key of a category is a string
  User.id.eq(Category.parent);
  // @ts-expect-error the key of a user is a number
  Category.slug.eq(Tweet.user);
  // @ts-expect-error likewise
  Category.parent.lt(Tweet.user);
  // @ts-expect-error likewise
  Category.slug.in([Tweet.user]);
  // @ts-expect-error a selected expression with a name is none to compare with
  User.id.eq(Tweet.user.as('u'));
}

// ── CTEs that write
async function ctes() {
  const moved = Tweet.delete().where(Tweet.published.eq(true)).returning().cte('moved');
  expectType<number>()(moved.c.user['~type']);
  expectType<number | null>()(moved.c.parent['~type']);
  expectType<boolean>()(moved.c.published['~type']);
  // @ts-expect-error tweets have no such field
  moved.c.username;
  expectType<number>()(await Favorite.insertFrom(plain(moved.c.user, moved.c.id).from(moved), ['user', 'tweet']).withCte(moved));
  // @ts-expect-error favorites have no such field
  Favorite.insertFrom(plain(moved.c.user).from(moved), ['message']);
  const told = Tweet.update({ message: '' })
    .returning(Tweet.user, Tweet.message.as('was'))
    .cte('told', { columns: ['who', 'what'] });
  expectType<string>()(told.c.was['~type']);
  await User.update({ username: told.c.was }).from(told).where(User.id.eq(told.c.user)).withCte(told);
  // @ts-expect-error a text is no user
  User.id.eq(told.c.was);
  // @ts-expect-error not returned
  told.c.message;
  const made = User.insert({ username: 'a' }).returning(User.id).cte('made');
  expectType<{ message: string; id: number }[]>()(
    await Tweet.select(Tweet.message, made.c.id.as('id'))
      .join(made, { on: made.c.id.eq(Tweet.user) })
      .withCte(made)
      .dicts(),
  );
  // Nothing can be read of a write that returns nothing.
  const gone = Tweet.delete().cte('gone');
  // @ts-expect-error it returns nothing
  gone.c.id;
  expectType<number>()(await User.delete().withCte(gone));
  await User.update({ years: plain(fn.count(Tweet.id)).from(made) });
}

// ── what queries of queries, and lists of values, have
async function derived() {
  const counts = Tweet.select(Tweet.user, fn.count().as('n')).groupBy(Tweet.user).as('counts');
  const few = plain(counts.c.user, counts.c.n).from(counts).where(counts.c.n.lt(3)).cte('few');
  expectType<{ user: number; n: number }[]>()(await plain(few.c.user, few.c.n).from(few).withCte(few));
  const other = few.alias('other');
  expectType<number>()(other.c.n['~type']);
  // @ts-expect-error no such column
  other.c.message;
  const [row] = await User.select(User.username, few.c.n)
    .join(few, { on: few.c.user.eq(User.id) })
    .withCte(few);
  expectType<number>()(row!.n);
  expectType<string>()(row!.shout);
  expectType<{ username: string; n: number }[]>()(
    await User.select(User.username, counts.c.n).join(counts, { type: 'cross' }).dicts(),
  );
  const list = new ValuesList(
    [
      [1, 'one', null],
      [2, 'two', true],
    ],
    'list',
    ['id', 'word', 'yes'],
  );
  expectType<string>()(list.c.word['~type']);
  expectType<boolean | null>()(list.c.yes['~type']);
  User.id.eq(list.c.id);
  // @ts-expect-error a text is no key
  User.id.eq(list.c.word);
  // @ts-expect-error no such column
  list.c.nope;
  const rows: unknown[][] = [[1], [2]];
  expectType<unknown>()(new ValuesList(rows, 'rows', ['id']).c.id['~type']);
  const last = Tweet.select(Tweet.message).where(Tweet.user.eq(User.id)).limit(1).as('last');
  User.select().join(last, { type: 'left', on: User.id.gt(0), lateral: true });
  const start = fn.substr(Tweet.message, 1, 1).as('start');
  Tweet.select(start).groupBy(start).orderBy(start);
  expectType<string>()(fn.lag(Tweet.message, 1, '')['~type']);
  expectType<string | null>()(fn.lag(Tweet.message)['~type']);
  // @ts-expect-error a number is no message
  fn.lag(Tweet.message, 1, 3);
}

// ── transactions
async function tx() {
  const made = await db.atomic(async (tx) => {
    const u = await tx(User).create({ username: 'a' });
    await tx(Tweet).create({ user: u, message: 'hi' });
    await tx(u).save();
    return u;
  });
  expectType<User>()(made);
}

// ── mutual and self
async function cyc(team: Team, player: Player, dog: Dog, owner: Owner, c: Category) {
  (await team.captain)?.pm();
  (await player.team).tm();
  (await (await player.team).captain)?.pm();
  (await dog.owner).om();
  (await (await owner.best).owner).om();
  expectType<string | undefined>()((await c.parent)?.path());
  expectType<string | null>()(c.parentId);
}
void [lazy, create, select, keys, ctes, derived, tx, cyc];

export type { Ref };
