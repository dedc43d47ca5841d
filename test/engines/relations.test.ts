/** Foreign keys on rows: set, loaded, kept, refused; options of fields and models. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  CharField,
  type Database,
  DataError,
  ForeignKeyField,
  ImproperlyConfigured,
  IntegerField,
  Model,
  type Ref,
} from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { clear, setUp, Tweet, User } from './models.ts';
import { rejection } from './rejection.ts';

class Base extends Model.define({}) {
  static meta: { database: Database | null } = { database: null };
}
class Author extends Base.define('author', {
  name: CharField({ verboseName: 'Name', helpText: 'As printed', choices: [['a', 'A']] }),
}) {}
class Book extends Base.define('book', {
  author: ForeignKeyField(() => Author, { lazyLoad: false, onDelete: 'RESTRICT', onUpdate: 'CASCADE' }),
  title: CharField({ default: 'untitled', index: true }),
}) {}
/** The same table, each save writing all there is. */
class Eager extends Base.define('book', { author: ForeignKeyField(() => Author), title: CharField() }) {
  static meta = {
    get database(): Database | null {
      return Base.meta.database;
    },
    onlySaveDirty: false,
  };
}
/** A key that is a foreign key: one profile for each author. */
class Profile extends Base.define('profile', {
  author: ForeignKeyField(() => Author, { primaryKey: true }),
  likes: IntegerField({ default: 0 }),
}) {}

describe.each(backends)('$name', ({ open }) => {
  let opened: Opened;
  const statements: string[] = [];
  beforeAll(async () => {
    opened = await open();
    await setUp(opened.database);
    Base.meta.database = opened.database;
    await opened.database.createTables([Profile, Book, Author]);
    opened.database.on('query', ({ sql }) => statements.push(sql));
  });
  beforeEach(async () => {
    await clear();
    await opened.database.truncateTables([Profile, Book, Author], { restartIdentity: true });
    statements.length = 0;
  });
  afterAll(() => opened.discard());

  test('assigning a row, a key, null, a reference', async () => {
    const [ann, bob] = [await User.create({ username: 'ann' }), await User.create({ username: 'bob' })];
    const tweet = await Tweet.create({ user: ann, message: 'm' });
    tweet.user = bob;
    expect([tweet.userId, tweet.user === bob, tweet.dirtyFields()]).toEqual([bob.id, true, ['user']]);
    tweet.userId = ann.id;
    expect((await tweet.user).username).toBe('ann');
    tweet.parent = tweet;
    expect(tweet.parentId).toBe(tweet.id);
    tweet.parent = null;
    expect([tweet.parent, tweet.parentId]).toEqual([null, null]);
    await tweet.save();
    const other = await Tweet.getById(tweet.id);
    const next = await Tweet.create({ user: other.user as Ref<User> as never, message: 'by reference' });
    expect(next.userId).toBe(ann.id);
    expect(
      await rejection(() => {
        tweet.user = tweet as never;
      }),
    ).toBeInstanceOf(DataError);
  });

  test('a key that leads nowhere says whose it was', async () => {
    const ann = await User.create({ username: 'ann' });
    const tweet = await Tweet.create({ user: ann, message: 'm' });
    tweet.userId = 999;
    expect(await rejection(tweet.user as PromiseLike<User>)).toBeInstanceOf(User.DoesNotExist);
  });

  test('lazyLoad: false never queries', async () => {
    const author = await Author.create({ name: 'a' });
    const { id } = await Book.create({ author });
    const book = await Book.getById(id);
    expect((book.author as Ref<Author>).key).toBe(author.id);
    statements.length = 0;
    expect(await rejection(book.author as PromiseLike<Author>)).toBeInstanceOf(ImproperlyConfigured);
    expect(statements).toEqual([]);
    expect((await Book.select(Book, Author).join(Author).get()).author.toJSON()).toMatchObject({ name: 'a' });
  });

  test('onDelete is the database’s to enforce', async () => {
    const author = await Author.create({ name: 'a' });
    await Book.create({ author });
    expect(await rejection(() => author.deleteInstance())).toMatchObject({ constraint: 'foreignKey' });
    const ann = await User.create({ username: 'ann' });
    await Tweet.create({ user: ann, message: 'cascades' });
    await ann.deleteInstance();
    expect(await Tweet.select().exists()).toBe(false);
  });

  test('onlySaveDirty: false writes all there is', async () => {
    const author = await Author.create({ name: 'a' });
    const book = await Eager.create({ author, title: 't' });
    statements.length = 0;
    expect(await book.save()).toBe(1);
    expect(statements[0]).toMatch(/"author_id" = (\?|\$1), "title" = (\?|\$2)/);
  });

  test('a foreign key can be the primary key', async () => {
    const author = await Author.create({ name: 'a' });
    const profile = await Profile.create({ author });
    expect(profile.getId()).toBe(author.id);
    profile.likes = 3;
    await profile.save();
    const [again] = await Profile.select(Profile, Author).join(Author);
    expect([again?.likes, again?.author.toJSON()['name']]).toEqual([3, 'a']);
    expect(await Profile.delete().where(Profile.author.eq(author))).toBe(1);
  });

  test('results of several slices become one list, relations and all', async () => {
    const users = Array.from({ length: 50 }, (_, at) => new User({ username: `u${at}` }));
    await User.bulkCreate(users);
    await Tweet.insertMany(Array.from({ length: 3_300 }, (_, at) => ({ user: users[at % 50]!, message: `m${at}` })));
    const tweets = await Tweet.select(Tweet, User).join(User).orderBy(Tweet.id);
    expect(tweets).toHaveLength(3_300);
    expect(tweets.every((tweet, at) => tweet.message === `m${at}` && tweet.user.username === `u${at % 50}`)).toBe(true);
    let seen = 0;
    for await (const tweet of Tweet.select(Tweet, User).join(User).orderBy(Tweet.id)) {
      if (tweet.user.username !== `u${seen % 50}`) break;
      seen++;
    }
    expect(seen).toBe(3_300);
  });

  test('indexes and column names are as peewee makes them', async () => {
    const indexes = await opened.database.getIndexes('tweet');
    expect(
      indexes
        .map((index) => index.name)
        .filter((name) => name !== 'tweet_pkey')
        .sort(),
    ).toEqual(['tweet_parent_id', 'tweet_user_id']);
    expect(
      (await opened.database.getIndexes('favorite')).find((index) => index.unique && index.columns.length > 1)?.columns,
    ).toEqual(['user_id', 'tweet_id']);
    expect((await opened.database.getColumns('user')).map((column) => column.name)).toEqual([
      'id',
      'username',
      'age',
      'created_at',
    ]);
  });
});
