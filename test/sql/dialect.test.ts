/** What is particular to SQLite's dialect: errors, transactions, raw text, limits. */
import { describe, expect, it } from 'vitest';
import { sqlite } from '../../src/dialect/sqlite/dialect.ts';
import { sqliteError } from '../../src/dialect/sqlite/errors.ts';
import { pragma } from '../../src/dialect/sqlite/pragma.ts';
import {
  ConnectionClosedError,
  CorruptDatabaseError,
  DatabaseError,
  DataError,
  ImproperlyConfigured,
  IntegrityError,
  LockTimeoutError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  StorageFullError,
} from '../../src/errors.ts';
import { column } from '../../src/query/column.ts';
import { select } from '../../src/query/select.ts';
import { Table } from '../../src/query/table.ts';
import { executor, open } from './engine.ts';

describe('errors', () => {
  it('tell which constraint of what failed, as the engine words it', async () => {
    const on = executor(
      open(`PRAGMA foreign_keys = 1;
      CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT NOT NULL, y INTEGER CHECK (y > 0), z INTEGER REFERENCES a (id), UNIQUE (x, y));
      CREATE UNIQUE INDEX by_expression ON a (lower(x));
      CREATE TABLE "b.c" ("d.e" INTEGER PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE s (n INTEGER) STRICT;
      INSERT INTO a VALUES (1, 'a', 1, NULL); INSERT INTO "b.c" VALUES (1);`),
    );
    const fails = (sql: string): Promise<unknown> =>
      on.run({ statements: [sqlite.raw(sql, [])] }).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(await fails("INSERT INTO a VALUES (1, 'b', 1, NULL)")).toMatchObject({
      name: 'IntegrityError',
      constraint: 'unique',
      table: 'a',
      columns: ['id'],
    });
    expect(await fails('INSERT INTO a VALUES (2, NULL, 1, NULL)')).toMatchObject({
      constraint: 'notNull',
      table: 'a',
      columns: ['x'],
    });
    expect(await fails("INSERT INTO a VALUES (2, 'b', 0, NULL)")).toMatchObject({ constraint: 'check' });
    expect(await fails("INSERT INTO a VALUES (2, 'b', 1, 7)")).toMatchObject({ constraint: 'foreignKey' });
    expect(await fails("INSERT INTO a VALUES (2, 'A', 2, NULL)")).toMatchObject({
      constraint: 'unique',
      table: undefined,
      columns: [],
    });
    expect(await fails("INSERT INTO s VALUES ('x')")).toBeInstanceOf(DataError);
    expect(await fails('SELECT nope')).toBeInstanceOf(ProgrammingError);
    expect(await fails('COMMIT')).toBeInstanceOf(OperationalError);
    expect(await fails("SELECT json('{')")).toBeInstanceOf(DataError);
    expect(await fails('SELECT abs(-9223372036854775808)')).toBeInstanceOf(DataError);
    expect(await fails("INSERT INTO a VALUES (1, 'b', 1, NULL)")).toMatchObject({
      sql: "INSERT INTO a VALUES (1, 'b', 1, NULL)",
      code: 19,
    });
  });

  it('are of the class of their code', () => {
    for (const [code, type] of [
      [5, LockTimeoutError],
      [261, LockTimeoutError],
      [11, CorruptDatabaseError],
      [26, CorruptDatabaseError],
      [13, StorageFullError],
      [18, DataError],
      [2067, IntegrityError],
      [522, OperationalError],
      [99, DatabaseError],
    ] as const) {
      expect(sqliteError(code, 'message')).toBeInstanceOf(type);
    }
    expect(sqliteError(2067, 'UNIQUE constraint failed: t.a, t.b')).toMatchObject({
      table: 't',
      columns: ['a', 'b'],
      constraint: 'unique',
    });
  });

  it('that are known already stay', () => {
    const known = new ConnectionClosedError('closed', { code: 21 });
    expect(sqlite.error(known)).toBe(known);
    const plain = new OperationalError('Storage is gone');
    expect(sqlite.error(plain)).toBe(plain);
    expect(sqlite.error('text')).toBe('text');
  });
});

describe('raw text', () => {
  it('is a writer until it certainly is not', () => {
    const modes = {
      read: [
        'SELECT 1',
        ' select 1; ',
        '-- c\nSELECT 1',
        'VALUES (1)',
        'EXPLAIN DELETE FROM t',
        'WITH a AS (SELECT 1) SELECT * FROM a',
        'PRAGMA user_version',
        'PRAGMA main.table_info(t)',
        "SELECT ';'",
        'ROLLBACK TO a',
      ],
      write: [
        'INSERT INTO t VALUES (1)',
        'WITH a AS (SELECT 1) DELETE FROM t',
        'SELECT 1; DELETE FROM t',
        'PRAGMA user_version = 3',
        'PRAGMA wal_checkpoint',
        'CREATE TABLE t (a)',
        '',
        'VACUUM',
        '/* SELECT */ DROP TABLE t',
      ],
      begin: ['BEGIN', 'begin immediate'],
      end: ['COMMIT', 'END TRANSACTION', 'ROLLBACK'],
    };
    for (const [mode, texts] of Object.entries(modes))
      for (const text of texts) expect([text, sqlite.raw(text, []).mode]).toEqual([text, mode]);
  });
});

describe('limits', () => {
  it('of bound values are told before the engine sees them', () => {
    const id = column<number, 'id'>('t', { key: 'id', name: 'id', type: { name: 'integer' } });
    const query = (n: number) =>
      Table('t')
        .select()
        .where(id.in(Array.from({ length: n }, (_, at) => at)));
    expect(query(32_766).sql(sqlite).params.length).toBe(32_766);
    expect(() => query(40_000).sql(sqlite)).toThrow(/binds 40000 values, but SQLite takes at most 32766/);
    expect(() => sqlite.raw('SELECT 1', new Array(40_000).fill(1))).toThrow(ProgrammingError);
  });

  it('of text too', () => {
    expect(() => sqlite.raw(`SELECT '${'x'.repeat(17 * 1024 * 1024)}'`, [])).toThrow(/pass long values as parameters/);
  });

  it('of the engine come as errors', async () => {
    const on = executor(open());
    const deep = `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`;
    await expect(on.run({ statements: [sqlite.raw(deep, [])] })).rejects.toThrow(ProgrammingError);
  });
});

it('begins and ends transactions', () => {
  expect(sqlite.begin('write')).toEqual({ sql: 'BEGIN IMMEDIATE', mode: 'begin' });
  expect(sqlite.begin('read')).toEqual({ sql: 'BEGIN', mode: 'read' });
  expect(sqlite.begin('write', 'exclusive')).toEqual({ sql: 'BEGIN EXCLUSIVE', mode: 'begin' });
  expect(() => sqlite.begin('write', 'serializable')).toThrow(ImproperlyConfigured);
  expect(sqlite.savepoint('a "b"').sql).toBe('SAVEPOINT "a ""b"""');
  expect(sqlite.rollbackTo('s').sql).toBe('ROLLBACK TO SAVEPOINT "s"');
});

it('explains without running', async () => {
  const on = executor(open('CREATE TABLE t (a INTEGER)'));
  const insert = Table('t').insert([{ a: 1 }, { a: 2 }]);
  const statements = sqlite.compile({ kind: 'explain', node: insert['~node'] });
  await on.run({ statements });
  expect(
    await select(Table('t').c.a as never)
      .from(Table('t'))
      .bind(on)
      .count(),
  ).toBe(0);
});

it('asks for settings and sets them', () => {
  expect(pragma('userVersion', 3)).toEqual({ sql: 'PRAGMA user_version = 3', mode: 'write' });
  expect(pragma('cacheSize')).toEqual({ sql: 'PRAGMA cache_size', mode: 'read' });
  expect(() => pragma('journalMode', 'delete')).toThrow(NotSupportedError);
  expect(() => pragma('a; DROP TABLE t')).toThrow(ProgrammingError);
});
