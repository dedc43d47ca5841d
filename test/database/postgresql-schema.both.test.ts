/** Models whose tables only Postgres can make, from the model to the catalogs and back. */
import { afterAll, describe, expect, test } from 'vitest';
import { PostgresqlDatabase } from '../../src/entry/postgresql.ts';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { ImproperlyConfigured, IntegrityError, NotSupportedError, ProgrammingError } from '../../src/errors.ts';
import {
  AutoField,
  BigAutoField,
  BooleanField,
  CharField,
  Check,
  CompositeKey,
  DecimalField,
  Default,
  ForeignKeyField,
  fn,
  IdentityField,
  IntegerField,
  Model,
  SQL,
  TextField,
} from '../../src/index.ts';
import { rejection } from './rejection.ts';

const db = new PostgresqlDatabase(null, { memory: true });
db.init('schema');
afterAll(() => db.close());

class Base extends Model.define({}) {
  static meta = { database: db };
}

describe('a model and what the database says of its table', () => {
  class Shop extends Base.define('shop', { name: CharField({ unique: true, maxLength: 40 }) }) {
    static meta = { schema: 'app' };
  }
  class Ware extends Base.define('ware', {
    id: BigAutoField(),
    shop: ForeignKeyField(() => Shop, { onDelete: 'CASCADE', onUpdate: 'RESTRICT', deferrable: 'INITIALLY DEFERRED' }),
    title: TextField({ collation: 'C', index: { using: 'hash' } }),
    price: DecimalField({ maxDigits: 8, decimalPlaces: 2, constraints: [Check('price > 0', 'costs')] }),
    rank: IntegerField({ null: true, constraints: [Default(7)] }),
    listed: BooleanField({ constraints: [Default(true)] }),
    twice: IntegerField({ null: true, constraints: [SQL('GENERATED ALWAYS AS (rank * 2) STORED')] }),
  }) {
    static meta = {
      indexes: [
        { fields: ['shop', 'title'], unique: true, include: ['price'], nullsDistinct: false, name: 'once' },
        { fields: [fn.lower(SQL('title')), SQL('rank DESC')], where: SQL<boolean>('listed'), name: 'shown' },
        { fields: ['title', 'rank'], opclass: { title: 'text_pattern_ops' }, name: 'patterns' },
        { fields: ['rank', 'price'], unique: true, deferrable: 'INITIALLY DEFERRED' },
        { fields: ['price'], concurrently: true },
      ],
      constraints: [Check('rank < 100', 'few')],
      tableSettings: [SQL('WITH (fillfactor = 70)')],
    } as const;
  }
  class Pair extends Base.define(
    'pair',
    { left: IntegerField(), right: IntegerField() },
    { primaryKey: CompositeKey('right', 'left') },
  ) {}

  test('tables, columns and keys', async () => {
    await db.createSchema('app');
    // Twice: what exists is left alone.
    for (let i = 0; i < 2; i++) await db.createTables([Ware, Pair, Shop]);
    expect(await db.getTables()).toEqual(['pair', 'ware']);
    expect(await db.getTables('app')).toEqual(['shop']);
    expect(await Shop.tableExists()).toBe(true);
    const columns = await db.getColumns('ware');
    expect(columns.map(({ name, dataType, null: isNull, default: value }) => [name, dataType, isNull, value])).toEqual([
      ['id', 'bigint', false, null],
      ['shop_id', 'integer', false, null],
      ['title', 'text', false, null],
      ['price', 'numeric(8,2)', false, null],
      ['rank', 'integer', true, '7'],
      ['listed', 'boolean', false, 'true'],
      ['twice', 'integer', true, null],
    ]);
    expect(await db.getPrimaryKeys('ware')).toEqual(['id']);
    expect(await db.getPrimaryKeys('pair')).toEqual(['right', 'left']);
    expect(await db.getForeignKeys('ware')).toEqual([
      {
        column: 'shop_id',
        destTable: 'shop',
        destColumn: 'id',
        destSchema: 'app',
        table: 'ware',
        onDelete: 'CASCADE',
        onUpdate: 'RESTRICT',
      },
    ]);
    expect(await db.getSequences()).toEqual(['ware_id_seq']);
  });

  test('indexes', async () => {
    const indexes = new Map((await db.getIndexes('ware')).map((index) => [index.name, index]));
    const sql = (name: string): string | undefined =>
      indexes.get(name)?.sql?.replace(/^CREATE (UNIQUE )?INDEX \S+ ON public\.ware USING /, '');
    expect([...indexes.keys()]).toEqual([
      'ware_pkey',
      'ware_rank_price',
      'ware_shop_id',
      'ware_title',
      'once',
      'shown',
      'patterns',
      'ware_price',
    ]);
    expect(sql('ware_title')).toBe('hash (title)');
    expect(sql('once')).toBe('btree (shop_id, title) INCLUDE (price) NULLS NOT DISTINCT');
    expect(sql('shown')).toBe('btree (lower(title), rank DESC) WHERE listed');
    expect(sql('patterns')).toBe('btree (title text_pattern_ops, rank)');
    expect(indexes.get('once')).toMatchObject({ unique: true, columns: ['shop_id', 'title'] });
    expect(indexes.get('shown')).toMatchObject({ unique: false, columns: [null, 'rank'] });
    expect(indexes.get('ware_rank_price')).toMatchObject({ unique: true, sql: null });
  });

  test('constraints hold, those deferred when the transaction ends', async () => {
    const few = Ware.create({ shop: 1, title: 'a', price: '1', rank: 100, listed: true });
    expect(await rejection(few)).toMatchObject({ name: 'IntegrityError', constraint: 'check' });
    const shop = await Shop.create({ name: 'Corner' });
    await db.atomic(async (tx) => {
      const first = await tx(Ware).create({ shop, title: 'a', price: '1', rank: 1, listed: true });
      // Both have the same rank and price until the first one changes.
      await tx(Ware).create({ shop, title: 'b', price: '1', rank: 1, listed: true });
      await tx(Ware).setById(first.id, { rank: 2 });
    });
    const twins = db.atomic(async (tx) => {
      await tx(Ware).create({ shop, title: 'c', price: '1', rank: 1, listed: true });
    });
    expect(await rejection(twins)).toBeInstanceOf(IntegrityError);
    expect(await Ware.select(Ware.twice).orderBy(Ware.rank).scalars()).toEqual([2, 4]);
  });

  test('goes as it came', async () => {
    expect(await rejection(Shop.truncateTable())).toBeInstanceOf(NotSupportedError);
    await Shop.truncateTable({ cascade: true, restartIdentity: true });
    expect(await Ware.select().count()).toBe(0);
    expect((await Shop.create({ name: 'New' })).id).toBe(1);
    await db.truncateTables([Shop, Ware, Pair], { restartIdentity: true });
    expect(await rejection(Shop.dropTable())).toMatchObject({ code: '2BP01' });
    await Shop.dropTable({ cascade: true });
    expect(await db.getForeignKeys('ware')).toEqual([]);
    await db.dropTables([Shop, Ware, Pair]);
    expect(await db.getTables()).toEqual([]);
    await db.dropSchema('app');
  });
});

describe('tables', () => {
  test('that refer to each other in a circle', async () => {
    class Hen extends Base.define('hen', { egg: ForeignKeyField((): unknown => Egg, { null: true }) }) {}
    class Egg extends Base.define('egg', { hen: ForeignKeyField(() => Hen) }) {}
    for (let i = 0; i < 2; i++) await db.createTables([Hen, Egg]);
    expect(await db.getForeignKeys('hen')).toHaveLength(1);
    expect(await db.getForeignKeys('egg')).toHaveLength(1);
    const hen = await Hen.create({});
    await Egg.create({ hen });
    await db.truncateTables([Hen, Egg]);
    await db.dropTables([Hen, Egg]);
    expect(await db.getTables()).toEqual([]);
  });

  test('for a while, and without a log', async () => {
    class Note extends Base.define('note', { text: TextField() }, { unlogged: true }) {}
    await Note.createTable();
    const kind = await db.executeSql("SELECT relpersistence FROM pg_class WHERE relname = 'note'");
    expect(kind.scalar()).toBe('u');
    await Note.dropTable();
    class Scratch extends Base.define(
      'scratch',
      { text: TextField() },
      { temporary: true, tableSettings: [SQL('ON COMMIT DELETE ROWS')] },
    ) {}
    await db.atomic(async (tx) => {
      await tx(Scratch).createTable();
      await tx(Scratch).create({ text: 'a' });
      expect(await tx(Scratch).select().count()).toBe(1);
    });
  });

  test('that SQLite cannot make are refused by it, by name', async () => {
    class Indexed extends Model.define('indexed', { title: TextField({ index: { using: 'gin' } }) }) {}
    const sqlite = new SqliteDatabase(':memory:');
    const error = await rejection(sqlite.createTables([Indexed]));
    expect(error).toBeInstanceOf(NotSupportedError);
    expect(error).toMatchObject({ message: 'SQLite has no indexes of the type gin: "indexed_title"' });
    expect(await sqlite.getTables()).toEqual([]);
    await sqlite.close();
  });
});

describe('keys', () => {
  test('given by hand are counted when asked', async () => {
    class Item extends Base.define('item', { n: IntegerField() }) {}
    await Item.createTable();
    await Item.insertMany([
      { id: 1, n: 1 },
      { id: 41, n: 1 },
    ]);
    expect(await rejection(Item.create({ n: 2 }))).toMatchObject({ name: 'IntegrityError' });
    await Item.syncSequence();
    expect((await Item.create({ n: 2 })).id).toBe(42);
    await Item.truncateTable({ restartIdentity: true });
    expect((await Item.create({ n: 3 })).id).toBe(1);
    await Item.dropTable();
  });

  test('of several tables come from one sequence', async () => {
    class Cat extends Base.define('cat', { id: AutoField({ sequence: 'animal' }), name: TextField() }) {}
    class Dog extends Base.define('dog', { id: AutoField({ sequence: 'animal' }), name: TextField() }) {}
    await db.createTables([Cat, Dog]);
    expect([(await Cat.create({ name: 'Tom' })).id, (await Dog.create({ name: 'Rex' })).id]).toEqual([1, 2]);
    await Cat.create({ id: 9, name: 'Kit' });
    await Cat.syncSequence();
    expect((await Dog.create({ name: 'Bo' })).id).toBe(10);
    await Cat.dropTable();
    expect(await db.getSequences()).toEqual(['animal']);
    await Dog.dropTable();
    expect(await db.getSequences()).toEqual([]);
  });

  test('are the database’s alone where it generates them always', async () => {
    class Log extends Base.define('log', { id: IdentityField({ generateAlways: true }), text: TextField() }) {}
    await Log.createTable();
    expect((await Log.create({ text: 'a' })).id).toBe(1);
    expect(await rejection(Log.insert({ id: 7, text: 'b' }))).toMatchObject({ code: '428C9' });
    await Log.dropTable();
  });

  test('need no counting in SQLite', async () => {
    const sqlite = new SqliteDatabase(':memory:');
    class Item extends Model.define('item', { n: IntegerField() }) {
      static meta = { database: sqlite };
    }
    await Item.createTable();
    await Item.create({ id: 41, n: 1 });
    await Item.syncSequence();
    expect((await Item.create({ n: 2 })).id).toBe(42);
    await sqlite.close();
  });
});

describe('indexes', () => {
  test('are not built concurrently in a transaction, nor is anything else then', async () => {
    class Busy extends Base.define('busy', { n: IntegerField({ index: false }) }) {
      static meta = { indexes: [{ fields: ['n'], concurrently: true }] } as const;
    }
    expect(await rejection(db.atomic((tx) => tx(Busy).createTable()))).toBeInstanceOf(ProgrammingError);
    expect(await Busy.tableExists()).toBe(false);
    await Busy.createTable();
    expect((await db.getIndexes('busy')).map(({ name }) => name)).toEqual(['busy_pkey', 'busy_n']);
    await Busy.dropTable();
  });

  test('that are deferrable are on fields alone', () => {
    class Odd extends Base.define('odd', { n: IntegerField() }) {
      static meta = { indexes: [{ fields: ['n'], deferrable: 'INITIALLY DEFERRED' }] } as const;
    }
    expect(() => Odd['~schema']()).toThrow(ImproperlyConfigured);
  });
});
