/** What is Postgres's own: settings, isolation, channels, sequences, plans, cursors. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { PostgresqlOptions } from '../../src/entry/postgresql.ts';
import { ArrayField, CITextField, HStoreField, PostgresqlExtDatabase } from '../../src/entry/postgresql-ext.ts';
import { CharField, IntegerField, Model } from '../../src/index.ts';
import { rejection } from './rejection.ts';

/** Where Postgres is: here, or on a server where there is one. */
interface Place {
  readonly place: string;
  readonly name: string;
  readonly server: PostgresqlOptions;
}

const server = typeof window === 'undefined' ? inject('postgres') : null;
const name = `own-${Date.now().toString(36)}`;
const places: Place[] = [
  { place: 'PGlite', name: ':memory:', server: {} },
  ...(server ? [{ place: 'a server', name, server: { host: server.host, port: server.port, user: server.user } }] : []),
];

if (server) {
  const administer = async (sql: string): Promise<void> => {
    await using office = new PostgresqlExtDatabase('postgres', places[1]?.server);
    await office.executeSql(sql);
  };
  beforeAll(() => administer(`CREATE DATABASE "${name}"`));
  afterAll(() => administer(`DROP DATABASE "${name}" WITH (FORCE)`));
}

describe.each(places)('on $place', ({ name, server }) => {
  const make = (options: PostgresqlOptions = {}): PostgresqlExtDatabase =>
    new PostgresqlExtDatabase(name, { ...server, ...options });
  const db = make({ timezone: 'Asia/Tokyo', settings: { workMem: '8MB', 'app.tenant': 'north' } });

  class Item extends Model.define('item', { title: CharField({ index: true }), n: IntegerField() }) {
    static meta = { database: db };
  }

  beforeAll(async () => {
    await db.createTables([Item]);
    await Item.insertMany(Array.from({ length: 5000 }, (_, n) => ({ title: `item ${n}`, n }))).execute();
  });
  afterAll(() => db.close());

  const inTransaction = async (sql: string, options = {}): Promise<unknown> =>
    db.atomic(async (tx) => (await tx.run({ statements: [{ sql, mode: 'read' }] }))[0]?.rows.data[0]?.[0], options);

  describe('settings', () => {
    test('made by options hold everywhere', async () => {
      expect(db.serverVersion).toMatch(/^\d+\.\d+/);
      expect(await db.setting('timezone')).toBe('Asia/Tokyo');
      expect(await db.setting('workMem')).toBe('8MB');
      expect(await db.setting('app.tenant')).toBe('north');
      expect(await inTransaction('SHOW app.tenant')).toBe('north');
    });

    test('made later hold on every connection, and after the database was closed', async () => {
      const other = make();
      await other.setTimeZone('Europe/Berlin');
      await other.setIsolationLevel('serializable');
      await other.createSchema('Shop floor');
      await other.setSearchPath('Shop floor', 'public');
      expect(await other.setting('workMem', '16MB')).toBe('16MB');
      const seen = async (name: string): Promise<unknown> =>
        other.atomic(async (tx) => (await tx.run({ statements: [{ sql: `SHOW ${name}`, mode: 'read' }] }))[0]?.rows.data[0]?.[0]);
      expect(await seen('timezone')).toBe('Europe/Berlin');
      expect(await seen('transaction_isolation')).toBe('serializable');
      expect(await seen('search_path')).toBe('"Shop floor", public');
      expect(await seen('work_mem')).toBe('16MB');
      await other.close();
      await other.connect();
      expect(await seen('timezone')).toBe('Europe/Berlin');
      expect(await seen('transaction_isolation')).toBe('serializable');
      await other.dropSchema('Shop floor', { cascade: true });
      await other.close();
    });

    test('that say how values are written are the driver’s', async () => {
      expect(await rejection(db.setting('DateStyle', 'German'))).toMatchObject({ name: 'NotSupportedError' });
      expect(await rejection(db.setting('byteaOutput', 'escape'))).toMatchObject({ name: 'NotSupportedError' });
      expect(await rejection(db.setting('work_mem; DROP TABLE item', '1'))).toMatchObject({ name: 'ProgrammingError' });
      expect(await rejection(db.setting('workMen', '1'))).toMatchObject({ database: db.name, code: '42704' });
    });

    test('cannot be made in a session', async () => {
      await db.sessionStart();
      expect(await rejection(db.setTimeZone('UTC'))).toMatchObject({ name: 'InterfaceError' });
      await db.sessionRollback();
    });
  });

  test('SQL as it is written answers values of the types it has', async () => {
    const sql = `SELECT $1::int + 1, timestamp '2024-02-29 12:00', '[1,{"a":null}]'::jsonb, ARRAY[1, 2], true, 1.50, 2^53::int8 + $2::int8, NULL::date`;
    expect((await db.executeSql(sql, [4, 1n])).rows).toEqual([
      [5, new Date('2024-02-29T12:00:00Z'), [1, { a: null }], [1, 2], true, '1.50', expect.anything(), null],
    ]);
    expect((await db.executeSql('SELECT ? AS x', ['a?b'])).scalar()).toBe('a?b');
  });

  describe('a transaction', () => {
    test.each(['read committed', 'repeatable read', 'serializable'] as const)('may be %s', async (isolationLevel) => {
      expect(await inTransaction('SHOW transaction_isolation', { isolationLevel })).toBe(isolationLevel);
    });
  });

  describe('channels', () => {
    test('are heard in a loop, which ends the listening when it is left', async () => {
      const heard: string[] = [];
      const jobs = db.listen('jobs');
      await jobs.ready;
      await db.notify('jobs', 'one');
      await db.notify('other', 'never');
      await db.notify('jobs');
      for await (const { channel, payload } of jobs) {
        heard.push(`${channel}: ${payload}`);
        if (heard.length === 2) break;
      }
      expect(heard).toEqual(['jobs: one', 'jobs: ']);
      expect(await jobs.next()).toEqual({ done: true, value: undefined });
      expect((await db.executeSql('SELECT pg_listening_channels()')).rows).toEqual([]);
    });

    test('have any number of listeners, each with all messages', async () => {
      const name = 'Jöbs "of" the day';
      const [one, two] = [db.listen(name), db.listen(name)];
      await Promise.all([one.ready, two.ready]);
      await db.notify(name, 'a');
      expect((await one.next()).value).toEqual({ channel: name, payload: 'a' });
      await one.return();
      await db.notify(name, 'b');
      expect((await two.next()).value?.payload).toBe('a');
      expect((await two.next()).value?.payload).toBe('b');
      await two.return();
      const three = db.listen(name);
      await three.ready;
      await db.notify(name, 'c');
      expect((await three.next()).value?.payload).toBe('c');
      await three.return();
    });

    test('have no longer names than Postgres keeps: nothing would ever be heard on one that was cut', async () => {
      for (const name of ['x'.repeat(63), 'ä'.repeat(31)]) {
        await using jobs = db.listen(name);
        await jobs.ready;
        await db.notify(name, 'heard');
        expect((await jobs.next()).value).toEqual({ channel: name, payload: 'heard' });
      }
      for (const name of ['x'.repeat(64), 'ä'.repeat(32)]) {
        expect(await rejection(db.listen(name).next())).toMatchObject({ name: 'ProgrammingError', database: db.name });
      }
      expect((await db.executeSql('SELECT pg_listening_channels()')).rows).toEqual([]);
    });

    test('get what a transaction sends when it commits, in order, and nothing of one that does not', async () => {
      await using jobs = db.listen('jobs');
      await jobs.ready;
      await rejection(
        db.atomic(async (tx) => {
          await db.notify('jobs', 'undone', tx);
          throw new RangeError('no');
        }),
      );
      await db.atomic(async (tx) => {
        await db.notify('jobs', '1', tx);
        await db.notify('jobs', '2', tx);
      });
      expect([(await jobs.next()).value?.payload, (await jobs.next()).value?.payload]).toEqual(['1', '2']);
    });

    test('end with the database, and cannot be listened to when it is closed', async () => {
      const other = make();
      const jobs = other.listen('jobs');
      await jobs.ready;
      await other.notify('jobs', 'last');
      expect((await jobs.next()).value?.payload).toBe('last');
      const waiting = jobs.next();
      expect(await other.close()).toBe(true);
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(await rejection(other.listen('jobs').next())).toMatchObject({ name: 'ConnectionClosedError', database: db.name });
    });
  });

  test('sequences and schemas', async () => {
    await db.createSequence('Ticket no');
    await db.createSequence('Ticket no');
    expect(await rejection(db.createSequence('Ticket no', { safe: false }))).toMatchObject({ code: '42P07' });
    expect(await rejection(db.currval('"Ticket no"'))).toMatchObject({ code: '55000' });
    expect([await db.nextval('"Ticket no"'), await db.nextval('"Ticket no"')]).toEqual([1, 2]);
    expect(await db.currval('"Ticket no"')).toBe(2);
    await db.executeSql('ALTER SEQUENCE "Ticket no" RESTART 9007199254740993');
    expect(await db.nextval('"Ticket no"')).toBe(9007199254740993n);
    expect(await db.getSequences()).toEqual(['Ticket no', 'item_id_seq']);
    await db.dropSequence('Ticket no');
    expect(await db.getSequences()).toEqual(['item_id_seq']);
    await db.createSchema('Shop floor');
    await db.createSequence('till', { schema: 'Shop floor' });
    expect(await db.getSchemas()).toContain('Shop floor');
    expect(await rejection(db.dropSchema('Shop floor'))).toMatchObject({ code: '2BP01' });
    await db.dropSchema('Shop floor', { cascade: true });
    expect(await db.getSchemas()).not.toContain('Shop floor');
  });

  test('extensions that columns need come with their tables', async () => {
    class Thing extends Model.define('thing', { details: HStoreField(), names: ArrayField(CITextField()) }) {
      static meta = { database: db };
    }
    await Thing.createTable();
    const sql = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1";
    expect((await db.executeSql(sql)).rows).toEqual([['citext'], ['hstore']]);
    await Thing.create({ details: { a: '1', b: null }, names: ['Ann', 'Bob'] });
    expect(
      await Thing.select(Thing.details)
        .where(Thing.names.contains(['ANN']))
        .scalars(),
    ).toEqual([{ a: '1', b: null }]);
    await db.dropTables([Thing]);
  });

  describe('a plan', () => {
    test('is a tree of steps', async () => {
      await db.analyze([Item]);
      const [step] = await db.explain(Item.select(Item.n).where(Item.title.eq('item 7')));
      expect(JSON.stringify(step)).toMatch(/item_title/);
      expect(step).toMatchObject({ id: 1, rows: expect.any(Number), cost: expect.any(Number), actual: undefined });
      const [sort] = await db.explain('SELECT n % ? AS m, count(*) FROM item GROUP BY 1 ORDER BY 2', [7]);
      expect(sort?.detail).toMatch(/^Sort Sort Key: /);
      expect(sort?.steps[0]?.detail).toMatch(/^HashAggregate/);
      expect(sort?.steps[0]?.steps[0]).toMatchObject({ detail: 'Seq Scan on item', rows: 5000 });
    });

    test('can tell what happened', async () => {
      const [step] = await db.explain(Item.select().where(Item.n.lt(10)), [], { analyze: true });
      expect(step?.actual).toMatchObject({ rows: 10, loops: 1, ms: expect.any(Number) });
    });
  });

  test('housekeeping', async () => {
    await Item.delete().where(Item.n.gte(4000)).execute();
    await db.vacuum([Item, 'item'], { analyze: true });
    await db.vacuum([], { full: true });
    await Item.insertMany(Array.from({ length: 1000 }, (_, n) => ({ title: `item ${4000 + n}`, n: 4000 + n }))).execute();
    expect(await Item.select().count()).toBe(5000);
  });

  describe('a cursor', () => {
    test('gives rows in batches, as they were when it began', async () => {
      let seen = 0;
      for await (const item of db.serverSide(Item.select().orderBy(Item.n), { batchSize: 100 })) {
        expect(item).toBeInstanceOf(Item);
        expect(item.n).toBe(seen++);
        if (seen === 150) await Item.delete().where(Item.n.eq(4999)).execute();
      }
      expect(seen).toBe(5000);
      expect(await Item.select().count()).toBe(4999);
      await Item.create({ title: 'item 4999', n: 4999 });
    });

    test('in any shape, left early, in a transaction', async () => {
      const query = Item.select(Item.n).orderBy(Item.n).tuples();
      for await (const [n] of db.serverSide(query, { batchSize: 7 })) if (n === 20) break;
      await db.atomic(async (tx) => {
        await tx(Item).create({ title: 'mine', n: -1 });
        for await (const [n] of db.serverSide(query, { batchSize: 3, executor: tx })) {
          expect(n).toBe(-1);
          break;
        }
        await tx.rollback();
      });
      expect((await db.executeSql("SELECT count(*) FROM pg_cursors WHERE name <> ''")).scalar()).toBe(0);
      expect(() => db.serverSide(query, { batchSize: 0 })).toThrow(/batchSize/);
    });

    test('tells what is wrong with its query', async () => {
      const query = Item.select(Item.n).where(Item.n.add(1).div(0).eq(1));
      const error = await rejection(
        (async () => {
          for await (const _ of db.serverSide(query)) expect.unreachable();
        })(),
      );
      expect(error).toMatchObject({ name: 'DataError', code: '22012', database: db.name });
    });
  });
});
