/** BerkeleyDatabase and Berkeley DB's own shell, each on what the other wrote. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BerkeleyDatabase } from '../../src/entry/berkeley.ts';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { CorruptDatabaseError, DatabaseInUseError, NotSupportedError } from '../../src/errors.ts';
import { hasJudges, judge } from '../tools/berkeley.ts';
import { rejection } from './rejection.ts';
import { column, note, reference, table } from './tables.ts';

let folder: string;
let file: string;
let db: BerkeleyDatabase;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waxwing-'));
  file = join(folder, 'my_app.db');
  db = new BerkeleyDatabase(file);
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());
const user = table('user', [column('name', { unique: true })]);
const tweet = table('tweet', [reference('user_id', 'user'), column('text')]);

describe.skipIf(!hasJudges)('the shell of Berkeley DB', () => {
  test('opens the very file that is stored, after every commit', async () => {
    await db.createTables([user, tweet]);
    await db.executeSql('CREATE INDEX tweet_text ON tweet (text)');
    for (let n = 1; n <= 5; n++) {
      await db.executeSql('INSERT INTO user (name) VALUES (?)', [`user ${n}`]);
      await db.executeSql('INSERT INTO tweet (user_id, text) VALUES (?, ?)', [n, 'x'.repeat(700 * n)]);
      const stored = readFileSync(file);
      expect(await judge.verify(stored)).toBeUndefined();
      expect((await judge.sql(stored, ['select count(*), max(length(text)) from tweet'])).lines).toEqual([`${n}|${700 * n}`]);
    }
  });

  test('goes on with an exported file, which is imported again', async () => {
    await db.createTables([user, tweet]);
    await db.executeSql("INSERT INTO user (name) VALUES ('ann'), ('bob')");
    await db.userVersion(3);
    const { bytes } = await judge.sql(await bytesOf(await db.exportFile()), [
      "insert into user (name) values ('eve')",
      "update user set name = 'Ann' where name = 'ann'",
      'create table extra (a integer primary key, b)',
      "insert into extra values (7, x'00ff')",
      'pragma user_version = 4',
    ]);
    await db.importFile(bytes.slice());
    expect((await db.executeSql('SELECT name FROM user ORDER BY name')).rows.flat()).toEqual(['Ann', 'bob', 'eve']);
    expect((await db.executeSql('SELECT * FROM extra')).rows).toEqual([[7, Uint8Array.of(0, 255)]]);
    expect(await db.userVersion()).toBe(4);
    await db.executeSql('INSERT INTO extra (b) VALUES (?)', [1.5]);
    await db.close();
    expect((await judge.sql(readFileSync(file), ['select * from extra order by a'])).lines).toHaveLength(2);
  });

  test('keeps its sequences', async () => {
    const { bytes } = await judge.sql(null, [
      "select create_sequence('birds')",
      "select nextval('birds')",
      'create table t (a)',
      'insert into t values (1)',
    ]);
    writeFileSync(file, bytes);
    await db.executeSql('INSERT INTO t VALUES (2)');
    await db.vacuum();
    await db.importFile(await db.exportFile());
    const { lines } = await judge.sql(await bytesOf(await db.exportFile()), ["select nextval('birds')"]);
    expect(Number(lines[0])).toBeGreaterThan(0);
  });

  test.each([
    ['a column', ['create table t (a, returning)']],
    ['a table', ['create table nothing (a)']],
  ])('takes names that are words of SQL by now; %s called so is refused, not called damaged', async (_, statements) => {
    const { bytes } = await judge.sql(null, statements);
    const error = await rejection(db.importFile(bytes.slice()));
    expect(error).toBeInstanceOf(NotSupportedError);
    expect(error.message).toContain('in quotes');
    await db.close();
    writeFileSync(file, bytes);
    expect(await rejection(db.connect())).toBeInstanceOf(NotSupportedError);
  });
});

test('a genuine file is opened where it is, and changed there', async () => {
  copyFileSync(new URL('../storage/bdb/corpus/02-basic.db', import.meta.url), file);
  const tables = await db.getTables();
  expect(tables.length).toBeGreaterThan(0);
  await db.createTables([note]);
  await db.close();
  await db.connect();
  expect(await db.getTables()).toEqual([...tables, 'note'].sort());
});

test('a file that another kind of database has open is refused', async () => {
  await db.createTables([note]);
  expect(await rejection(new SqliteDatabase(file).connect())).toBeInstanceOf(DatabaseInUseError);
});

test('a file copied without what its logs have says so', async () => {
  copyFileSync(new URL('../storage/bdb/corpus/90-not-checkpointed.db', import.meta.url), file);
  const error = await rejection(db.connect());
  expect(error).toBeInstanceOf(CorruptDatabaseError);
  expect(error.message).toContain('db5.3_sql');
});
