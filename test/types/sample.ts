import {
  type Backref,
  CharField,
  type Database,
  DateTimeField,
  ForeignKeyField,
  fn,
  IntegerField,
  Model,
  TextField,
} from '../../src/index.ts';

class BaseModel extends Model.define({
  createdAt: DateTimeField({ default: () => new Date() }),
}) {}

class User extends BaseModel.define('user', {
  username: CharField({ unique: true }),
  age: IntegerField({ null: true }),
}) {
  declare tweets: Backref<Tweet>; // reverse side: type only, erased
  get shout() {
    return `${this.username.toUpperCase()}!`;
  }
}

class Tweet extends BaseModel.define('tweet', {
  user: ForeignKeyField(() => User, { backref: 'tweets' }),
  parent: ForeignKeyField<Tweet>('self', { null: true }),
  message: TextField(),
}) {}

export async function demo(db: Database) {
  const ann = await User.create({ username: 'ann' }); // age and createdAt are optional
  await Tweet.create({ user: ann, message: 'hi' }); // or user: ann.id

  const counts = await User.select(User.username, fn.count(Tweet.id).as('n'))
    .join(Tweet)
    .where(User.username.eq('ann').and(User.age.gt(3)))
    .groupBy(User.username)
    .dicts();
  const total: number = counts[0]!.n; // { username: string; n: number }[]

  for (const tweet of await Tweet.select(Tweet, User).join(User)) tweet.user.shout; // loaded: User
  const lazy = await Tweet.get(Tweet.id.eq(1));
  const name: string = (await lazy.user).username; // not loaded: one await
  const up: Tweet | null = await lazy.parent;
  const id: number = lazy.userId; // the key, no query

  await db.atomic(async (tx) => {
    const bob = await tx(User).create({ username: 'bob' });
    await tx(Tweet).create({ user: bob, message: 'in the transaction' });
  });
  for await (const tweet of ann.tweets.orderBy(Tweet.createdAt.desc())) tweet.message;
  return [total, name, up, id] as const;
}
