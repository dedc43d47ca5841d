/** Damaged SQLite files: each is read or refused with an error of ours, and soon. */
import { expect, test } from 'vitest';
import { CorruptDatabaseError, NotSupportedError } from '../../../src/errors.ts';
import { fromSqlite } from '../../../src/storage/bdb/sqlite/from-sqlite.ts';
import { sqlitePages } from '../../../src/storage/bdb/sqlite/sqlite-pages.ts';
import { SqliteTrees } from '../../../src/storage/bdb/sqlite/sqlite-trees.ts';
import { randomFrom } from './random.ts';
import { sqliteFile } from './sqlite.ts';

const NAME = 'damaged.db';
const MUTATIONS = 300;

/** Reads everything there is; true when nothing was found wrong. */
function reads(bytes: Uint8Array): boolean {
  try {
    const pages = sqlitePages(bytes, NAME);
    const content = fromSqlite(pages, NAME);
    const structure = new SqliteTrees(pages, content, NAME);
    for (const { entries } of content.trees) for (const _ of entries);
    structure.changesOf({ before: pages, after: pages, dirty: Array.from({ length: pages.count }, (_, page) => page) });
    return true;
  } catch (error) {
    if (error instanceof CorruptDatabaseError || error instanceof NotSupportedError) return false;
    throw error;
  }
}

test.each([512, 4096])('a file in pages of %d bytes', (pageSize) => {
  const sound = sqliteFile(
    `PRAGMA page_size = ${pageSize}`,
    'CREATE TABLE t(id INTEGER PRIMARY KEY, k TEXT UNIQUE, b COLLATE NOCASE)',
    'CREATE INDEX t_b ON t(b DESC, k)',
    'CREATE VIEW v AS SELECT * FROM t',
    'WITH c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 200) INSERT INTO t SELECT i * 3, hex(zeroblob(i % 90)) || i, zeroblob(i * 13 % 2000) FROM c',
  );
  expect(reads(sound)).toBe(true);
  const below = randomFrom(pageSize);
  let refused = 0;
  for (let mutation = 0; mutation < MUTATIONS; mutation++) {
    const bytes = sound.slice();
    for (let count = 1 + below(4); count > 0; count--) {
      // Where it hurts most: the beginnings of pages.
      const page = below(bytes.length / pageSize) * pageSize;
      bytes[page + (below(2) === 0 ? below(12) : below(pageSize))] =
        below(2) === 0 ? below(256) : [0, 1, 2, 5, 10, 13, 255][below(7)]!;
    }
    if (!reads(below(20) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes)) refused++;
  }
  expect(refused).toBeGreaterThan(MUTATIONS / 10);
});

test.each([
  ['CREATE TABLE w(a PRIMARY KEY) WITHOUT ROWID', 'The table "w" of "damaged.db" is WITHOUT ROWID'],
  ['CREATE TABLE t(a); CREATE INDEX e ON t(a + 1)', 'The index "e" of "damaged.db" is on an expression'],
])('%s is refused by name', (sql, message) => {
  const bytes = sqliteFile(sql);
  const read = (): void => {
    for (const { entries } of fromSqlite(sqlitePages(bytes, NAME), NAME).trees) for (const _ of entries);
  };
  expect(read).toThrow(NotSupportedError);
  expect(read).toThrow(message);
});
