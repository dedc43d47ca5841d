/** Which database a model runs on: its meta's, a bound one, a proxy's, a transaction's. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Backref,
  CharField,
  type Database,
  DatabaseProxy,
  ForeignKeyField,
  InterfaceError,
  Model,
} from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { clear, setUp, Tweet, User } from './models.ts';
import { rejection } from './rejection.ts';

class Shelf extends Model.define('shelf', { title: CharField({ unique: true }) }) {
  declare books: Backref<Book>;
}
class Book extends Model.define('book', { shelf: ForeignKeyField(() => Shelf, { backref: 'books' }), title: CharField() }) {}

describe.each(backends)('$name', ({ open, supports }) => {
  let first: Opened;
  let second: Opened;
  beforeAll(async () => {
    [first, second] = [await open(), await open()];
    for (const { database } of [first, second]) await database.createTables([Shelf, Book]);
    await setUp(first.database);
  });
  beforeEach(async () => {
    await clear();
    for (const { database } of [first, second]) await database.truncateTables([Book, Shelf], { restartIdentity: true });
  });
  afterAll(async () => {
    await first.discard();
    await second.discard();
  });

  test('bindCtx binds a model and its relatives while the body runs', async () => {
    await Book.bindCtx(second.database, async () => {
      const shelf = await Shelf.create({ title: 'a' });
      await Book.create({ shelf, title: 'x' });
      await Shelf.bindCtx(first.database, async () => expect(await Shelf.select().count()).toBe(0));
      expect(await Shelf.select().count()).toBe(1);
    });
    const error = await rejection(
      Shelf.bindCtx(first.database, () => {
        throw new RangeError('body');
      }),
    );
    expect(error).toBeInstanceOf(RangeError);
  });

  test('bind binds for good', async () => {
    Book.bind(second.database);
    await Shelf.create({ title: 'b' });
    Book.bind(first.database);
    expect(await Shelf.select().count()).toBe(0);
    Book.bind(second.database, { refs: false });
    const shelf = await Shelf.create({ title: 'c' });
    expect(shelf.title).toBe('c');
    expect(await Book.select().count()).toBe(0);
  });

  test('a proxy may be swapped while models use it', async () => {
    const proxy = new DatabaseProxy<Database>();
    class Note extends Model.define('shelf', { title: CharField() }) {
      static meta = { database: proxy };
    }
    expect(await rejection(() => Note.select().execute())).toBeInstanceOf(InterfaceError);
    proxy.initialize(first.database);
    await Note.create({ title: 'in first' });
    proxy.initialize(second.database);
    expect(await Note.select().count()).toBe(0);
    proxy.initialize(first.database);
    expect((await Note.select().get()).title).toBe('in first');
  });

  test('tx(Model) and tx(row) run in the transaction', async () => {
    const { database } = first;
    const made = await database.atomic(async (tx) => {
      const ann = await tx(User).create({ username: 'ann' });
      await tx(Tweet).create({ user: ann, message: 'hi' });
      if (supports.readersBesideWriters) expect(await User.select().count()).toBe(0);
      expect(await tx(User).select().count()).toBe(1);
      expect(tx(User).username).toBe(User.username);
      ann.age = 4;
      await ann.save();
      expect((await ann.tweets).length).toBe(1);
      const [tweet] = await tx(Tweet).select();
      expect((await tweet!.user).age).toBe(4);
      return ann;
    });
    expect((await User.getById(made.id)).age).toBe(4);
    made.age = 5;
    await made.save();
    expect((await User.getById(made.id)).age).toBe(5);
  });

  test('a row is bound to a transaction until that ends', async () => {
    const { database } = first;
    const ann = await User.create({ username: 'ann', age: 1 });
    await rejection(
      database.atomic(async (tx) => {
        ann.age = 2;
        expect(tx(ann)).toBe(ann);
        await tx(ann).save();
        throw new RangeError('undo');
      }),
    );
    expect((await User.getById(ann.id)).age).toBe(1);
    await database.atomic(async (tx) => {
      tx(ann);
      await tx.atomic(async (inner) => {
        ann.age = 3;
        await inner(ann).save();
      });
      ann.username = 'anna';
      await ann.save();
    });
    expect((await User.getById(ann.id)).toJSON()).toMatchObject({ age: 3, username: 'anna' });
  });

  test('getOrCreate inside a transaction leaves it usable after a conflict', async () => {
    await User.create({ username: 'ann', age: 9 });
    await first.database.atomic(async (tx) => {
      expect(await rejection(() => tx(User).getOrCreate({ username: 'ann', age: 1 }))).toBeInstanceOf(Error);
      const [found, created] = await tx(User).getOrCreate({ username: 'ann' });
      expect([found.age, created]).toEqual([9, false]);
      await tx(User).create({ username: 'bob' });
    });
    expect(await User.select().count()).toBe(2);
  });

  test('queries are bound one by one too', async () => {
    await Shelf.insert({ title: 'q' }).bind(second.database);
    expect(await Shelf.select().bind(second.database).count()).toBeGreaterThan(0);
    expect(await Shelf.select().bind(first.database).count()).toBe(0);
  });
});

test('a model without any database falls back to peewee.db, when there is something to fall back to', async () => {
  class Lost extends Model.define('lost', { title: CharField() }) {}
  const { setFallbackDatabase } = await import('../../src/model/executor.ts');
  setFallbackDatabase(null);
  const error = await rejection(() => Lost.select().execute());
  expect(error).toBeInstanceOf(InterfaceError);
  expect(error.message).toContain('Lost has no database');
  expect(() => Lost.select().sql()).toThrow('no database');
  const opened = await backends[0]!.open();
  let opening = 0;
  setFallbackDatabase(async () => {
    opening++;
    return opened.database;
  });
  const [, count] = await Promise.all([Lost.createTable(), Lost.tableExists()]);
  expect(count).toBeDefined();
  await Lost.create({ title: 'found' });
  expect(await Lost.select(Lost.title).scalars()).toEqual(['found']);
  expect(Lost.select().sql().sql).toContain('"lost"');
  expect(opening).toBe(1);
  setFallbackDatabase(null);
  await opened.discard();
});
