/** The log stays bounded, and a file on disk with its log is found again whole. */
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openHere } from '../../src/driver/open-sqljs.ts';
import { column, OPTIONS, run, sql } from './support.ts';

const MANY =
  'INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) SELECT NULL, randomblob(400) FROM n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waxwing-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

test('a long log is emptied when nothing else goes on, and not under a reader or a writer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const name = join(folder, 'a.db');
  const driver = await openHere({ ...OPTIONS, name, storage: 'file', durability: 'relaxed' });
  const logSize = (): number => statSync(`${name}-wal`).size;
  const db = driver.connect();
  await run(db, 'CREATE TABLE t(id INTEGER PRIMARY KEY, v)');
  const reader = driver.connect();
  await reader.run({ statements: [sql('BEGIN'), sql('SELECT count(*) FROM t')] });
  await run(db, MANY);
  expect(logSize()).toBeGreaterThan(10e6);
  vi.advanceTimersByTime(1000);
  expect(logSize()).toBeGreaterThan(10e6);
  await reader.close();
  const writer = driver.connect();
  await run(writer, 'BEGIN IMMEDIATE');
  vi.advanceTimersByTime(1000);
  expect(logSize()).toBeGreaterThan(10e6);
  await writer.close();
  vi.advanceTimersByTime(1000);
  expect(logSize()).toBe(0);
  expect(await column(db, 'SELECT count(*) FROM t')).toEqual([30_000]);
  await driver.close();
});

test('a database copied while it is open, with its log, is whole', async () => {
  const [name, copy] = [join(folder, 'a.db'), join(folder, 'b.db')];
  const driver = await openHere({ ...OPTIONS, name, storage: 'file' });
  const db = driver.connect();
  await run(db, 'CREATE TABLE t(id INTEGER PRIMARY KEY, v)');
  await run(db, MANY);
  await run(db, 'DELETE FROM t WHERE id > 10');
  for (const suffix of ['', '-wal']) cpSync(name + suffix, copy + suffix);
  await driver.close();
  expect(existsSync(`${name}-wal`)).toBe(false);
  for (const path of [name, copy]) {
    const again = await openHere({ ...OPTIONS, name: path, storage: 'file' });
    expect(await column(again.connect(), 'SELECT count(*) FROM t')).toEqual([10]);
    expect(await column(again.connect(), 'PRAGMA integrity_check')).toEqual(['ok']);
    await again.close();
  }
});

test('export and import of a file on disk', async () => {
  const driver = await openHere({ ...OPTIONS, name: join(folder, 'a.db'), storage: 'file' });
  const db = driver.connect();
  await run(db, 'CREATE TABLE t(id INTEGER PRIMARY KEY, v)');
  await run(db, MANY);
  const blob = await driver.exportFile();
  await run(db, 'DELETE FROM t');
  await driver.importFile(blob);
  expect(await column(db, 'SELECT count(*) FROM t')).toEqual([30_000]);
  await run(db, 'DELETE FROM t WHERE id = 1');
  await driver.close();
  const again = await openHere({ ...OPTIONS, name: join(folder, 'a.db'), storage: 'file' });
  expect(await column(again.connect(), 'SELECT count(*) FROM t')).toEqual([29_999]);
  await again.close();
});
