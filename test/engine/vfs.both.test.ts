/** SQLite on files of ours: every journal mode and page size, several files, errors of the files themselves. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, loadEngine } from '../../src/driver/sqljs-engine.ts';
import { Handle } from '../../src/driver/sqljs-handle.ts';
import { StorageFullError } from '../../src/errors.ts';
import type { ByteFile, Files } from '../../src/storage/backend.ts';
import type { Mount } from '../../src/storage/vfs/mount.ts';
import { Volume } from '../../src/storage/volume.ts';
import type { DriverValue } from '../../src/wire/statement.ts';

let engine: Engine;
let mount: Mount;
let volume: Volume;
beforeAll(async () => {
  engine = await loadEngine();
  volume = new Volume();
  mount = engine.files.mount(volume, false);
});
afterAll(() => mount.close());

let counter = 0;
const fresh = (): string => `file-${counter++}.db`;
const first = (handle: Handle, sql: string): DriverValue => handle.query(sql).data[0]![0]!;
const fill = (handle: Handle, rows: number): void => {
  handle.query('CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b BLOB)');
  handle.query(
    `INSERT INTO t(a, b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT 'row ' || i, randomblob(200) FROM n`,
  );
};

describe.each(['DELETE', 'TRUNCATE', 'PERSIST', 'MEMORY', 'WAL', 'OFF'])('journal mode %s', (mode) => {
  test('content survives closing, and a rollback undoes', () => {
    const path = mount.path(fresh());
    const handle = new Handle(engine, path);
    expect(first(handle, `PRAGMA journal_mode=${mode}`)).toBe(mode.toLowerCase());
    fill(handle, 2000);
    if (mode !== 'OFF') {
      handle.query('BEGIN');
      handle.query('DELETE FROM t');
      handle.query('ROLLBACK');
    }
    expect(first(handle, 'SELECT count(*) FROM t')).toBe(2000);
    handle.close();
    const again = new Handle(engine, path);
    expect(first(again, 'SELECT count(*) FROM t')).toBe(2000);
    expect(first(again, 'PRAGMA integrity_check')).toBe('ok');
    again.close();
  });
});

test.each([512, 1024, 4096, 8192, 65_536])('pages of %i bytes, and another size by VACUUM', (size) => {
  const path = mount.path(fresh());
  const handle = new Handle(engine, path);
  handle.query(`PRAGMA page_size=${size}`);
  fill(handle, 500);
  expect(first(handle, 'PRAGMA page_size')).toBe(size);
  handle.query(`PRAGMA page_size=${size === 4096 ? 2048 : 4096}`);
  handle.query('VACUUM');
  expect(first(handle, 'PRAGMA page_size')).toBe(size === 4096 ? 2048 : 4096);
  expect(first(handle, 'PRAGMA integrity_check')).toBe('ok');
  expect(first(handle, 'SELECT count(*) FROM t')).toBe(500);
  handle.close();
});

test('auto_vacuum gives pages back', () => {
  const name = fresh();
  const handle = new Handle(engine, mount.path(name));
  handle.query('PRAGMA auto_vacuum=FULL');
  fill(handle, 2000);
  const before = volume.file(name).size();
  handle.query('DELETE FROM t');
  expect(volume.file(name).size()).toBeLessThan(before / 10);
  handle.close();
});

test('a transaction over two attached files, and its rollback', () => {
  const other = mount.path(fresh());
  const handle = new Handle(engine, mount.path(fresh()));
  fill(handle, 10);
  handle.query(`ATTACH '${other}' AS other`);
  handle.query('CREATE TABLE other.t AS SELECT * FROM main.t');
  handle.query('BEGIN');
  handle.query('DELETE FROM main.t');
  handle.query('DELETE FROM other.t');
  handle.query('ROLLBACK');
  expect(first(handle, 'SELECT count(*) FROM main.t') === first(handle, 'SELECT count(*) FROM other.t')).toBe(true);
  handle.query('BEGIN');
  handle.query('DELETE FROM main.t');
  handle.query('DELETE FROM other.t');
  handle.query('COMMIT');
  expect(first(handle, 'SELECT (SELECT count(*) FROM main.t) + (SELECT count(*) FROM other.t)')).toBe(0);
  handle.close();
});

test('savepoints, and a cache that spills before a rollback', () => {
  const handle = new Handle(engine, mount.path(fresh()));
  handle.query('PRAGMA journal_mode=WAL');
  handle.query('PRAGMA cache_size=10');
  fill(handle, 2000);
  handle.query('BEGIN');
  handle.query('UPDATE t SET b = randomblob(300)');
  handle.query('SAVEPOINT a');
  handle.query('DELETE FROM t WHERE id > 10');
  handle.query('ROLLBACK TO a');
  handle.query('UPDATE t SET a = upper(a)');
  handle.query('ROLLBACK');
  expect(first(handle, "SELECT count(*) FROM t WHERE a LIKE 'row %' AND length(b) = 200")).toBe(2000);
  expect(first(handle, 'PRAGMA integrity_check')).toBe('ok');
  handle.close();
});

test('sorting and temporary tables beyond memory', () => {
  const handle = new Handle(engine, mount.path(fresh()));
  handle.query('PRAGMA temp_store=FILE');
  handle.query('PRAGMA cache_size=10');
  fill(handle, 5000);
  handle.query('CREATE TEMP TABLE sorted AS SELECT * FROM t ORDER BY b');
  expect(first(handle, 'SELECT count(*) FROM (SELECT DISTINCT b FROM sorted ORDER BY b DESC)')).toBe(5000);
  handle.close();
});

test('a blob of 20 MB, full-text search and VACUUM INTO', () => {
  const handle = new Handle(engine, mount.path(fresh()));
  handle.query('CREATE TABLE big(b BLOB)');
  handle.query('INSERT INTO big VALUES (randomblob(20000000))');
  expect(first(handle, 'SELECT length(b) FROM big')).toBe(20_000_000);
  handle.query('DELETE FROM big');
  handle.query('CREATE VIRTUAL TABLE words USING fts4(text)');
  handle.query("INSERT INTO words VALUES ('waxwings eat berries'), ('finches eat seeds')");
  expect(first(handle, "SELECT count(*) FROM words WHERE words MATCH 'berries'")).toBe(1);
  const copy = mount.path(fresh());
  handle.query(`VACUUM INTO '${copy}'`);
  handle.close();
  const copied = new Handle(engine, copy);
  expect(first(copied, "SELECT count(*) FROM words WHERE words MATCH 'eat'")).toBe(2);
  copied.close();
});

test("the engine's own files and databases in memory work beside ours", () => {
  for (const path of [':memory:', '/tmp/engine-own.db']) {
    const handle = new Handle(engine, path);
    fill(handle, 100);
    expect(first(handle, 'SELECT count(*) FROM t')).toBe(100);
    handle.close();
  }
});

test('a path whose files are gone cannot be opened', () => {
  const gone = engine.files.mount(new Volume(), false);
  const path = gone.path('x');
  gone.close();
  expect(() => new Handle(engine, path).query('CREATE TABLE t(a)')).toThrow(/unable to open/);
});

describe('files that fail', () => {
  /** Files whose writes throw `error` while it is set. */
  class Failing implements Files {
    error: Error | null = null;
    /** The file whose writes fail; any when empty. */
    only = '';
    readonly #volume = new Volume();

    open(name: string): ByteFile {
      const file = this.#volume.open(name);
      const write = (from: Uint8Array, at: number): void => {
        if (this.error !== null && (this.only === '' || this.only === name)) throw this.error;
        file.write(from, at);
      };
      return {
        size: () => file.size(),
        read: (into, at) => file.read(into, at),
        write,
        truncate: (size) => file.truncate(size),
        sync: () => file.sync(),
        close: () => file.close(),
      };
    }

    exists(name: string): boolean {
      return this.#volume.exists(name);
    }

    remove(name: string): void {
      this.#volume.remove(name);
    }
  }

  test.each(['WAL', 'DELETE'])('in mode %s the statement fails with what was thrown, and succeeds when tried again', (mode) => {
    const files = new Failing();
    const failing = engine.files.mount(files, false);
    const handle = new Handle(engine, failing.path('x'));
    handle.query(`PRAGMA journal_mode=${mode}`);
    fill(handle, 100);
    files.error = new TypeError('the disk is on fire');
    expect(() => handle.query('UPDATE t SET a = 1')).toThrow(
      expect.objectContaining({ message: 'disk I/O error', code: 10, cause: files.error }),
    );
    files.error = new StorageFullError('no room');
    expect(() => handle.query('UPDATE t SET a = 1')).toThrow(files.error);
    files.error = null;
    handle.query('UPDATE t SET a = 1');
    expect(first(handle, 'SELECT count(*) FROM t WHERE a = 1')).toBe(100);
    expect(first(handle, 'PRAGMA integrity_check')).toBe('ok');
    handle.close();
    failing.close();
  });

  test('a checkpoint that fails does not fail the commit, nor what comes after it', () => {
    const files = new Failing();
    const failing = engine.files.mount(files, false);
    const handle = Handle.open(engine, failing.path('x'), ['PRAGMA wal_autocheckpoint=1']);
    handle.query('CREATE TABLE u(a UNIQUE)');
    files.error = new StorageFullError('no room');
    files.only = 'x';
    handle.query('INSERT INTO u VALUES (1)');
    expect(() => handle.query('INSERT INTO u VALUES (1)')).toThrow('UNIQUE constraint failed');
    files.error = null;
    handle.query('INSERT INTO u VALUES (2)');
    handle.close();
    const again = new Handle(engine, failing.path('x'));
    expect(first(again, 'SELECT count(*) FROM u')).toBe(2);
    again.close();
    failing.close();
  });
});

test('several connections: snapshots hold, the second writer is refused, a checkpoint waits for its readers', () => {
  const path = mount.path(fresh());
  const writer = Handle.open(engine, path, []);
  fill(writer, 10);
  const reader = Handle.open(engine, path, []);
  reader.query('BEGIN');
  expect(first(reader, 'SELECT count(*) FROM t')).toBe(10);
  writer.query('DELETE FROM t WHERE id > 5');
  expect(first(reader, 'SELECT count(*) FROM t')).toBe(10);
  writer.query('BEGIN IMMEDIATE');
  writer.query('DELETE FROM t WHERE id > 4');
  const second = Handle.open(engine, path, []);
  expect(first(second, 'SELECT count(*) FROM t')).toBe(5);
  expect(() => second.query('BEGIN IMMEDIATE')).toThrow(expect.objectContaining({ code: 5 }));
  writer.query('COMMIT');
  expect(() => reader.query('DELETE FROM t')).toThrow(expect.objectContaining({ code: 5 }));
  expect(mount.isPinned(`file-${counter - 1}.db`)).toBe(true);
  expect(first(writer, 'PRAGMA wal_checkpoint(TRUNCATE)')).toBe(1);
  reader.query('ROLLBACK');
  expect(first(writer, 'PRAGMA wal_checkpoint(TRUNCATE)')).toBe(0);
  expect(mount.logBytes(`file-${counter - 1}.db`)).toBe(0);
  for (const handle of [writer, reader, second]) handle.close();
  expect(volume.exists(`file-${counter - 1}.db-wal`)).toBe(false);
});
