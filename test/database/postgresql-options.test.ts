/** Which options go together, what a name may be, and what a database tells of a server. */
import { describe, expect, test } from 'vitest';
import { readName, serverOf } from '../../src/database/server.ts';
import { setting } from '../../src/dialect/postgres/settings.ts';
import { readUrl } from '../../src/driver/node-postgres-url.ts';
import { PostgresqlDatabase } from '../../src/entry/postgresql.ts';
import { rejection } from './rejection.ts';

describe('a name', () => {
  test('may be the URL of a server; the database is called by its own name, so that no error tells a password', () => {
    const url = 'postgresql://ann:s3cret@db.example.org:5433/my%20shop?application_name=x';
    expect(readName(url)).toEqual({ name: 'my shop', url });
    expect(new PostgresqlDatabase(url).name).toBe('my shop');
    expect(readName('postgresql:///shop?host=/tmp')).toMatchObject({ name: 'shop' });
    expect(readName('postgres://ann@localhost/')).toMatchObject({ name: 'ann' });
    expect(readName('postgres://localhost')).toMatchObject({ name: 'postgres' });
    expect(readName('shop')).toEqual({ name: 'shop' });
    expect(readName(null)).toEqual({ name: null });
    for (const broken of ['postgres://[', 'postgres://ann:s3cret@localhost/a%'])
      expect(() => readName(broken)).toThrow(/^This is no URL of a server: it looks like postgresql:/);
    for (const broken of [
      'postgres://ann:50%@localhost/a',
      'postgres://ann%:25@localhost/a',
      'postgres://ann%C3:%A9@localhost/a',
    ])
      expect(() => readUrl(broken)).toThrow(/^This is no URL of a server: it looks like postgresql:/);
  });

  test('given later counts as one given at once', async () => {
    const database = new PostgresqlDatabase(null);
    expect(await rejection(database.connect())).toMatchObject({
      message: 'Error, database must be initialized before opening a connection.',
    });
    database.init('postgresql://ann:s3cret@localhost:1/shop');
    expect(database.name).toBe('shop');
    database.init(':memory:');
    expect(await database.connect()).toBe(true);
    await database.close();
  });
});

test('a server is meant as soon as anything of one is told', () => {
  expect(serverOf({})).toBeUndefined();
  expect(serverOf({ host: undefined })).toBeUndefined();
  expect(serverOf({ user: 'ann' })).toMatchObject({ user: 'ann' });
});

describe('options that contradict each other', () => {
  test.each([
    ['memory and another storage', { memory: true, storage: 'file' }],
    ['a server and memory', { memory: true, host: 'localhost' }],
    ['a server and a storage', { storage: 'file', host: 'localhost' }],
  ] as const)('%s', async (_, options) => {
    expect(await rejection(new PostgresqlDatabase('x', options).connect())).toMatchObject({ name: 'ImproperlyConfigured' });
  });

  test('memory and storage memory do not', async () => {
    const database = new PostgresqlDatabase('x', { memory: true, storage: 'memory' });
    expect((await database.storage.state()).backend).toBe('memory');
    await database.close();
  });
});

describe('a setting', () => {
  test.each([
    ['workMem', '64MB', "SET work_mem TO '64MB'"],
    ['enableSeqscan', false, 'SET enable_seqscan TO off'],
    ['statement_timeout', 5000, 'SET statement_timeout TO 5000'],
    ['TimeZone', "a'b", "SET timezone TO 'a''b'"],
    ['searchPath', ['a"b', 'c'], 'SET search_path TO "a""b", "c"'],
  ] as const)('%s', (name, value, sql) => expect(setting(name, value).sql).toBe(sql));

  test('is a finite number', () => expect(() => setting('workMem', Number.NaN)).toThrow(/NaN/));
});
