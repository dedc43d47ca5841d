/** The engine over IndexedDB: what was committed is there again, after imports with other page sizes too. */
import { expect, test } from 'vitest';
import type { Driver } from '../../src/driver/driver.ts';
import { openHere } from '../../src/driver/open-sqljs.ts';
import type { Durability } from '../../src/storage/backend.ts';
import { column, OPTIONS, run, sql } from './support.ts';

const FILL =
  'INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT NULL, randomblob(300) FROM n';

const open = (name: string, durability: Durability = 'strict'): Promise<Driver> =>
  openHere({ ...OPTIONS, lockTimeout: 5000, name, storage: 'indexeddb', durability });

async function expectRows(name: string, rows: number): Promise<void> {
  const driver = await open(name);
  const db = driver.connect();
  expect(await column(db, 'SELECT count(*) FROM t')).toEqual([rows]);
  expect(await column(db, 'PRAGMA integrity_check')).toEqual(['ok']);
  await driver.close();
}

test.each<Durability>(['strict', 'relaxed', 'deferred'])('commits survive closing (%s)', async (durability) => {
  const name = `engine ${durability} ${crypto.randomUUID()}`;
  const driver = await open(name, durability);
  const db = driver.connect();
  await run(db, 'CREATE TABLE t(id INTEGER PRIMARY KEY, v)');
  await run(db, FILL);
  await Promise.all(Array.from({ length: 50 }, (_, i) => run(db, 'DELETE FROM t WHERE id = ?', i + 1)));
  await driver.close();
  await expectRows(name, 2950);
});

test.each([512, 4096, 65_536])('an import with pages of %i bytes, changed and closed', async (size) => {
  const other = await openHere({ ...OPTIONS, setup: [] });
  const source = other.connect();
  await source.run({ statements: [sql('PRAGMA journal_mode=DELETE'), sql(`PRAGMA page_size=${size}`), sql('VACUUM')] });
  await run(source, 'CREATE TABLE t(id INTEGER PRIMARY KEY, v)');
  await run(source, FILL);
  const file = await other.exportFile();
  await other.close();
  const name = `engine import ${size} ${crypto.randomUUID()}`;
  const driver = await open(name);
  const db = driver.connect();
  await run(db, 'CREATE TABLE before(a)');
  const progress: number[] = [];
  await driver.importFile(file, { onProgress: (done) => progress.push(done) });
  expect(progress.at(-1)).toBe(file.size);
  expect(await column(db, 'PRAGMA page_size')).toEqual([size]);
  await run(db, 'DELETE FROM t WHERE id <= 100');
  await driver.close();
  await expectRows(name, 2900);
});
