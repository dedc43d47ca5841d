/** Models and databases together: binding, proxies exchanged under load, the lines of the user in errors. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CharField, DatabaseProxy, ForeignKeyField, IntegrityError, InterfaceError, Model, ProgrammingError } from 'waxwing';
import { SqliteDatabase } from 'waxwing/sqlite';
import { rejection } from './rejection.ts';

let one: SqliteDatabase;
let two: SqliteDatabase;
beforeEach(() => {
  [one, two] = [new SqliteDatabase(':memory:'), new SqliteDatabase(':memory:')];
});
afterEach(() => Promise.all([one.close(), two.close()]));

const proxy = new DatabaseProxy<SqliteDatabase>();
class City extends Model.define('city', { name: CharField({ unique: true }) }) {
  static meta = { database: proxy };
}
class Street extends Model.define('street', { name: CharField(), city: ForeignKeyField(() => City, { backref: 'streets' }) }) {
  static meta = { database: proxy };
}
const models = [Street, City];

describe('models bound to a proxy', () => {
  test('are an error before initialize', async () => {
    const fresh = new DatabaseProxy<SqliteDatabase>();
    class Early extends Model.define('early', { name: CharField() }) {
      static meta = { database: fresh };
    }
    const error = await rejection(Early.create({ name: 'a' }));
    expect(error).toBeInstanceOf(InterfaceError);
    expect(error.message).toContain('initialize');
    fresh.initialize(one);
    await one.createTables([Early]);
    expect((await Early.create({ name: 'a' })).id).toBe(1);
  });

  test('follow it, and queries under way finish where they began', async () => {
    for (const db of [one, two]) await db.createTables(models);
    const made: Promise<unknown>[] = [];
    for (let n = 0; n < 300; n++) {
      proxy.initialize(n % 2 === 0 ? one : two);
      made.push(City.create({ name: `city ${n}` }));
      if (n % 50 === 0) made.push(Promise.resolve(City.select().where(City.c.name.eq(`city ${n}`))));
    }
    await Promise.all(made);
    for (const [db, parity] of [
      [one, 0],
      [two, 1],
    ] as const) {
      proxy.initialize(db);
      const names = (await City.select()).map((city) => Number(city.name.slice(5)));
      expect(names).toHaveLength(150);
      expect(names.every((n) => n % 2 === parity)).toBe(true);
    }
  });

  test('a transaction stays where it began', async () => {
    for (const db of [one, two]) await db.createTables(models);
    proxy.initialize(one);
    await proxy.atomic(async (tx) => {
      const rome = await tx(City).create({ name: 'Rome' });
      proxy.initialize(two);
      await tx(Street).create({ name: 'Via Appia', city: rome });
      expect(await City.select().count()).toBe(0);
      expect(await tx(Street).select().join(City).count()).toBe(1);
    });
    expect(await City.select().count()).toBe(0);
    proxy.initialize(one);
    expect(await Street.select().count()).toBe(1);
  });
});

describe('binding', () => {
  class Thing extends Model.define('thing', { name: CharField() }) {}

  test('bind gives models a database', async () => {
    one.bind([Thing]);
    await one.createTables([Thing]);
    await Thing.create({ name: 'a' });
    expect(await one.execute(Thing.select().dicts())).toEqual([{ id: 1, name: 'a' }]);
    two.bind([Thing]);
    await two.createTables([Thing]);
    expect(await Thing.select().count()).toBe(0);
    expect(await one.execute(Thing.select().tuples())).toHaveLength(1);
  });

  test('bindCtx gives it for a while, also when the body fails', async () => {
    one.bind([Thing]);
    for (const db of [one, two]) await db.createTables([Thing]);
    expect(
      await two.bindCtx([Thing, City], async () => {
        await Thing.create({ name: 'b' });
        return Thing.select().count();
      }),
    ).toBe(1);
    await rejection(
      two.bindCtx([Thing], () => {
        throw new RangeError('no');
      }),
    );
    expect(await Thing.select().count()).toBe(0);
  });

  test('explain takes a query', async () => {
    await one.createTables(models);
    proxy.initialize(one);
    const [step] = await one.explain(City.select().where(City.c.name.eq('Rome')));
    expect(step?.detail).toMatch(/^SEARCH city USING COVERING INDEX/);
  });
});

describe('errors show the line of the user', () => {
  beforeEach(async () => {
    proxy.initialize(one);
    await one.createTables([City]);
  });

  test('of a method', async () => {
    const theirLine = async () => {
      await City.create({ name: 'Rome' });
      await City.create({ name: 'Rome' });
    };
    const error = await rejection(theirLine());
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error.stack).toContain('theirLine');
  });

  test('of a query that is awaited', async () => {
    const theirLine = async () => {
      await Street.select();
    };
    const error = await rejection(theirLine());
    expect(error).toBeInstanceOf(ProgrammingError);
    expect(error.stack).toContain('theirLine');
  });

  test('of a query that is iterated, in a transaction', async () => {
    const theirLine = () =>
      one.atomic(async function theirBody(tx) {
        for await (const _ of tx(Street).select());
      });
    const error = await rejection(theirLine());
    expect(error).toBeInstanceOf(ProgrammingError);
    expect(error.stack).toContain('theirBody');
  });
});
