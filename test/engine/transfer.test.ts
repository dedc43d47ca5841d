/** Exports and imports: standard files, snapshots, what is refused and that nothing changes then. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection, Driver } from '../../src/driver/driver.ts';
import { AbortedError, ConnectionClosedError, CorruptDatabaseError } from '../../src/errors.ts';
import { MemoryFile, Volume } from '../../src/storage/volume.ts';
import { column, open, PageKeeper, run } from './support.ts';

const hasShell = spawnSync('sqlite3', ['--version']).status === 0;
if (!hasShell) console.warn('SKIPPED: the sqlite3 shell is not installed, so nothing is compared with it.');

let driver: Driver;
let db: Connection;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waxwing-'));
  driver = await open();
  db = driver.connect();
  await run(db, 'CREATE TABLE t(id INTEGER PRIMARY KEY, v)');
  await run(
    db,
    'INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i, randomblob(400) FROM n',
  );
});
afterEach(async () => {
  await driver.close();
  rmSync(folder, { recursive: true });
});

const shell = (path: string, ...commands: string[]): string =>
  execFileSync('sqlite3', [path, ...commands], { encoding: 'utf8' }).trim();
const bytes = async (): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await (await driver.exportFile()).arrayBuffer());

describe.skipIf(!hasShell)('the sqlite3 shell', () => {
  test('reads what is exported here', async () => {
    const path = join(folder, 'out.db');
    writeFileSync(path, await bytes());
    expect(shell(path, 'PRAGMA integrity_check')).toBe('ok');
    expect(shell(path, 'PRAGMA journal_mode')).toBe('delete');
    expect(shell(path, 'SELECT count(*), sum(id) FROM t')).toBe('5000|12502500');
  });

  test.each(['delete', 'wal'])('writes what is imported here, in mode %s', async (mode) => {
    const path = join(folder, 'in.db');
    shell(
      path,
      `PRAGMA journal_mode=${mode}`,
      'PRAGMA page_size=8192',
      'CREATE TABLE other(a, b TEXT)',
      "INSERT INTO other VALUES (1, 'ünï'), (9223372036854775807, NULL)",
    );
    await driver.importFile(new Blob([readFileSync(path)]));
    expect(await column(db, 'SELECT a FROM other ORDER BY a')).toEqual([1, 9223372036854775807n]);
    await run(db, "INSERT INTO other VALUES (2, 'more')");
    expect(await column(db, 'PRAGMA integrity_check')).toEqual(['ok']);
  });
});

test('an export is one snapshot, whatever is committed meanwhile, and its progress is told', async () => {
  const seen: [number, number | null][] = [];
  let writes: Promise<unknown> = Promise.resolve();
  const blob = await driver.exportFile({
    onProgress: (done, total) => {
      seen.push([done, total]);
      writes = writes.then(() => run(db, 'DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 100)'));
    },
  });
  await writes;
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.at(-1)).toEqual([blob.size, blob.size]);
  expect(await column(db, 'SELECT count(*) FROM t')).not.toEqual([5000]);
  await driver.importFile(blob);
  expect(await column(db, 'SELECT count(*) FROM t')).toEqual([5000]);
  expect(await column(db, 'PRAGMA integrity_check')).toEqual(['ok']);
});

test('an export while a transaction is open holds only what is committed', async () => {
  const tx = driver.connect();
  await run(tx, 'BEGIN IMMEDIATE');
  await run(tx, 'DELETE FROM t');
  const blob = await driver.exportFile();
  await run(tx, 'COMMIT');
  await driver.importFile(blob);
  expect(await column(db, 'SELECT count(*) FROM t')).toEqual([5000]);
});

test('an empty database goes out and in', async () => {
  const empty = await open();
  await empty.importFile(await empty.exportFile()).catch((error: unknown) => expect(error).toBeUndefined());
  expect(await column(empty.connect(), 'SELECT count(*) FROM sqlite_schema')).toEqual([0]);
  await empty.close();
});

test('an import rolls back what is open; the connections go on afterwards', async () => {
  const blob = await driver.exportFile();
  const tx = driver.connect();
  await run(tx, 'BEGIN IMMEDIATE');
  await run(tx, 'DELETE FROM t');
  const waiting = run(db, 'DELETE FROM t WHERE id = 1');
  const importing = driver.importFile(blob);
  const during = column(db, 'SELECT count(*) FROM t');
  await importing;
  await expect(run(tx, 'SELECT 1')).rejects.toThrow(/replaced by an imported file/);
  await run(tx, 'ROLLBACK');
  expect(await column(tx, 'SELECT min(id) FROM t')).toEqual([2]);
  await waiting;
  expect((await during)[0]).toBeGreaterThan(4998);
});

test('what was aborted did nothing', async () => {
  const blob = await driver.exportFile();
  await run(db, 'DELETE FROM t WHERE id = 1');
  const abort = new AbortController();
  abort.abort();
  await expect(driver.exportFile({ signal: abort.signal })).rejects.toBeInstanceOf(AbortedError);
  await expect(driver.importFile(blob, { signal: abort.signal })).rejects.toBeInstanceOf(AbortedError);
  expect(await column(db, 'SELECT count(*) FROM t')).toEqual([4999]);
});

describe('files that are refused, with nothing changed', () => {
  test.each<[string, (good: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>, RegExp]>([
    ['empty', () => new Uint8Array(0), /is empty/],
    ['foreign', () => new TextEncoder().encode('<!doctype html>'.repeat(500)), /not a SQLite database/],
    ['encrypted', (good) => good.map((byte) => byte ^ 0xa5), /or it is encrypted/],
    ['cut in its header', (good) => good.slice(0, 60), /ends after 60 bytes/],
    ['cut off', (good) => good.slice(0, good.length - 4096), /is cut off/],
    ['of a wrong page size', (good) => Uint8Array.from(good, (byte, at) => [3, 7][at - 16] ?? byte), /pages of 775 bytes/],
    ['damaged in the middle', (good) => good.fill(0xee, 8192, 12_288), /is damaged/],
  ])('%s', async (_, spoil, message) => {
    const error = await driver.importFile(new Blob([spoil(await bytes())])).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CorruptDatabaseError);
    expect((error as Error).message).toMatch(message);
    expect(await column(db, 'SELECT count(*) FROM t')).toEqual([5000]);
    expect(await column(db, 'PRAGMA integrity_check')).toEqual(['ok']);
  });
});

test.each([
  ['foreign', 'this is no database, '.repeat(400)],
  ['cut off', null],
])('a stored file that is %s is told at open', async (_, text) => {
  const good = await bytes();
  const stored = text === null ? good.slice(0, 8192) : new TextEncoder().encode(text);
  const volume = new Volume();
  volume.put('test.db', new MemoryFile([stored], stored.length));
  await expect(open({}, new PageKeeper(volume))).rejects.toBeInstanceOf(CorruptDatabaseError);
});

test('an import that waits when the database is closed', async () => {
  const blob = await driver.exportFile();
  const importing = driver.importFile(blob);
  await driver.close();
  await importing;
  await expect(driver.importFile(blob)).rejects.toBeInstanceOf(ConnectionClosedError);
});
