/** Tables that are not what the model says, text no database takes, SQL beyond all limits, databases that are closed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  BigIntegerField,
  BinaryUUIDField,
  BlobField,
  BooleanField,
  CharField,
  ConnectionClosedError,
  type Database,
  DatabaseError,
  DataError,
  DateTimeField,
  DecimalField,
  type Expr,
  FloatField,
  fn,
  IntegerField,
  IntegrityError,
  JSONField,
  Model,
  ProgrammingError,
  TimestampField,
  UUIDField,
} from '../../src/index.ts';
import { backends, type Opened } from '../backends.ts';
import { rejection } from './rejection.ts';

class Base extends Model.define({}) {
  static meta: { database: Database | null } = { database: null };
}
class Note extends Base.define('note', { title: CharField(), stars: IntegerField({ null: true }) }) {}
class Title extends Base.define('note', { title: CharField() }) {}
class Owned extends Base.define('note', { title: CharField(), stars: IntegerField({ null: true }), owner: CharField() }) {}
class Loose extends Base.define('loose', {
  integer: IntegerField({ null: true }),
  big: BigIntegerField({ null: true }),
  float: FloatField({ null: true }),
  boolean: BooleanField({ null: true }),
  datetime: DateTimeField({ null: true }),
  timestamp: TimestampField({ null: true }),
  blob: BlobField({ null: true }),
  uuid: UUIDField({ null: true }),
  binary: BinaryUUIDField({ null: true }),
  decimal: DecimalField({ null: true }),
  json: JSONField({ null: true }),
}) {}

describe.each(backends)('$name', ({ open, supports }) => {
  let opened: Opened;
  const sql = (text: string) => opened.database.executeSql(text);
  beforeAll(async () => {
    opened = await open();
    Base.meta.database = opened.database;
  });
  beforeEach(() => opened.database.dropTables([Note, Loose]));
  afterAll(() => opened.discard());

  test('a table that is not there', async () => {
    for (const work of [() => Note.select(), () => Note.create({ title: 'a' }), () => Note.update({ stars: 1 }).execute()]) {
      const error = await rejection(work);
      expect(error).toBeInstanceOf(ProgrammingError);
      expect(error.message).toMatch(/^(no such table: note|relation "note" does not exist)/);
      expect(error).toHaveProperty('sql', expect.stringContaining('"note"'));
    }
  });

  test('a table that lacks a column of the model', async () => {
    await Title.createTable();
    const works: (() => PromiseLike<unknown>)[] = [
      () => Note.select(),
      () => Note.getById(1),
      () => Note.create({ title: 'a', stars: 1 }),
      () => Note.insertMany([{ title: 'a', stars: 1 }]),
      () => Note.update({ stars: 1 }).execute(),
      () => Note.delete().where(Note.stars.gt(0)).execute(),
    ];
    for (const work of works) {
      const error = await rejection(work);
      expect(error).toBeInstanceOf(ProgrammingError);
      expect(error.message).toMatch(/no (such column|column named).*stars|column .*stars.* does not exist/);
    }
    await Note.create({ title: 'what is there can be used' });
    expect(await Note.select(Note.title).tuples()).toEqual([['what is there can be used']]);
  });

  test('a table with a column that the model does not know', async () => {
    await Owned.createTable();
    const error = await rejection(() => Note.create({ title: 'a' }));
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error).toMatchObject({ constraint: 'notNull', table: 'note', columns: ['owner'] });
  });

  test.runIf(supports.untyped).each([
    ['integer', "'many'"],
    ['integer', "x'01'"],
    ['integer', '9007199254740993'],
    ['big', "'many'"],
    ['big', '1.5'],
    ['float', "'many'"],
    ['boolean', "'yes'"],
    ['datetime', "'yesterday'"],
    ['timestamp', "'yesterday'"],
    ['blob', "'text'"],
    ['uuid', "'nobody'"],
    ['binary', "x'0102'"],
    ['decimal', "x'01'"],
    ['json', "'{'"],
  ] as const)('%s of a table that holds %s there', async (key, literal) => {
    await sql(
      'create table loose (id integer primary key, integer, big, float, boolean, datetime, timestamp, blob, uuid, "binary", decimal, json)',
    );
    await sql(`insert into loose ("${key}") values (null), (${literal})`);
    for (const work of [() => Loose.select(), () => Loose.select().dicts(), () => Loose.select(Loose.c[key]).tuples()]) {
      const error = await rejection(work);
      expect(error).toBeInstanceOf(DataError);
      expect(error.message).toContain(`"${key}"`);
    }
    expect(await Loose.select().count()).toBe(2);
  });

  test('half a surrogate pair is refused', async () => {
    await Note.createTable();
    const works: (() => PromiseLike<unknown>)[] = [
      () => Note.create({ title: 'a\ud800' }),
      () => Note.insertMany([{ title: 'fine' }, { title: '\udc00b' }]),
      () => Note.update({ title: '\ud83d' }).execute(),
      () => Note.select().where(Note.title.eq('\ud800')),
      () => Note.select().where(Note.title.contains('\ud800')),
      () => Note.select(Note.title.as('\ud800')).dicts(),
      () => sql("select '\ud800'"),
      () => opened.database.executeSql('select ?', ['\ud800']),
    ];
    for (const work of works) expect(await rejection(work)).toBeInstanceOf(DataError);
    expect(await Note.select().exists()).toBe(false);
  });

  test('NUL is text like any other', async () => {
    await Note.createTable();
    await Note.insertMany([{ title: 'a\0b' }, { title: 'a' }, { title: '\0' }]);
    expect(await Note.select(Note.title).orderBy(Note.id).scalars()).toEqual(['a\0b', 'a', '\0']);
    expect(await Note.select().where(Note.title.eq('a\0b')).count()).toBe(1);
  });

  test('NUL in SQL is refused', async () => {
    await Note.createTable();
    expect(await rejection(() => Note.select(Note.title.as('a\0b')).dicts())).toBeInstanceOf(ProgrammingError);
    expect(await rejection(() => sql('select 1\0; drop table note'))).toBeInstanceOf(ProgrammingError);
    expect(await Note.select().count()).toBe(0);
  });

  test('SQL that is too long, too deep, too wide is refused, where it is', async () => {
    await Note.createTable();
    const chain = Array.from({ length: 20_000 }).reduce<Expr<number | null>>((sum) => fn.call<number>('abs', sum), Note.stars);
    const works: (() => PromiseLike<unknown>)[] = [
      () => sql(`select '${'x'.repeat(17 << 20)}'`),
      () => sql(`select ${'1+'.repeat(5000)}1`),
      () => sql(`select ${'('.repeat(5000)}1${')'.repeat(5000)}`),
      () => sql(`select ${Array.from({ length: 3000 }, (_, n) => n).join()}`),
      () => Note.select(chain.as('deep')).dicts(),
    ];
    for (const work of works) {
      const error = await Promise.resolve()
        .then(async () => void (await work()))
        .catch((reason: unknown) => reason as Error);
      if (error === undefined) continue;
      expect(error).toBeInstanceOf(ProgrammingError);
      expect(error.message.length).toBeLessThan(500);
    }
    const many = supports.maxParams + 1;
    const tooMany = opened.database.executeSql(
      `select ${Array.from({ length: many }, () => '?').join()}`,
      new Array(many).fill(1),
    );
    expect(await rejection(tooMany)).toBeInstanceOf(ProgrammingError);
    expect((await sql('select 1')).scalar()).toBe(1);
  });

  test('a database that is closed, twice', async () => {
    await Note.createTable();
    const note = await Note.create({ title: 'kept' });
    const { database } = opened;
    await Promise.all([database.close(), database.close()]);
    await database.close();
    const works: (() => PromiseLike<unknown>)[] = [
      () => Note.select(),
      () => Note.create({ title: 'b' }),
      () => note.save({ only: ['title'] }),
      () => Note.insertMany([{ title: 'b' }]),
      () => database.atomic((tx) => tx(Note).create({ title: 'b' })),
      async () => {
        for await (const one of Note.select()) expect.unreachable(one.title);
      },
    ];
    for (const work of works) {
      const error = await rejection(work);
      expect(error).toBeInstanceOf(ConnectionClosedError);
      expect(error).toBeInstanceOf(DatabaseError);
      expect(error.message).toContain('connect()');
    }
    await database.connect();
    expect(await Note.tableExists()).toBe(database.name !== ':memory:');
  });
});
