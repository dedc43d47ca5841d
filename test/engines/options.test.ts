/** What fields and models may say about their columns and tables, and what comes of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CharField,
  CompositeKey,
  type Database,
  DataError,
  Default,
  ForeignKeyField,
  fn,
  IntegerField,
  IntegrityError,
  Model,
  ProgrammingError,
  SQL,
  TextField,
} from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { rejection } from './rejection.ts';

class Base extends Model.define({}) {
  static meta: { database: Database | null } = { database: null };
}

describe.each(backends)('$name', ({ open, supports }) => {
  let opened: Opened;
  const scalar = async (text: string) => (await opened.database.executeSql(text)).scalar();
  beforeAll(async () => {
    opened = await open();
    Base.meta.database = opened.database;
  });
  afterAll(() => opened.discard());

  test('schema: the table is named with it everywhere', async () => {
    class Placed extends Base.define('placed', { title: CharField({ index: true }) }, { schema: supports.defaultSchema }) {}
    expect(await Placed.tableExists()).toBe(false);
    await Placed.createTable();
    expect(await Placed.tableExists()).toBe(true);
    const row = await Placed.create({ title: 'a' });
    row.title = 'b';
    await row.save();
    expect((await Placed.get(Placed.title.eq('b'))).id).toBe(row.id);
    expect(await Placed.delete().where(Placed.id.eq(row.id)).execute()).toBe(1);
    await Placed.dropTable();
    class Elsewhere extends Base.define('placed', { title: CharField() }, { schema: 'nowhere' }) {}
    const error = await rejection(() => Elsewhere.select());
    expect(error).toBeInstanceOf(ProgrammingError);
    expect(error.message).toMatch(/nowhere.*placed/);
  });

  test('temporary: the table is there for its transaction’s connection and goes with it', async () => {
    class Scratch extends Base.define('scratch', { n: IntegerField() }, { temporary: true }) {}
    await opened.database.atomic(async (tx) => {
      await tx(Scratch).createTable();
      await tx(Scratch).insertMany([{ n: 1 }, { n: 2 }]);
      expect(await tx(Scratch).select(fn.sum(Scratch.n)).scalar()).toBe(3);
      if (supports.readersBesideWriters) expect(await rejection(() => Scratch.select())).toBeInstanceOf(ProgrammingError);
    });
    expect(await rejection(() => Scratch.select())).toBeInstanceOf(ProgrammingError);
    expect(await Scratch.tableExists()).toBe(false);
  });

  test('strict: the engine refuses values of another type', async () => {
    class Exact extends Base.define('exact', { n: IntegerField(), text: TextField() }, { strict: true }) {}
    await Exact.createTable();
    await Exact.create({ n: 1, text: 'a' });
    const error = await rejection(() => opened.database.executeSql("insert into exact (n, text) values ('many', 'a')"));
    expect(error).toBeInstanceOf(DataError);
    await Exact.dropTable();
  });

  test.runIf(supports.rowids)('withoutRowid: a table that is its own index', async () => {
    class Pair extends Base.define(
      'pair',
      { left: IntegerField(), right: IntegerField() },
      { primaryKey: CompositeKey('left', 'right'), withoutRowid: true },
    ) {}
    await Pair.createTable();
    expect(await rejection(() => scalar('select rowid from pair'))).toBeInstanceOf(ProgrammingError);
    await Pair.insertMany([
      { left: 2, right: 1 },
      { left: 1, right: 2 },
    ]);
    expect(await Pair.select(Pair.left).scalars()).toEqual([1, 2]);
    await Pair.dropTable();
  });

  test('dependsOn: the other table is made first and dropped last', async () => {
    class Log extends Base.define('log', { n: IntegerField() }) {}
    class Account extends Base.define('account', { n: IntegerField() }, { dependsOn: [Log] }) {}
    const ran: string[] = [];
    const stop = opened.database.on('query', ({ sql }) =>
      ran.push(...[...sql.matchAll(/"(log|account)"/g)].map(([, name]) => String(name))),
    );
    await opened.database.createTables([Account, Log]);
    await opened.database.dropTables([Log, Account]);
    stop();
    expect(ran).toEqual(['log', 'account', 'account', 'log']);
  });

  test('deferrable: keys are checked when the transaction ends', async () => {
    class Boss extends Base.define('boss', { n: IntegerField() }) {}
    class Worker extends Base.define('worker', {
      boss: ForeignKeyField(() => Boss, { deferrable: 'INITIALLY DEFERRED', constraintName: 'has_boss' }),
      checked: ForeignKeyField(() => Boss, { null: true }),
    }) {}
    await opened.database.createTables([Boss, Worker]);
    await opened.database.atomic(async (tx) => {
      await tx(Worker).insert({ boss: 7 }).execute();
      await tx(Boss).insert({ id: 7, n: 1 }).execute();
    });
    const late = await rejection(
      opened.database.atomic(async (tx) => {
        await tx(Worker).insert({ boss: 8 }).execute();
      }),
    );
    expect(late).toMatchObject({ constraint: 'foreignKey' });
    expect(await rejection(() => Worker.insert({ boss: 7, checked: 8 }).execute())).toBeInstanceOf(IntegrityError);
    expect(await Worker.select().count()).toBe(1);
    await opened.database.dropTables([Boss, Worker]);
  });

  test('collation: comparing, ordering and uniqueness follow it', async () => {
    class City extends Base.define('city', { name: CharField({ collation: 'NOCASE', unique: true }), plain: CharField() }) {}
    await City.createTable();
    await City.insertMany([
      { name: 'b', plain: 'b' },
      { name: 'A', plain: 'A' },
      { name: 'C', plain: 'C' },
    ]);
    expect(await City.select(City.c.name).orderBy(City.c.name).scalars()).toEqual(['A', 'b', 'C']);
    expect(await City.select(City.plain).orderBy(City.plain).scalars()).toEqual(['A', 'C', 'b']);
    expect(await City.select(City.plain).orderBy(City.plain.collate('NOCASE')).scalars()).toEqual(['A', 'b', 'C']);
    expect(await City.select().where(City.c.name.eq('B')).count()).toBe(1);
    expect(await rejection(() => City.create({ name: 'B', plain: '' }))).toMatchObject({ constraint: 'unique' });
    await City.dropTable();
  });

  test('choices, helpText and verboseName are for people; constraints and defaults of the database are kept', async () => {
    class Item extends Base.define('item', {
      size: CharField({
        choices: [
          ['s', 'Small'],
          ['l', 'Large'],
        ],
        helpText: 'How large it is',
        verboseName: 'Size',
      }),
      price: IntegerField({ columnName: 'price in ct', null: true, constraints: [Default(5), SQL('CHECK ("price in ct" > 0)')] }),
    }) {}
    await Item.createTable();
    expect((await Item.create({ size: 'other' })).size).toBe('other');
    expect((await Item.get()).price).toBe(5);
    expect(await rejection(() => Item.create({ size: 's', price: -1 }))).toMatchObject({ constraint: 'check' });
    await Item.dropTable();
  });

  test('indexes: partial, on expressions, named', async () => {
    class Post extends Base.define('post', { slug: CharField(), live: IntegerField() }) {
      static meta = {
        indexes: [
          { fields: ['slug'] as const, unique: true, where: SQL<boolean>('live = 1'), name: 'live_slug' },
          { fields: [SQL('lower(slug)')] },
        ],
      };
    }
    await Post.createTable();
    await Post.insertMany([
      { slug: 'a', live: 0 },
      { slug: 'a', live: 0 },
      { slug: 'a', live: 1 },
    ]);
    expect(await rejection(() => Post.create({ slug: 'a', live: 1 }))).toBeInstanceOf(IntegrityError);
    const indexes = await opened.database.getIndexes('post');
    const made = indexes.filter(({ name }) => name !== 'post_pkey');
    expect(made.map((index) => [index.name, index.unique]).sort()).toEqual([
      ['live_slug', true],
      ['post_expression0', false],
    ]);
    await Post.dropTable();
  });
});
