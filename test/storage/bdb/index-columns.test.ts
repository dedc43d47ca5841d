/** What the text of a schema says about indexes, agreed with the engine of today. */
import { expect, test } from 'vitest';
import { type IndexShape, indexShape, tableShape } from '../../../src/storage/bdb/sqlite/index-columns.ts';
import { type Engine, openSqlite, query } from './sqlite.ts';

const TABLES = [
  'CREATE TABLE t(a, b, c)',
  'CREATE TABLE t(a INTEGER PRIMARY KEY, b UNIQUE, c)',
  'CREATE TABLE t(a integer primary key desc, b unique collate nocase, c)',
  'CREATE TABLE t(a INT PRIMARY KEY, b, c)',
  'CREATE TABLE t(a INTEGER, b TEXT COLLATE RTRIM, c, PRIMARY KEY(a), UNIQUE(b, c))',
  'CREATE TABLE t(a INTEGER, b, c, PRIMARY KEY(a DESC))',
  'CREATE TABLE t(a INTEGER, b, c, PRIMARY KEY(a COLLATE NOCASE))',
  'CREATE TABLE t(a "INTEGER" PRIMARY KEY, b, c)',
  'CREATE TABLE t(a INTEGER(5) PRIMARY KEY, b VARCHAR(10, 2) UNIQUE, c UNSIGNED BIG INT UNIQUE)',
  'CREATE TABLE t(a, b, c, UNIQUE(a), UNIQUE(A), UNIQUE(a COLLATE nocase), UNIQUE(a, b), UNIQUE(b, a), PRIMARY KEY(a, b))',
  'CREATE TABLE t(a UNIQUE UNIQUE COLLATE NOCASE PRIMARY KEY, b, c)',
  'CREATE TABLE t(a, b, c, UNIQUE(a) UNIQUE(b COLLATE NOCASE DESC) CONSTRAINT x PRIMARY KEY(c))',
  'CREATE TABLE t(a CONSTRAINT "unique" NOT NULL CONSTRAINT p UNIQUE ON CONFLICT REPLACE, b, c)',
  "CREATE TABLE t(a DEFAULT ('x, y) UNIQUE('), b CHECK(b IN ('unique', \"c\")), c REFERENCES t(a) ON DELETE SET NULL UNIQUE)",
  'CREATE TABLE t(a /* , UNIQUE(b) */, b -- UNIQUE\n, c, FOREIGN KEY(a) REFERENCES t(b), UNIQUE("b", [c], `a`))',
  'CREATE TABLE t(a, b, c, UNIQUE(\'a\', "B" COLLATE "nocase"))',
  'CREATE TABLE t("a ""x"" (" UNIQUE, "b,", [c )] COLLATE NOCASE, a, b, c, UNIQUE("b,", [c )]))',
  'CREATE TABLE t(größe UNIQUE, "ÄB" COLLATE NOCASE, a, b, c, UNIQUE("ÄB"))',
  'CREATE TABLE t(a, b DEFAULT -1.5e3 COLLATE NOCASE UNIQUE, c DEFAULT CURRENT_TIMESTAMP UNIQUE)',
  'CREATE TABLE t(a DOUBLE PRECISION COLLATE RTRIM, b CHARACTER VARYING(20) COLLATE nocase, c, UNIQUE(a, b DESC, c))',
];
const INDEXES = [
  'CREATE INDEX i ON t(a)',
  'CREATE UNIQUE INDEX i ON t(A DESC, b COLLATE NOCASE ASC)',
  'CREATE INDEX IF NOT EXISTS "on (" ON "t" ("a" COLLATE [rtrim], c)',
  'CREATE INDEX main.i ON t((a), b)',
];

/** What `index_xinfo` says, without the rowid. */
function told(engine: Engine, name: string): IndexShape {
  const columns = query(engine, `SELECT coll, "desc" FROM pragma_index_xinfo('${name}') WHERE key ORDER BY seqno`);
  return {
    collations: columns.map(([collation]) => String(collation).toUpperCase()),
    descends: columns.some(([, desc]) => desc === 1n),
  };
}

test.each(TABLES)('%s', (sql) => {
  const engine = openSqlite();
  engine.run(sql);
  const shape = tableShape(storedText(engine, 't'));
  const automatic = query(engine, "SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_auto%' ORDER BY name").map(([name]) =>
    String(name),
  );
  expect(automatic).toEqual(shape.automatic.map((_, index) => `sqlite_autoindex_t_${index + 1}`));
  expect(shape.automatic).toEqual(automatic.map((name) => told(engine, name)));
  for (const index of INDEXES) {
    engine.run(index);
    const name = index.includes('"on (') ? 'on (' : 'i';
    expect(indexShape(storedText(engine, name), shape)).toEqual(told(engine, name));
    engine.run(`DROP INDEX "${name}"`);
  }
  engine.close();
});

test('an index on an expression has no shape', () => {
  const table = tableShape('CREATE TABLE t(a, b)');
  expect(indexShape('CREATE INDEX i ON t(a + b)', table)).toBeNull();
  expect(indexShape('CREATE INDEX i ON t(lower(a))', table)).toBeNull();
  expect(indexShape("CREATE INDEX i ON t('c')", table)).toBeNull();
});

test('text that is no statement ends as quickly', () => {
  for (const sql of [
    '',
    '(',
    ')',
    'CREATE TABLE',
    'CREATE TABLE t(',
    'CREATE TABLE t("',
    "CREATE INDEX i ON t(('",
    '/*'.repeat(1000),
    '('.repeat(10_000),
  ]) {
    expect(tableShape(sql).automatic).toEqual([]);
    indexShape(sql, tableShape(sql));
  }
});

function storedText(engine: Engine, name: string): string {
  return String(query(engine, `SELECT sql FROM sqlite_master WHERE name = '${name}'`)[0]![0]);
}
