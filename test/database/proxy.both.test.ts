/** A stand-in for databases, exchanged while queries run. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseProxy } from '../../src/database/proxy.ts';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { InterfaceError } from '../../src/errors.ts';
import { rejection } from './rejection.ts';
import { note } from './tables.ts';

let one: SqliteDatabase;
let two: SqliteDatabase;

beforeEach(async () => {
  [one, two] = [new SqliteDatabase(':memory:'), new SqliteDatabase(':memory:')];
  for (const db of [one, two]) await db.createTables([note]);
});
afterEach(() => Promise.all([one.close(), two.close()]));

const insert = { sql: 'INSERT INTO note (text) VALUES (1)', mode: 'write' } as const;
const count = async (db: SqliteDatabase) => (await db.executeSql('SELECT count(*) FROM note')).scalar();

describe('a proxy', () => {
  test('has everything its database has', async () => {
    const proxy = new DatabaseProxy<SqliteDatabase>();
    proxy.initialize(one);
    expect(proxy.obj).toBe(one);
    expect(proxy.name).toBe(':memory:');
    expect(proxy.dialect).toBe(one.dialect);
    expect(await proxy.getTables()).toEqual(['note']);
    expect(await proxy.userVersion(4)).toBe(4);
    expect(await one.userVersion()).toBe(4);
    expect(proxy).toBeInstanceOf(SqliteDatabase);
    expect('executeSql' in proxy).toBe(true);
    await proxy.atomic((tx) => tx.run({ statements: [insert] }));
    expect(await count(proxy)).toBe(1);
    expect(await proxy.close()).toBe(true);
    expect(one.isClosed()).toBe(true);
  });

  test('is an error before initialize, but can be looked at and awaited', async () => {
    const proxy = new DatabaseProxy<SqliteDatabase>();
    expect(proxy.obj).toBe(null);
    expect(() => proxy.executeSql('SELECT 1')).toThrow(InterfaceError);
    expect(() => proxy.dialect).toThrow(/initialize\(database\)/);
    expect(await proxy).toBe(proxy);
    expect(`${Object.prototype.toString.call(proxy)}`).toBe('[object Object]');
    expect(proxy).not.toBeInstanceOf(SqliteDatabase);
  });

  test('tells its callbacks of each database', () => {
    const proxy = new DatabaseProxy<SqliteDatabase>();
    const seen: SqliteDatabase[] = [];
    const callback = proxy.attachCallback((db) => seen.push(db));
    proxy.initialize(one);
    proxy.initialize(two);
    expect(seen).toEqual([one, two]);
    expect(callback).toBeTypeOf('function');
  });

  test('exchanged while queries run: those under way finish where they began', async () => {
    const proxy = new DatabaseProxy<SqliteDatabase>();
    proxy.initialize(one);
    const running: Promise<unknown>[] = [];
    for (let n = 0; n < 200; n++) {
      proxy.initialize(n % 3 === 0 ? two : one);
      running.push(proxy.run({ statements: [insert] }));
    }
    let inside: Promise<unknown> = Promise.resolve();
    proxy.initialize(one);
    running.push(
      proxy.atomic(async (tx) => {
        await tx.run({ statements: [insert] });
        proxy.initialize(two);
        inside = proxy.run({ statements: [insert] });
        await tx.run({ statements: [insert] });
      }),
    );
    await Promise.all(running);
    await inside;
    expect(await count(one)).toBe(133 + 2);
    expect(await count(two)).toBe(67 + 1);
  });

  test('a stream goes on in the database where it began', async () => {
    const proxy = new DatabaseProxy<SqliteDatabase>();
    proxy.initialize(one);
    await one.executeSql("INSERT INTO note (text) SELECT value FROM json_each('[1,2,3,4]')");
    const seen: unknown[] = [];
    for await (const slice of proxy.stream({ sql: 'SELECT text FROM note', mode: 'read' }, 1)) {
      proxy.initialize(two);
      seen.push(...slice.data[0]!);
    }
    expect(seen).toHaveLength(4);
  });

  test('closing the old database after the exchange leaves the new one alone', async () => {
    const proxy = new DatabaseProxy<SqliteDatabase>();
    proxy.initialize(one);
    const late = proxy.run({ statements: [insert] });
    proxy.initialize(two);
    await one.close();
    await late;
    expect(await count(proxy)).toBe(0);
    await expect(rejection(one.executeSql('SELECT 1'))).resolves.toMatchObject({ name: 'ConnectionClosedError' });
  });
});
