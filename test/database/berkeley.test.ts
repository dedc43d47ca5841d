/** BerkeleyDatabase and Berkeley DB's own shell, each on what the other wrote. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BerkeleyDatabase, toSqlite } from '../../src/entry/berkeley.ts';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { CorruptDatabaseError, DatabaseInUseError, NotSupportedError } from '../../src/errors.ts';
import { pagesOf } from '../../src/storage/bdb/read/pages-of.ts';
import { readBdb } from '../../src/storage/bdb/read/reader.ts';
import { applyChanges } from '../../src/storage/bdb/write/incremental.ts';
import { PageStore } from '../../src/storage/bdb/write/page-store.ts';
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

test('an index that lacks a row is found by an import and a conversion, and mended by vacuum()', async () => {
  await db.executeSql('CREATE TABLE t (a)');
  await db.executeSql('INSERT INTO t VALUES (1), (2), (3)');
  await db.executeSql('CREATE INDEX i ON t (a)');
  const lacking = withoutIndexEntry(await bytesOf(await db.exportFile()));
  const other = new BerkeleyDatabase(':memory:');
  const error = await rejection(other.importFile(lacking));
  expect(error).toBeInstanceOf(CorruptDatabaseError);
  expect(error.message).toContain('index "i" has 2 entries, and the table "t" 3 rows');
  await other.close();
  await db.close();
  writeFileSync(file, lacking);
  // What is opened in place is not looked at as a whole: its own indexes are made anew, and so right.
  await db.connect();
  expect((await db.executeSql('SELECT count(*) FROM t INDEXED BY i WHERE a > 0')).scalar()).toBe(3);
  expect(await rejection(toSqlite(await db.exportFile()))).toBeInstanceOf(CorruptDatabaseError);
  await db.vacuum();
  await toSqlite(await db.exportFile());
  if (hasJudges) expect(await judge.verify(readFileSync(file))).toBeUndefined();
});

/** The file, of one table and one index of numbers, without the second entry of the index. */
function withoutIndexEntry(bytes: Uint8Array): Uint8Array {
  const pages = pagesOf(bytes, 'a test');
  const store = new PageStore(pages);
  const content = readBdb(pages, 'a test');
  const { name } = [...content.trees.values()].find(({ kind }) => kind === 'index')!;
  const entries = [...content.entries(name)];
  const place = (key: Uint8Array): number => entries.findIndex((entry) => entry.key.join() === key.join());
  const order = { compare: (a: Uint8Array, b: Uint8Array) => place(a) - place(b), duplicates: true };
  applyChanges(store, [{ name, order, what: 'changed', removed: [entries[1]!], added: [] }]);
  const { pageSize, pages: numbers, images } = store.take();
  const changed = bytes.slice();
  for (const [at, number] of numbers.entries())
    changed.set(images.subarray(at * pageSize, (at + 1) * pageSize), number * pageSize);
  return changed;
}
