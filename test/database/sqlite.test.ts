/** What is SQLite's own: settings, plans, files, storage, and the log of queries. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { QueryEvent } from '../../src/database/events.ts';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import {
  AbortedError,
  ConnectionClosedError,
  CorruptDatabaseError,
  DatabaseError,
  IntegrityError,
  InterfaceError,
  NotSupportedError,
  ProgrammingError,
} from '../../src/errors.ts';
import type { StorageState } from '../../src/storage/backend.ts';
import { rejection } from './rejection.ts';
import { note, reference, table } from './tables.ts';

let db: SqliteDatabase;
let folder: string;
beforeEach(() => {
  db = new SqliteDatabase(':memory:');
  folder = mkdtempSync(join(tmpdir(), 'waxwing-'));
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

const shell = (file: string, sql: string): string => execFileSync('sqlite3', [file, sql], { encoding: 'utf8' }).trim();
const count = async (of: SqliteDatabase = db) => (await of.executeSql('SELECT count(*) FROM note')).scalar();
const fill = (of: SqliteDatabase, rows: number) =>
  of.executeSql(
    'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO note (text) SELECT hex(randomblob(100)) FROM n',
    [rows],
  );

describe('executeSql', () => {
  test('takes params and gives rows, objects and what was done', async () => {
    await db.createTables([note]);
    const insert = await db.executeSql('INSERT INTO note (text) VALUES (?), (?)', ['a', null]);
    expect(insert).toMatchObject({ changes: 2, lastInsertId: 2 });
    const result = await db.executeSql('SELECT id, text FROM note ORDER BY id');
    expect(result.columns).toEqual(['id', 'text']);
    expect(result.rows).toEqual([
      [1, 'a'],
      [2, null],
    ]);
    expect(result.dicts()).toEqual([
      { id: 1, text: 'a' },
      { id: 2, text: null },
    ]);
    expect(result.scalar()).toBe(1);
    expect([...result]).toEqual(result.rows);
    expect((await db.executeSql('SELECT 1 WHERE 0')).scalar()).toBe(null);
  });

  test('keeps odd column names harmless', async () => {
    const [row] = (await db.executeSql('SELECT 1 AS "__proto__", 2 AS "constructor"')).dicts();
    expect(Object.keys(row!)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });

  test('binds what JavaScript has', async () => {
    const bytes = new Uint8Array([0, 255]);
    await db.executeSql('CREATE TABLE kept (yes INTEGER, big INTEGER, bytes BLOB, none)');
    await db.executeSql('INSERT INTO kept VALUES (?, ?, ?, ?)', [true, 2n ** 62n, bytes, undefined]);
    expect((await db.executeSql('SELECT * FROM kept')).rows).toEqual([[1, 2n ** 62n, bytes, null]]);
  });
});

describe('settings', () => {
  test('foreign keys are enforced unless told otherwise', async () => {
    const child = table('child', [reference('parent', 'note')]);
    await db.createTables([note, child]);
    expect(await db.foreignKeys()).toBe(true);
    expect(await rejection(db.executeSql('INSERT INTO child (parent) VALUES (9)'))).toBeInstanceOf(IntegrityError);
    const lax = new SqliteDatabase(':memory:', { pragmas: { foreignKeys: false } });
    await lax.createTables([note, child]);
    await lax.executeSql('INSERT INTO child (parent) VALUES (9)');
    await lax.atomic((tx) => tx.run({ statements: [{ sql: 'INSERT INTO child (parent) VALUES (8)', mode: 'write' }] }));
    await lax.close();
  });

  test('hold on every connection', async () => {
    const tuned = new SqliteDatabase(':memory:', { pragmas: { cacheSize: -500, recursiveTriggers: true } });
    expect(await tuned.cacheSize()).toBe(-500);
    const ask = { sql: 'SELECT * FROM pragma_cache_size', mode: 'read' } as const;
    const inside = () => tuned.atomic(async (tx) => (await tx.run({ statements: [ask] }))[0]!.rows.data[0]![0]);
    expect(await inside()).toBe(-500);
    expect(await tuned.cacheSize(-900)).toBe(-900);
    expect(await tuned.cacheSize()).toBe(-900);
    expect(await inside()).toBe(-900);
    await tuned.close();
  });

  test('kept in the file are set where they differ', async () => {
    const name = join(folder, 'app.db');
    const first = new SqliteDatabase(name, { pragmas: { userVersion: 3, applicationId: 77 } });
    expect(await first.userVersion()).toBe(3);
    expect(await first.applicationId()).toBe(77);
    expect(await first.userVersion(4)).toBe(4);
    await first.close();
    const second = new SqliteDatabase(name);
    expect(await second.userVersion()).toBe(4);
    await second.close();
  });

  test("the engine's own can be asked for but not set", async () => {
    expect(await db.journalMode()).toMatch(/^(wal|memory)$/);
    expect(await db.pageSize()).toBeGreaterThan(511);
    expect(await db.dataVersion()).toBeGreaterThan(0);
    expect(await rejection(db.pragma('journalMode', 'delete'))).toBeInstanceOf(NotSupportedError);
    expect(await rejection(db.pragma('synchronous', 0))).toMatchObject({ message: expect.stringContaining('durability') });
    expect(await rejection(db.pragma('cache_size; DROP TABLE x'))).toBeInstanceOf(ProgrammingError);
    expect(await rejection(db.pragma('cacheSize', Number.NaN))).toBeInstanceOf(ProgrammingError);
    expect(await rejection(db.attach('other.db', 'other'))).toBeInstanceOf(NotSupportedError);
  });

  test('cannot change inside a session', async () => {
    await db.sessionStart();
    expect(await rejection(db.foreignKeys(false))).toBeInstanceOf(InterfaceError);
    await db.sessionRollback();
  });
});

describe('explain', () => {
  test('gives the plan as a tree', async () => {
    await db.createTables([note]);
    const [search] = await db.explain('SELECT * FROM note WHERE id = 3');
    expect(search!.detail).toMatch(/^SEARCH note USING INTEGER PRIMARY KEY/);
    expect(await db.explain('SELECT * FROM note WHERE id = ?', [3])).toEqual([search]);
    const [union] = await db.explain('SELECT id FROM note UNION SELECT text FROM note');
    expect(union!.steps.length).toBeGreaterThan(1);
    expect(union!.steps[0]!.steps[0]!.detail).toMatch(/^SCAN note/);
  });
});

describe('events', () => {
  test('tell of each query, also in transactions and when it fails', async () => {
    await db.createTables([note]);
    const events: QueryEvent[] = [];
    const stop = db.on('query', (event) => events.push(event));
    await db.executeSql('INSERT INTO note (text) VALUES (?)', ['a']);
    await db.executeSql('SELECT * FROM note');
    await rejection(db.executeSql('SELECT * FROM nowhere'));
    for await (const _ of db.stream({ sql: 'SELECT 1 UNION ALL SELECT 2', mode: 'read' }, 1));
    expect(events).toMatchObject([
      { sql: 'INSERT INTO note (text) VALUES (?)', params: ['a'], changes: 1, rows: 0, error: null },
      { sql: 'SELECT * FROM note', params: [], rows: 1, error: null },
      { sql: 'SELECT * FROM nowhere', error: expect.any(ProgrammingError) },
      { sql: 'SELECT 1 UNION ALL SELECT 2', rows: 2 },
    ]);
    expect(events.every(({ duration }) => duration >= 0)).toBe(true);
    stop();
    await db.executeSql('SELECT 1');
    expect(events).toHaveLength(4);
  });

  test('count the rows that come in slices', async () => {
    const events: QueryEvent[] = [];
    db.on('query', (event) => events.push(event));
    const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i FROM n';
    let seen = 0;
    await db.run({ statements: [{ sql, mode: 'read' }] }, (_, rows) => {
      seen += rows.length;
    });
    expect([seen, events[0]!.rows]).toEqual([2500, 2500]);
  });
});

describe('storage', () => {
  test('tells its state', async () => {
    const state = await db.storage.state();
    expect(state).toMatchObject({ backend: 'memory', durability: 'strict' });
    await db.storage.setDurability('deferred');
    expect(db.storage.durability).toBe('deferred');
    expect((await db.storage.state()).durability).toBe('deferred');
    await db.flush();
    expect((await db.storage.state()).pending).toBe(0);
    expect(await db.storage.persist()).toBeTypeOf('boolean');
  });

  test('durability chosen before opening holds', async () => {
    await db.storage.setDurability('relaxed');
    expect(db.isClosed()).toBe(true);
    expect((await db.storage.state()).durability).toBe('relaxed');
  });

  test('tells those who subscribed what changed', async () => {
    const file = new SqliteDatabase(join(folder, 'watch.db'));
    const states: StorageState[] = [];
    let heard: () => void = () => {};
    const next = () =>
      new Promise<void>((resolve) => {
        heard = resolve;
      });
    let turn = next();
    const stop = file.storage.subscribe((state) => {
      states.push(state);
      heard();
    });
    await turn;
    expect(states).toHaveLength(1);
    turn = next();
    await file.createTables([note]);
    await fill(file, 200);
    await turn;
    expect(states.at(-1)!.lastFlush).not.toBe(null);
    stop();
    await file.close();
  });
});

describe('files', () => {
  test('on Node a database is a file that is there again, and that sqlite3 reads', async () => {
    const name = join(folder, 'my_app.db');
    const first = new SqliteDatabase(name);
    await first.createTables([note]);
    await fill(first, 500);
    expect((await first.storage.state()).backend).toBe('file');
    await first.close();
    expect(shell(name, 'PRAGMA integrity_check; SELECT count(*) FROM note')).toBe('ok\n500');
    shell(name, "INSERT INTO note (text) VALUES ('from the shell')");
    const second = new SqliteDatabase(name);
    expect(await count(second)).toBe(501);
    await second.close();
    await SqliteDatabase.remove(name);
    expect(existsSync(name)).toBe(false);
    await SqliteDatabase.remove(name);
  });

  test('an export is a standard file, and an import takes it back', async () => {
    await db.createTables([note]);
    await fill(db, 3000);
    const steps: [number, number | null][] = [];
    const blob = await db.exportFile({ onProgress: (done, total) => steps.push([done, total]) });
    const file = join(folder, 'out.db');
    writeFileSync(file, new Uint8Array(await blob.arrayBuffer()));
    expect(shell(file, 'PRAGMA integrity_check; SELECT count(*) FROM note')).toBe('ok\n3000');
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.at(-1)![0]).toBe(blob.size);

    for (const form of [blob, new Uint8Array(await blob.arrayBuffer()), await blob.arrayBuffer()]) {
      await db.executeSql('DELETE FROM note');
      const progress: number[] = [];
      await db.importFile(form, { onProgress: (done) => progress.push(done) });
      expect(await count()).toBe(3000);
      expect(progress.at(-1)).toBe(blob.size);
    }
    await fill(db, 1);
    expect(await count()).toBe(3001);
  });

  test('a foreign file is refused and changes nothing', async () => {
    await db.createTables([note]);
    await fill(db, 3);
    const good = new Uint8Array(await (await db.exportFile()).arrayBuffer());
    const torn = good.slice(0, good.length - 1000);
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('<!doctype html>'.repeat(100)), torn]) {
      const error = await rejection(db.importFile(bytes));
      expect(error).toBeInstanceOf(DatabaseError);
      expect(await count()).toBe(3);
    }
    expect(await rejection(db.importFile(new Uint8Array(5000)))).toBeInstanceOf(CorruptDatabaseError);
  });

  test.each(['memory', 'file'] as const)('both can be given up, before and while they run: %s', async (storage) => {
    const db = new SqliteDatabase(join(folder, 'give-up.db'), { storage });
    await db.createTables([note]);
    await fill(db, 30_000);
    const blob = await db.exportFile();
    await fill(db, 1);
    for (const work of [db.exportFile.bind(db), db.importFile.bind(db, blob)]) {
      expect(await rejection(work({ signal: AbortSignal.abort() }))).toBeInstanceOf(AbortedError);
      const controller = new AbortController();
      expect(await rejection(work({ signal: controller.signal, onProgress: () => controller.abort() }))).toBeInstanceOf(
        AbortedError,
      );
    }
    expect(await count(db)).toBe(30_001);
    await db.close();
  });

  test('an import ends open transactions, and what is called meanwhile waits for it', async () => {
    await db.createTables([note]);
    const blob = await db.exportFile();
    await fill(db, 5);
    const error = await rejection(
      db.atomic(async (tx) => {
        const insert = { sql: 'INSERT INTO note (text) VALUES (1)', mode: 'write' } as const;
        await tx.run({ statements: [insert] });
        const importing = db.importFile(blob);
        expect(db.isClosed()).toBe(false);
        const waiting = count();
        await importing;
        expect(await waiting).toBe(0);
        await tx.run({ statements: [insert] });
      }),
    );
    expect(error).toBeInstanceOf(ConnectionClosedError);
    expect(error.message).toContain('importFile');
    expect(await count()).toBe(0);
  });

  test('closing during an import waits for it', async () => {
    const name = join(folder, 'late.db');
    await db.createTables([note]);
    await fill(db, 50);
    const blob = await db.exportFile();
    const file = new SqliteDatabase(name);
    await file.connect();
    const importing = file.importFile(blob);
    await file.close().catch(() => {});
    await importing.catch(() => {});
    expect(file.isClosed()).toBe(true);
    const again = new SqliteDatabase(name);
    expect(await again.tableExists('note')).toBe(true);
    await again.close();
  });
});
