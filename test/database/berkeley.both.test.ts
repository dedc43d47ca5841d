/** What is BerkeleyDatabase's own: what its files cannot hold, its two kinds of file, its settings; the rest is SQLite's. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BerkeleyDatabase, toBerkeley, toSqlite } from '../../src/entry/berkeley.ts';
import { SqliteDatabase, type StorageKind } from '../../src/entry/sqlite.ts';
import { AbortedError, CorruptDatabaseError, ImproperlyConfigured, NotSupportedError } from '../../src/errors.ts';
import { isNode } from '../../src/util/platform.ts';
import { rejection } from './rejection.ts';
import { column, note, table } from './tables.ts';

const run = Math.random().toString(36).slice(2);
let count = 0;

/** A name that no other test has; on Node a path. */
async function freshName(): Promise<string> {
  const name = `berkeley-${run}-${count++}.db`;
  if (!isNode()) return name;
  const [{ tmpdir }, { join }] = await Promise.all([import('node:os'), import('node:path')]);
  return join(tmpdir(), name);
}

let db: BerkeleyDatabase;
beforeEach(() => {
  db = new BerkeleyDatabase(':memory:');
});
afterEach(async () => {
  await db.close();
});

const fill = (of: BerkeleyDatabase | SqliteDatabase, rows: number) =>
  of.executeSql(
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO note (text) SELECT hex(randomblob(100)) FROM n',
    [rows],
  );
const texts = async (of: BerkeleyDatabase | SqliteDatabase) =>
  (await of.executeSql('SELECT id, text FROM note ORDER BY id')).rows;
const schema = async (of: BerkeleyDatabase | SqliteDatabase = db) =>
  (await of.executeSql('SELECT type, name, sql FROM sqlite_master ORDER BY name')).rows;
const start = async (file: Blob) => [...new Uint8Array(await file.slice(12, 16).arrayBuffer())];
const BERKELEY = [0x62, 0x31, 0x05, 0x00];

describe('what a file of Berkeley DB SQL cannot hold', () => {
  test.each([
    ['CREATE TABLE f (a INTEGER) STRICT', 'table "f"'],
    ['CREATE TABLE f (a INTEGER PRIMARY KEY) WITHOUT ROWID', 'table "f"'],
    ['/* first */ create table f (a, b AS (a + 1))', 'table "f"'],
    ['; -- nothing\n ;CREATE TABLE f (a INTEGER) STRICT', 'table "f"'],
    ['CREATE INDEX f ON note (text) WHERE text IS NOT NULL', 'index "f"'],
    ['CREATE INDEX f ON note (lower(text))', 'index "f"'],
    ['CREATE VIEW f AS WITH x AS (SELECT 1) SELECT * FROM x', 'view "f"'],
    ['CREATE TRIGGER f AFTER INSERT ON note BEGIN INSERT INTO note (text) VALUES (1), (2); END', 'trigger "f"'],
    ['ALTER TABLE note ADD COLUMN b GENERATED ALWAYS AS (1)', 'table "note"'],
    ['ALTER TABLE note ADD COLUMN b DEFAULT TRUE', 'table "note"'],
  ])('is refused when it runs: %s', async (sql, name) => {
    await db.createTables([note]);
    await db.executeSql("INSERT INTO note (text) VALUES ('a')");
    const before = await schema();
    const error = await rejection(db.executeSql(sql));
    expect(error).toBeInstanceOf(NotSupportedError);
    expect(error.message).toContain(name);
    expect(error).toMatchObject({ sql, database: ':memory:' });
    expect(await schema()).toEqual(before);
    expect(await texts(db)).toEqual([[1, 'a']]);
  });

  test('ends no transaction in which it is tried', async () => {
    await db.createTables([note]);
    await db.atomic(async (tx) => {
      await tx.executeSql("INSERT INTO note (text) VALUES ('a')");
      await rejection(tx.executeSql('CREATE TABLE f (a INTEGER) STRICT'));
      await tx.executeSql("INSERT INTO note (text) VALUES ('b')");
    });
    expect(await texts(db)).toHaveLength(2);
    expect(await db.getTables()).toEqual(['note']);
  });

  test('is refused of a model before any table of it is there', async () => {
    const tables = [note, table('odd', [column('a')], { strict: true })];
    expect(await rejection(db.createTables(tables))).toBeInstanceOf(NotSupportedError);
    expect(await db.getTables()).toEqual([]);
  });

  test('is refused of the schema that is written by hand', async () => {
    await db.createTables([note]);
    await db.manualCommit(async (connection) => {
      await connection.executeSql('PRAGMA writable_schema = ON');
      const sql = "UPDATE sqlite_master SET sql = 'CREATE TABLE note (id INTEGER PRIMARY KEY, text) STRICT'";
      expect(await rejection(connection.executeSql(sql))).toBeInstanceOf(NotSupportedError);
      for (const temporary of ['', 'TEMP ']) {
        await connection.executeSql(`CREATE ${temporary}TRIGGER r AFTER INSERT ON note BEGIN ${sql} WHERE name = 'note'; END`);
        const insert = connection.executeSql("INSERT INTO note (text) VALUES ('a')");
        expect(await rejection(insert)).toBeInstanceOf(NotSupportedError);
        await connection.executeSql('DROP TRIGGER r');
      }
      await connection.executeSql("INSERT INTO note (text) VALUES ('b')");
    });
    expect(await texts(db)).toEqual([[1, 'b']]);
  });

  test('is refused of a view with a name that only today’s SQLite finds once', async () => {
    await db.executeSql('CREATE TABLE a (id, x)');
    await db.executeSql('CREATE TABLE b (id, y)');
    await db.executeSql('CREATE VIEW c AS SELECT id, 1 AS z FROM a');
    const error = await rejection(db.executeSql('CREATE VIEW v AS SELECT id FROM a NATURAL JOIN b NATURAL JOIN c'));
    expect(error).toBeInstanceOf(NotSupportedError);
    expect(error.message).toContain('(write "a.id")');
    await db.executeSql('CREATE VIEW v AS SELECT a.id FROM a NATURAL JOIN b NATURAL JOIN c');
  });

  test('may be in a temporary table, which is in no file', async () => {
    await db.manualCommit(async (connection) => {
      await connection.executeSql('CREATE TEMP TABLE f (a INTEGER) STRICT');
      expect((await connection.executeSql('SELECT count(*) FROM f')).scalar()).toBe(0);
    });
  });

  test('takes no time over comments in front of a statement', async () => {
    const text = `${'/* a **/ '.repeat(200)} SELECT 1`;
    expect((await db.executeSql(text)).scalar()).toBe(1);
  });

  test('leaves a statement its own error', async () => {
    await db.createTables([note]);
    expect((await rejection(db.executeSql('CREATE TABLE note (a)'))).message).toContain('already exists');
    expect(await db.getTables()).toEqual(['note']);
  });
});

describe('a file', () => {
  test('is one of Berkeley DB, or of SQLite, and either comes back', async () => {
    await db.createTables([note]);
    await db.executeSql('CREATE UNIQUE INDEX note_text ON note (text COLLATE NOCASE DESC)');
    await fill(db, 500);
    const berkeley = await db.exportFile();
    const sqlite = await db.exportSqlite();
    expect(await start(berkeley)).toEqual(BERKELEY);
    expect(await sqlite.slice(0, 15).text()).toBe('SQLite format 3');
    const other = new BerkeleyDatabase(':memory:');
    for (const file of [berkeley, sqlite]) {
      await other.importFile(file);
      expect(await schema(other)).toEqual(await schema());
      expect(await texts(other)).toEqual(await texts(db));
      expect((await other.executeSql('PRAGMA integrity_check')).scalar()).toBe('ok');
    }
    await fill(other, 5);
    expect(await texts(other)).toHaveLength(505);
    await other.close();
  });

  test('goes to SQLite and back without a database of one’s own', async () => {
    const sqlite = new SqliteDatabase(':memory:');
    await sqlite.createTables([note]);
    await fill(sqlite, 100);
    const berkeley = await toBerkeley(await sqlite.exportFile(), { pageSize: 512 });
    expect(await start(berkeley)).toEqual(BERKELEY);
    expect(new DataView(await berkeley.slice(20, 24).arrayBuffer()).getUint32(0, true)).toBe(512);
    const rows = await texts(sqlite);
    await sqlite.executeSql('DELETE FROM note');
    await sqlite.importFile(await toSqlite(berkeley));
    expect(await texts(sqlite)).toEqual(rows);
    await sqlite.close();
  });

  test('gets the pages that are asked for when it is converted to what it is, and is given up like an import', async () => {
    await db.createTables([note]);
    await fill(db, 100);
    const rows = await texts(db);
    const other = await toBerkeley(await db.exportFile(), { pageSize: 512 });
    expect(new DataView(await other.slice(20, 24).arrayBuffer()).getUint32(0, true)).toBe(512);
    await db.executeSql('DELETE FROM note');
    await db.importFile(other);
    expect(await texts(db)).toEqual(rows);
    const stop = new AbortController();
    const onProgress = (_done: number, _total: number | null, step?: string) => step === 'check' && stop.abort();
    const given = toSqlite(other, { signal: stop.signal, onProgress });
    // From a page the word comes too late where the file is small.
    if (isNode()) expect(await rejection(given)).toBeInstanceOf(AbortedError);
    else await given.catch((error: unknown) => expect(error).toBeInstanceOf(AbortedError));
  });

  test('is exported under an id of its own each time', async () => {
    await db.createTables([note]);
    const id = async () => [...new Uint8Array(await (await db.exportFile()).slice(52, 72).arrayBuffer())];
    expect(await id()).not.toEqual(await id());
  });

  test.each([
    ['nothing', ''],
    ['a text', 'This is no database, however long it may be. '.repeat(200)],
    ['the start of a SQLite file', 'SQLite format 3\0'],
  ])('that is %s is refused, and all stays as it was', async (_, content) => {
    await db.createTables([note]);
    await fill(db, 3);
    const before = await texts(db);
    expect(await rejection(db.importFile(new Blob([content])))).toBeInstanceOf(CorruptDatabaseError);
    expect(await texts(db)).toEqual(before);
  });

  test('of SQLite with what Berkeley DB SQL does not know is refused, and all stays as it was', async () => {
    const sqlite = new SqliteDatabase(':memory:');
    await sqlite.executeSql('CREATE TABLE f (a INTEGER) STRICT');
    const file = await sqlite.exportFile();
    await sqlite.close();
    await db.createTables([note]);
    const error = await rejection(db.importFile(file));
    expect(error).toBeInstanceOf(NotSupportedError);
    expect(error.message).toContain('table "f"');
    expect(await db.getTables()).toEqual(['note']);
    expect(await rejection(toBerkeley(file))).toBeInstanceOf(NotSupportedError);
  });

  test('that is damaged in the middle is refused', async () => {
    await db.createTables([note]);
    await fill(db, 500);
    const bytes = new Uint8Array(await (await db.exportFile()).arrayBuffer());
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 64);
    expect(await rejection(db.importFile(bytes))).toBeInstanceOf(CorruptDatabaseError);
    expect(await texts(db)).toHaveLength(500);
  });

  test('tells how far it is, and can be given up', async () => {
    await db.createTables([note]);
    await fill(db, 500);
    const steps = new Set<string | undefined>();
    const file = await db.exportFile({ onProgress: (done, total) => expect(done).toBeLessThanOrEqual(Number(total)) });
    await db.importFile(file, { onProgress: (_, __, step) => steps.add(step) });
    expect([...steps]).toEqual(['read', 'check', 'store']);
    const signal = AbortSignal.abort();
    expect(await rejection(db.exportFile({ signal }))).toBeInstanceOf(AbortedError);
    expect(await rejection(db.importFile(file, { signal }))).toBeInstanceOf(AbortedError);
    expect(await texts(db)).toHaveLength(500);
  });
});

describe('an import while a transaction is open', () => {
  let file: Blob;
  beforeEach(async () => {
    await db.createTables([note]);
    await fill(db, 5);
    file = await db.exportFile();
  });

  test('tells it why it ended, also a statement that was called meanwhile', async () => {
    const errors: Promise<Error>[] = [];
    const error = await rejection(
      db.atomic(async (tx) => {
        await tx.executeSql('DELETE FROM note');
        const onProgress = (_done: number, _total: number | null, step?: string) => {
          if (step === 'store') errors.push(rejection(tx.executeSql('SELECT 1')));
        };
        await db.importFile(file, { onProgress });
        await tx.executeSql('SELECT 1');
      }),
    );
    expect(errors).not.toEqual([]);
    for (const { message } of [error, ...(await Promise.all(errors))]) expect(message).toContain('The database was replaced by');
    expect(await texts(db)).toHaveLength(5);
  });

  // From a page the word comes too late where the file is small.
  test.runIf(isNode())('leaves it alone when it is given up before it has replaced anything', async () => {
    await db.atomic(async (tx) => {
      await tx.executeSql('DELETE FROM note WHERE id > 1');
      for (const last of ['read', 'check']) {
        const stop = new AbortController();
        const onProgress = (done: number, total: number | null, step?: string) => {
          if (step === last && (total === null || done === total)) stop.abort();
        };
        expect(await rejection(db.importFile(file, { signal: stop.signal, onProgress }))).toBeInstanceOf(AbortedError);
      }
      await tx.executeSql('DELETE FROM note WHERE id = 1');
    });
    expect(await texts(db)).toEqual([]);
  });
});

describe.each<StorageKind>(isNode() ? ['file'] : ['indexeddb', 'opfs'])('in %s', (storage) => {
  let name: string;
  beforeEach(async () => {
    name = await freshName();
  });
  afterEach(async () => {
    await BerkeleyDatabase.remove(name, { storage });
  });

  test('everything is there again, indexes too', async () => {
    const first = new BerkeleyDatabase(name, { storage });
    await first.createTables([note]);
    await first.executeSql('CREATE INDEX note_text ON note (text)');
    await first.userVersion(7);
    await fill(first, 300);
    const rows = await texts(first);
    await first.close();
    const second = new BerkeleyDatabase(name, { storage });
    expect(await texts(second)).toEqual(rows);
    expect(await second.userVersion()).toBe(7);
    expect((await second.executeSql('PRAGMA integrity_check')).scalar()).toBe('ok');
    expect((await second.executeSql('SELECT id FROM note INDEXED BY note_text WHERE text = ?', [rows[41]?.[1]])).scalar()).toBe(
      42,
    );
    await second.close();
  });

  test('it is what was imported, also when it is opened again', async () => {
    const source = new BerkeleyDatabase(':memory:');
    await source.createTables([note]);
    await fill(source, 50);
    const file = await source.exportFile();
    const rows = await texts(source);
    await source.close();
    const first = new BerkeleyDatabase(name, { storage });
    await first.executeSql('CREATE TABLE old (a)');
    await first.importFile(file);
    expect(await texts(first)).toEqual(rows);
    await first.executeSql('DELETE FROM note WHERE id > 10');
    await first.close();
    const second = new BerkeleyDatabase(name, { storage });
    expect(await texts(second)).toEqual(rows.slice(0, 10));
    expect(await second.getTables()).toEqual(['note']);
    await second.close();
  });

  test('its file is made smaller by vacuum()', async () => {
    const first = new BerkeleyDatabase(name, { storage, pageSize: 1024 });
    await first.createTables([note]);
    await fill(first, 1000);
    await first.executeSql('DELETE FROM note WHERE id > 10');
    const before = (await first.exportFile()).size;
    await first.vacuum();
    expect((await first.exportFile()).size).toBeLessThan(before / 4);
    expect(await first.pageSize()).toBe(1024);
    expect(await texts(first)).toHaveLength(10);
    await first.close();
  });

  test.skipIf(storage === 'file')('it is another one than SQLite’s of that name', async () => {
    const berkeley = new BerkeleyDatabase(name, { storage });
    const sqlite = new SqliteDatabase(name, { storage });
    await berkeley.executeSql('CREATE TABLE b (a)');
    await sqlite.executeSql('CREATE TABLE s (a)');
    expect(await berkeley.getTables()).toEqual(['b']);
    expect(await sqlite.getTables()).toEqual(['s']);
    expect(await BerkeleyDatabase.list({ storage })).toContain(name);
    await Promise.all([berkeley.close(), sqlite.close()]);
    await SqliteDatabase.remove(name, { storage });
  });

  test.runIf(storage === 'file')('SQLite’s of that name is refused by what it is', async () => {
    const sqlite = new SqliteDatabase(name);
    await sqlite.executeSql('CREATE TABLE s (a)');
    await sqlite.close();
    expect((await rejection(new BerkeleyDatabase(name).connect())).message).toContain('SQLite');
  });
});

describe('options', () => {
  test('cacheSize is SQLite’s setting', async () => {
    const other = new BerkeleyDatabase(':memory:', { cacheSize: -512 });
    expect(await other.cacheSize()).toBe(-512);
    await other.close();
  });

  test('pageSize is that of the stored file', async () => {
    expect(await db.pageSize()).toBe(4096);
    const other = new BerkeleyDatabase(':memory:', { pageSize: 16_384 });
    expect(await other.pageSize()).toBe(16_384);
    await other.createTables([note]);
    expect((await other.exportFile()).size % 16_384).toBe(0);
    await other.close();
  });

  test.each([0, 100, 1000, 65_536])('there are no pages of %i bytes', async (pageSize) => {
    const error = await rejection(new BerkeleyDatabase(':memory:', { pageSize }).connect());
    expect(error).toBeInstanceOf(ImproperlyConfigured);
  });

  test('multiversion is how it always is', async () => {
    const other = new BerkeleyDatabase(':memory:', { multiversion: true });
    await other.connect();
    await other.close();
    expect(await rejection(new BerkeleyDatabase(':memory:', { multiversion: false }).connect())).toBeInstanceOf(
      NotSupportedError,
    );
  });
});
