/** What Postgres does to its files, and what the filesystem tells of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StorageFullError } from '../../src/errors.ts';
import type { ByteFile } from '../../src/storage/backend.ts';
import type { Change, ClusterFiles } from '../../src/storage/cluster.ts';
import { freshCluster, type Opened, openPglite } from './pglite.ts';

let files: ClusterFiles;
let opened: Opened;

beforeAll(async () => {
  ({ files } = await freshCluster());
  opened = await openPglite(files);
  opened.fs.takeChanges();
});
afterAll(() => opened.pglite.close());

/** Each statement is a transaction of its own. */
async function changesOf(...statements: string[]): Promise<Change[]> {
  for (const sql of statements) await opened.pglite.exec(sql);
  return opened.fs.takeChanges();
}

function pagesIn(changes: readonly Change[]): number {
  return changes.reduce((sum, change) => sum + ('removed' in change ? 0 : change.pages.length), 0);
}

const names = (changes: readonly Change[]): string[] => changes.map((change) => change.file);

test('a commit of one row hands over a few sectors of the log, and no more', async () => {
  await changesOf('CREATE TABLE small (id int PRIMARY KEY, n int); INSERT INTO small VALUES (1, 1)');
  await changesOf('UPDATE small SET n = 2');
  const changes = await changesOf('UPDATE small SET n = 3');
  expect(names(changes)).toEqual([expect.stringMatching(/^pg_wal\/[0-9A-F]{24}$/)]);
  expect(changes[0]).toMatchObject({ pageSize: 512, size: 1 << 20 });
  expect(pagesIn(changes)).toBeLessThanOrEqual(2);
});

test('reading changes nothing', async () => {
  await changesOf('CREATE TABLE read AS SELECT generate_series(1, 1000) AS n');
  expect(await changesOf('SELECT sum(n) FROM read; SELECT count(*) FROM pg_class')).toEqual([]);
  expect(opened.fs.dirty).toBe(false);
});

test('the log is counted from checkpoint to checkpoint', async () => {
  await opened.pglite.exec('CHECKPOINT');
  expect(opened.fs.walBytes).toBe(0);
  await opened.pglite.exec('CREATE TABLE wide AS SELECT generate_series(1, 20000) AS n');
  const { walBytes } = opened.fs;
  expect(walBytes).toBeGreaterThan(8192);
  await opened.pglite.exec('INSERT INTO wide SELECT generate_series(1, 20000)');
  expect(opened.fs.walBytes).toBeGreaterThan(walBytes + 1_000_000);
  expect(opened.fs.walBytes).toBeLessThan(walBytes + 4_000_000);
  await opened.pglite.exec('CHECKPOINT');
  expect(opened.fs.walBytes).toBe(0);
});

test('what was removed is said to be gone, what is new comes whole', async () => {
  await changesOf('CREATE TABLE passing AS SELECT generate_series(1, 5000) AS n', 'CHECKPOINT');
  const { rows } = await opened.pglite.query<{ path: string }>("SELECT pg_relation_filepath('passing') AS path");
  const path = rows[0]?.path ?? '';
  expect(files.exists(path)).toBe(true);
  const changes = await changesOf('DROP TABLE passing', 'CHECKPOINT');
  expect(changes).toContainEqual({ file: path, removed: true });
  expect(files.exists(path)).toBe(false);
});

test('temporary tables, spilled sorts and what says that a server runs are never stored', async () => {
  const changes = await changesOf(`
    CREATE TEMPORARY TABLE passing AS SELECT n, repeat('x', 100) AS text FROM generate_series(1, 30000) AS n;
    CREATE INDEX ON passing (text, n);
    SET work_mem = '64kB';
    SELECT count(*) FROM (SELECT DISTINCT text || n FROM passing ORDER BY 1) AS sorted;
    RESET work_mem;
    CHECKPOINT`);
  expect(names(changes).filter((name) => /\/t\d+_|pgsql_tmp|postmaster/.test(name))).toEqual([]);
  expect([...files.list()].filter((name) => /\/t\d+_|pgsql_tmp|postmaster/.test(name))).toEqual([]);
  await changesOf('DROP TABLE passing');
});

test('a table that is emptied and filled again in one go is cut before it grows', async () => {
  await changesOf("CREATE TABLE cut AS SELECT n, repeat('x', 200) AS text FROM generate_series(1, 2000) AS n", 'CHECKPOINT');
  const refill = "INSERT INTO cut SELECT n, 'y' FROM generate_series(1, 50000) AS n";
  const changes = await changesOf('DELETE FROM cut', 'VACUUM cut', refill, 'CHECKPOINT');
  const { rows } = await opened.pglite.query<{ path: string }>("SELECT pg_relation_filepath('cut') AS path");
  const [cut, grown] = changes.filter((change) => change.file === rows[0]?.path);
  expect(cut).toMatchObject({ size: 0, pages: [] });
  expect(grown).toMatchObject({ size: files.open(rows[0]?.path ?? '').size() });
});

test('databases come and go with all their files', async () => {
  const made = names(await changesOf('CREATE DATABASE other'));
  const { rows } = await opened.pglite.query<{ oid: number }>("SELECT oid::int FROM pg_database WHERE datname = 'other'");
  const folder = `base/${rows[0]?.oid}/`;
  expect(made.filter((name) => name.startsWith(folder)).length).toBeGreaterThan(200);
  const gone = await changesOf('DROP DATABASE other');
  expect(gone.filter((change) => 'removed' in change && change.file.startsWith(folder)).length).toBeGreaterThan(200);
  expect([...files.list()].filter((name) => name.startsWith(folder))).toEqual([]);
});

test('a tablespace elsewhere is refused: nothing would keep it', async () => {
  await expect(opened.pglite.exec("CREATE TABLESPACE elsewhere LOCATION '/tmp'")).rejects.toThrow(/symbolic link|permitted/);
});

describe('when the storage fails', () => {
  test('Postgres reports it, the cause is kept, and the session goes on', async () => {
    const { files: sound } = await freshCluster();
    let full = false;
    const failing: ClusterFiles = {
      open: (name) => (name.startsWith('base/') ? guarded(sound.open(name)) : sound.open(name)),
      exists: (name) => sound.exists(name),
      remove: (name) => sound.remove(name),
      rename: (from, to) => sound.rename(from, to),
      list: () => sound.list(),
    };
    const guarded = (file: ByteFile): ByteFile => ({
      size: () => file.size(),
      read: (into, at) => file.read(into, at),
      write: (from, at) => {
        if (full && at + from.length > file.size()) throw new StorageFullError('There is no room left.');
        file.write(from, at);
      },
      truncate: (size) => file.truncate(size),
      sync: () => file.sync(),
      close: () => file.close(),
    });
    const { fs, pglite } = await openPglite(failing);
    await pglite.exec('CREATE TABLE filling (n int)');
    full = true;
    await expect(pglite.exec('INSERT INTO filling SELECT generate_series(1, 100000)')).rejects.toThrow(/No space left/);
    expect(fs.takeFailure()).toBeInstanceOf(StorageFullError);
    expect(fs.takeFailure()).toBeNull();
    full = false;
    await pglite.exec('INSERT INTO filling SELECT generate_series(1, 100000)');
    expect((await pglite.query('SELECT count(*)::int AS count FROM filling')).rows).toEqual([{ count: 100_000 }]);
    await pglite.close();
  });
});
