/** What Berkeley DB SQL itself reads from the files that are made of SQLite pages. */
import { describe, expect, test } from 'vitest';
import { fromSqlite } from '../../../src/storage/bdb/sqlite/from-sqlite.ts';
import { sqlitePages } from '../../../src/storage/bdb/sqlite/sqlite-pages.ts';
import { toSqlite } from '../../../src/storage/bdb/sqlite/to-sqlite.ts';
import { headerTree } from '../../../src/storage/bdb/write/header-tree.ts';
import { writeBdb } from '../../../src/storage/bdb/write/writer.ts';
import { MemoryFile } from '../../../src/storage/volume.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { openGenuine } from './genuine.ts';
import { bytesOf, integrity, openSqlite, query, sqliteFile, type Value } from './sqlite.ts';

/** Statements that make a database. */
const DATABASES: Readonly<Record<string, readonly string[]>> = {
  'nothing at all': ['PRAGMA user_version = 7'],
  'numbers of all widths, and rowids': [
    'CREATE TABLE n(id INTEGER PRIMARY KEY, a, b)',
    'CREATE INDEX n_a ON n(a)',
    'CREATE INDEX n_ba ON n(b DESC, a)',
    ...[
      '0, 0, 1',
      '1, 1, 1.0',
      '127, -128, 1',
      '128, 127, 7',
      '-128, -32768, 7.0',
      '-129, 32767, NULL',
      '-32768, -8388608, NULL',
      '-8388608, 8388607, NULL',
      "-2147483648, -2147483648, x'00'",
      "-140737488355328, 140737488355327, x''",
      "-9223372036854775808, -9223372036854775808, ''",
      "9223372036854775807, 9223372036854775807, 'a'",
      "140737488355328, 9e999, 'a'",
      "2147483648, -9e999, ''''",
      "16777216, 5e-324, 'ü💧'",
      '72057594037927935, 9007199254740993, 9007199254740992.0',
      '72057594037927936, 9007199254740992.0, 9007199254740993',
    ].map((row) => `INSERT INTO n VALUES(${row})`),
  ],
  'rows and keys over many pages': [
    'CREATE TABLE big(id INTEGER PRIMARY KEY, k TEXT UNIQUE, b BLOB)',
    'CREATE INDEX big_b ON big(b)',
    'WITH c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 700) INSERT INTO big SELECT i * 3, hex(randomblob(i % 90 * 20)) || i, randomblob(i * 13 % 9000) FROM c',
  ],
  'many rows under one key': [
    'CREATE TABLE d(id INTEGER PRIMARY KEY, k)',
    'CREATE INDEX d_k ON d(k)',
    'WITH c(i) AS (SELECT -900 UNION ALL SELECT i + 1 FROM c WHERE i < 3000) INSERT INTO d SELECT i, i % 3 FROM c WHERE i NOT IN (0, 1)',
  ],
  'collations, and DESC': [
    'CREATE TABLE c(a TEXT COLLATE NOCASE, b TEXT, r TEXT COLLATE RTRIM, UNIQUE(a, b), PRIMARY KEY(b DESC, r))',
    'CREATE INDEX c_b ON c(b COLLATE NOCASE DESC, a COLLATE BINARY)',
    'CREATE INDEX c_r ON c(r)',
    "WITH c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 300) INSERT INTO c SELECT char(65 + i % 26 + 32 * (i % 2)) || i, 'b' || i, 'r' || (i % 40) || substr('   ', 1, i % 4) FROM c",
  ],
  'UTF-16': [
    "PRAGMA encoding = 'UTF-16le'",
    'CREATE TABLE "größe"(a TEXT COLLATE NOCASE UNIQUE, b)',
    'CREATE INDEX "größe_b" ON "größe"(b)',
    "INSERT INTO \"größe\" VALUES('Ä', 'ü'), ('b', '💧'), ('B2', 'a')",
  ],
  'views, triggers, sequences and statistics': [
    'CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT)',
    'CREATE INDEX t_v ON t(v)',
    'CREATE VIEW w AS SELECT v FROM t',
    "CREATE TRIGGER r AFTER DELETE ON t BEGIN INSERT INTO t(v) VALUES('gone'); END",
    "INSERT INTO t(v) VALUES('a'); INSERT INTO t(v) VALUES('b'); DELETE FROM t WHERE v = 'a'",
    'ALTER TABLE t ADD COLUMN n INTEGER DEFAULT 5',
    'ANALYZE',
    'PRAGMA application_id = 99',
  ],
  '130 columns in an index': [
    `CREATE TABLE wide(${Array.from({ length: 130 }, (_, i) => `c${i}`)})`,
    `CREATE INDEX wide_all ON wide(${Array.from({ length: 130 }, (_, i) => `c${i}`)})`,
    `INSERT INTO wide(c0, c129) VALUES(1, 2), (0, 3)`,
  ],
  '200 tables': Array.from({ length: 200 }, (_, i) => `CREATE TABLE t${i}(a UNIQUE, b); INSERT INTO t${i} VALUES(${i}, 'b')`),
};

describe.each(Object.entries(DATABASES))('%s', (_, statements) => {
  test.each([512, 4096])('survives the way to Berkeley DB and back, in pages of %d bytes', async (pageSize) => {
    const bytes = sqliteFile(`PRAGMA page_size = ${pageSize}`, ...statements);
    const file = berkeleyOf(bytes, pageSize);
    const engine = openSqlite(bytes);
    const back = openSqlite(bytesOf(toSqlite(openGenuine(file), pageSize).file));
    back.run('REINDEX');
    expect(integrity(back)).toBe('ok');
    expect(dump(back)).toEqual(dump(engine));
    if (hasJudges) expect(await judge.verify(file)).toBeUndefined();
  });
});

/** The Berkeley DB file of a SQLite file. */
function berkeleyOf(bytes: Uint8Array, pageSize: number): Uint8Array {
  const { header, trees } = fromSqlite(sqlitePages(bytes, 'test.db'), 'test.db');
  const file = writeBdb([headerTree(header), ...trees], { pageSize, fileId: new Uint8Array(20).fill(7) });
  return bytesOf(new MemoryFile(file.chunks, file.size));
}

/** The schema and all rows, by rowid. */
function dump(engine: ReturnType<typeof openSqlite>): unknown {
  const schema = query(engine, 'SELECT rowid, type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid');
  const tables = schema.filter(([, type]) => type === 'table').map(([, , name]) => String(name));
  return {
    schema,
    words: ['user_version', 'application_id', 'encoding'].map((pragma) => query(engine, `PRAGMA ${pragma}`)),
    tables: tables.map((name) => query(engine, `SELECT rowid, * FROM "${name}" NOT INDEXED ORDER BY rowid`).map(readable)),
  };
}

/** Blobs as text: they are compared much quicker. */
function readable(row: Value[]): unknown[] {
  return row.map((value) => (value instanceof Uint8Array ? { blob: Buffer.from(value).toString('hex') } : value));
}
