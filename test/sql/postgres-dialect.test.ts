/** What is particular to Postgres's dialect: errors, transactions, raw text, many rows in one statement. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ColumnType } from '../../src/ast/type.ts';
import { postgres } from '../../src/dialect/postgres/dialect.ts';
import {
  ConnectionClosedError,
  CorruptDatabaseError,
  DatabaseError,
  DataError,
  DeadlockError,
  ImproperlyConfigured,
  IntegrityError,
  InternalError,
  LockTimeoutError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  StorageFullError,
} from '../../src/errors.ts';
import { column } from '../../src/query/column.ts';
import { fn } from '../../src/query/fn.ts';
import { EXCLUDED, Insert, insertSource } from '../../src/query/insert.ts';
import { raw, SQL } from '../../src/query/raw.ts';
import { select } from '../../src/query/select.ts';
import { Table } from '../../src/query/table.ts';
import type { WriteTarget } from '../../src/query/write-query.ts';
import { POSTGRES_TABLES } from './golden.ts';
import { openPostgres } from './postgres.ts';

const on = await openPostgres(POSTGRES_TABLES);

describe('errors', () => {
  const fails = (sql: string): Promise<unknown> =>
    on.run({ statements: [postgres.raw(sql, [])] }).then(
      () => undefined,
      (error: unknown) => error,
    );

  beforeAll(() =>
    on.script(`
      CREATE TABLE a (id integer PRIMARY KEY, x text NOT NULL, y integer CHECK (y > 0), z integer REFERENCES a (id), UNIQUE (x, y));
      CREATE UNIQUE INDEX by_expression ON a (lower(x));
      CREATE TABLE "b.c" ("d, e" integer PRIMARY KEY);
      INSERT INTO a VALUES (1, 'a', 1, NULL);
      INSERT INTO "b.c" VALUES (1)`),
  );

  it('tell which constraint of what failed', async () => {
    const unique = { name: 'IntegrityError', constraint: 'unique' };
    expect(await fails("INSERT INTO a VALUES (1, 'b', 1, NULL)")).toMatchObject({ ...unique, table: 'a', columns: ['id'] });
    expect(await fails("INSERT INTO a VALUES (2, 'a', 1, NULL)")).toMatchObject({ ...unique, table: 'a', columns: ['x', 'y'] });
    expect(await fails("INSERT INTO a VALUES (2, 'A', 2, NULL)")).toMatchObject({ ...unique, table: 'a', columns: [] });
    expect(await fails('INSERT INTO "b.c" VALUES (1)')).toMatchObject({ ...unique, table: 'b.c', columns: ['d, e'] });
    expect(await fails('INSERT INTO a VALUES (2, NULL, 1, NULL)')).toMatchObject({
      constraint: 'notNull',
      table: 'a',
      columns: ['x'],
    });
    expect(await fails("INSERT INTO a VALUES (2, 'b', 0, NULL)")).toMatchObject({ constraint: 'check', table: 'a' });
    expect(await fails("INSERT INTO a VALUES (2, 'b', 1, 7)")).toMatchObject({ constraint: 'foreignKey', table: 'a' });
  });

  it('are of the class of what happened', async () => {
    for (const [sql, type, code] of [
      ['SELECT nope', ProgrammingError, '42703'],
      ['SELEC 1', ProgrammingError, '42601'],
      ['SELECT * FROM nope', ProgrammingError, '42P01'],
      ['SELECT nope()', ProgrammingError, '42883'],
      ["SELECT 'x'::integer", DataError, '22P02'],
      ['SELECT 1 / 0', DataError, '22012'],
      ["SELECT '{'::json", DataError, '22P02'],
      ['SELECT 2147483647::integer + 1::integer', DataError, '22003'],
      ['SELECT (VALUES (1), (2))', ProgrammingError, '21000'],
      ['SAVEPOINT a', OperationalError, '25P01'],
      ['DROP SCHEMA nope', ProgrammingError, '3F000'],
    ] as const) {
      const error = await fails(sql);
      expect(error, sql).toBeInstanceOf(type);
      expect(error).toMatchObject({ code, sql });
      expect((error as Error).stack).toContain(type.prototype.name);
    }
    const readOnly = { begin: postgres.begin('read'), commit: postgres.rollback, rollback: postgres.rollback };
    await expect(on.run({ statements: [postgres.raw('CREATE TABLE nope ()', [])], bracket: readOnly })).rejects.toMatchObject({
      name: 'OperationalError',
      code: '25006',
    });
  });

  it('are of the class of their code', () => {
    for (const [code, type] of [
      ['40P01', DeadlockError],
      ['40001', OperationalError],
      ['55P03', LockTimeoutError],
      ['53100', StorageFullError],
      ['08006', ConnectionClosedError],
      ['57P01', ConnectionClosedError],
      ['57014', OperationalError],
      ['0A000', NotSupportedError],
      ['XX000', InternalError],
      ['XX001', CorruptDatabaseError],
      ['P0001', DatabaseError],
      ['28P01', OperationalError],
    ] as const) {
      const converted = postgres.error(new DatabaseError('message', { code, sql: 'SELECT 1', database: 'd' }));
      expect((converted as Error).constructor, code).toBe(type);
      expect(converted).toMatchObject({ message: 'message', code, sql: 'SELECT 1', database: 'd' });
    }
  });

  it('that are known already stay', () => {
    for (const known of [
      new IntegrityError('x', { code: '23505' }),
      new ConnectionClosedError('closed', { code: '42601' }),
      new OperationalError('Storage is gone'),
      new DatabaseError('x', { code: 1 }),
      'text',
    ])
      expect(postgres.error(known)).toBe(known);
  });
});

describe('raw text', () => {
  it('is a writer until it certainly is not', () => {
    const modes = {
      read: [
        'SELECT 1',
        ' select 1; ',
        '-- c\nSELECT 1',
        '/* a /* nested */ comment; */ SELECT 1',
        'VALUES (1)',
        'TABLE t',
        '(SELECT 1) UNION (SELECT 2)',
        'EXPLAIN DELETE FROM t',
        'EXPLAIN (ANALYZE false) DELETE FROM t',
        'EXPLAIN ANALYZE SELECT 1',
        'EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1',
        'WITH a AS (SELECT 1) SELECT * FROM a',
        "SELECT ';', $$;$$, $x$ DELETE $$ ; $x$, E'\\';'",
        "SELECT 'INSERT INTO t'",
        'SELECT updated, deleted_at FROM t',
        'SHOW timezone',
        'ROLLBACK TO a',
        'SAVEPOINT a',
        'BEGIN READ ONLY',
      ],
      write: [
        'INSERT INTO t VALUES (1)',
        'WITH a AS (SELECT 1) DELETE FROM t',
        'WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a',
        'SELECT 1; DELETE FROM t',
        'SELECT * INTO u FROM t',
        'SELECT * FROM t FOR UPDATE',
        'SELECT * FROM t FOR KEY SHARE',
        "SELECT nextval('s')",
        "SELECT pg_catalog.setval('s', 1)",
        'SELECT "nextval"(\'s\')',
        "SELECT pg_notify('a', 'b')",
        'SELECT pg_advisory_lock(1)',
        'EXPLAIN ANALYZE DELETE FROM t',
        'EXPLAIN (ANALYZE, COSTS off) DELETE FROM t',
        "SET timezone = 'UTC'",
        'LISTEN a',
        'NOTIFY a',
        'CREATE TABLE t (a)',
        'VACUUM',
        'MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE',
        'CALL p()',
        'DO $$ BEGIN END $$',
        '',
        '/* SELECT */ DROP TABLE t',
      ],
      begin: ['BEGIN', 'start transaction', 'BEGIN ISOLATION LEVEL SERIALIZABLE'],
      end: ['COMMIT', 'END', 'ROLLBACK', 'ABORT'],
    };
    for (const [mode, texts] of Object.entries(modes))
      for (const text of texts) expect([text, postgres.raw(text, []).mode]).toEqual([text, mode]);
    expect(postgres.compile(select(fn.call('nextval', 's'))['~node'])[0]?.mode).toBe('write');
    expect(postgres.compile(select(fn.call('upper', 's'))['~node'])[0]?.mode).toBe('read');
  });

  it('takes question marks and numbers for values', async () => {
    expect(postgres.raw('SELECT ? + 1, ?', [2, 'x']).sql).toBe('SELECT $1::integer + 1, $2');
    expect(postgres.raw('SELECT $1 + 1, $2', [2, 'x']).sql).toBe('SELECT $1 + 1, $2');
    expect(postgres.raw("SELECT '?' WHERE a ? 'b'", []).sql).toBe("SELECT '?' WHERE a ? 'b'");
    expect(postgres.raw('SELECT a ?? \'b\', ARRAY[?], $$?$$, "?" -- ?', ['x']).sql).toBe(
      'SELECT a ? \'b\', ARRAY[$1], $$?$$, "?" -- ?',
    );
    expect(await raw('SELECT ? AS a, ?::date AS b, ARRAY[?, 3] AS c, ? AS d', ['x', '2026-01-02', 2, true]).bind(on)).toEqual([
      { a: 'x', b: '2026-01-02', c: [2, 3], d: true },
    ]);
    expect(
      await select(SQL(`'{"a": 1}'::jsonb ?? ?`, ['a']))
        .bind(on)
        .scalar(),
    ).toBe(true);
  });
});

it('begins and ends transactions', () => {
  expect(postgres.begin('write')).toEqual({ sql: 'BEGIN', mode: 'begin' });
  expect(postgres.begin('read')).toEqual({ sql: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', mode: 'read' });
  expect(postgres.begin('write', 'serializable')).toEqual({ sql: 'BEGIN ISOLATION LEVEL SERIALIZABLE', mode: 'begin' });
  expect(postgres.begin('read', 'read_committed')).toEqual({
    sql: 'BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY',
    mode: 'read',
  });
  expect(() => postgres.begin('write', 'immediate')).toThrow(ImproperlyConfigured);
  expect(postgres.savepoint('a "b"').sql).toBe('SAVEPOINT "a ""b"""');
  expect(postgres.rollbackTo('s').sql).toBe('ROLLBACK TO SAVEPOINT "s"');
});

it('takes the same value as two arguments for two values', async () => {
  const words = fn.call<string>('to_tsvector', 'simple', 'simple');
  expect(await select(words, fn.count()).groupBy(words).bind(on).tuples()).toEqual([["'simple':1", 1]]);
});

it('explains, and runs only what it is told to', async () => {
  const insert = Table('kv').insert([{ key: 'a' }, { key: 'b' }]);
  const [statement] = postgres.compile({ kind: 'explain', node: insert['~node'] });
  expect(statement?.sql).toBe('EXPLAIN (FORMAT JSON) INSERT INTO "kv" ("key") VALUES ($1)');
  const plan = await Table('kv').bind(on).select().where(SQL<boolean>("key = 'a'")).explain();
  expect(plan[0]?.['QUERY PLAN']).toMatchObject([{ Plan: { 'Relation Name': 'kv' } }]);
  const kv = Table('kv', ['key']);
  const query = select(kv.c.key).from(kv);
  const [analyzed] = postgres.compile({ kind: 'explain', node: query['~node'], analyze: true });
  expect(analyzed).toMatchObject({ sql: 'EXPLAIN (ANALYZE, FORMAT JSON) SELECT "kv"."key" FROM "kv"', mode: 'read' });
});

describe('many rows', () => {
  const types: Readonly<Record<string, ColumnType>> = {
    id: { name: 'auto' },
    n: { name: 'bigint' },
    t: { name: 'text' },
    d: { name: 'decimal', precision: 10, scale: 2 },
    at: { name: 'datetime' },
    ok: { name: 'boolean' },
    bytes: { name: 'blob' },
    tags: { name: 'array', element: { name: 'text' } },
    doc: { name: 'json' },
  };
  const info = (key: string): ReturnType<WriteTarget['~column']> => ({ key, name: key, type: types[key] });
  const target: WriteTarget = { '~table': { kind: 'table', name: 'many' }, '~column': info };
  const insert = (keys: readonly string[], rows: readonly (readonly unknown[])[]): Insert =>
    new Insert(target, keys.map(info), insertSource(keys.map(info), rows), on);
  const c = (key: string): ReturnType<typeof column<unknown, string>> => column('many', info(key));

  beforeAll(() =>
    on.script(
      'CREATE TABLE many (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n bigint UNIQUE, t text, d numeric(10, 2), at timestamp, ok boolean, bytes bytea, tags text[], doc json)',
    ),
  );

  it('go in one statement, a column an array', async () => {
    const keys = ['n', 't', 'd', 'at', 'ok', 'bytes', 'tags', 'doc'];
    const at = new Date(Date.UTC(2026, 0, 2));
    const rows = [
      [1n, 'a,"b"\\', '1.50', at, true, Uint8Array.of(0, 255), ['x', 'y,"z"\\', 'NULL'], { a: ['"'] }],
      [2n ** 62n, 'NULL', '-0.01', null, false, new Uint8Array(0), [], null],
      [3n, null, null, null, null, null, null, [null]],
      [4n, '', '0.00', at, true, Uint8Array.of(92), [''], '\\'],
    ];
    const query = insert(keys, rows);
    const [statement, ...more] = postgres.compile(query['~node']);
    expect(more).toEqual([]);
    expect(statement?.sql).toBe(
      'INSERT INTO "many" ("n", "t", "d", "at", "ok", "bytes", "tags", "doc") SELECT c1, c2, c3, c4, c5, c6, c7::text[], c8 FROM unnest($1::bigint[], $2::text[], $3::numeric[], $4::timestamp[], $5::boolean[], $6::bytea[], $7::text[], $8::json[]) AS v(c1, c2, c3, c4, c5, c6, c7, c8)',
    );
    expect(await query).toBe(4);
    const read = select(...keys.map(c)).from(Table('many'));
    expect(await read.orderBy(c('id')).bind(on).tuples()).toEqual(rows);
  });

  it('come back in the order they went in', async () => {
    const rows = Array.from({ length: 3000 }, (_, at) => [BigInt(10_000 - at), `row ${at}`]);
    on.ran.length = 0;
    const ids = (await insert(['n', 't'], rows).returning(c('id'), c('t')).tuples()) as unknown as [number, string][];
    expect(ids.map(([, t]) => t)).toEqual(rows.map(([, t]) => t));
    expect(ids.every(([id], at) => at === 0 || id > (ids[at - 1] as [number, string])[0])).toBe(true);
    expect(on.ran.length).toBe(1);
  });

  it('that are long go in portions that are one transaction', async () => {
    const rows = Array.from({ length: 10 }, (_, at) => [BigInt(20_000 + at), 'x'.repeat(1_000_000)]);
    on.ran.length = 0;
    expect(await insert(['n', 't'], rows)).toBe(10);
    expect(on.ran.length).toBe(2);
    const failing = [...rows.map(([n, t]) => [(n as bigint) + 100n, t]), [20_000n, 'again']];
    await expect(insert(['n', 't'], failing)).rejects.toThrow(IntegrityError);
    expect(await select(c('n')).from(Table('many')).where(c('n').between(20_100n, 20_200n)).bind(on).count()).toBe(0);
  });

  it('may meet the same row twice', async () => {
    const n = c('n');
    const upsert = (rows: readonly (readonly unknown[])[]): Insert =>
      insert(['n', 't'], rows).onConflict({ conflictTarget: ['n'], update: { t: c('t').concat(EXCLUDED(c('t'))) } });
    const t = (key: bigint): Promise<unknown> => select(c('t')).from(Table('many')).where(n.eq(key)).bind(on).scalar();
    const apart = [
      [30_000n, 'a'],
      [30_001n, 'b'],
      [null, 'c'],
      [null, 'd'],
    ];
    expect(postgres.compile(upsert(apart)['~node'])[0]?.sql).toContain('unnest');
    expect(await upsert(apart)).toBe(4);
    expect(await upsert([...apart.slice(0, 2), [30_000n, 'e']])).toBe(3);
    expect(await t(30_000n)).toBe('aae');
    const returned = upsert([
      [30_001n, 'f'],
      [30_001n, 'g'],
    ]).returning(c('t'));
    expect(await returned.tuples()).toEqual([['bbf'], ['bbfg']]);
    expect(
      await insert(
        ['n', 't'],
        [
          [40_000n, 'a'],
          [40_000n, 'b'],
          [30_000n, 'c'],
        ],
      ).onConflictIgnore(),
    ).toBe(1);
  });

  it('of columns that nobody described take the types the table has', async () => {
    const many = Table('many', ['n', 'at', 'ok', 'd']).bind(on);
    expect(
      await many.insert([
        { n: 50_000, at: '2026-01-02', ok: true, d: 1.5 },
        { n: 50_001n, at: null, ok: false, d: '2' },
      ]),
    ).toBe(2);
    expect(await many.select(many.c.at, many.c.d).where(many.c.n.eq(50_000)).tuples()).toEqual([
      [new Date(Date.UTC(2026, 0, 2)), '1.50'],
    ]);
  });

  it('are found again by lists of any length', async () => {
    const ids = Array.from({ length: 100_000 }, (_, at) => at);
    const found = select(c('id'))
      .from(Table('many'))
      .where(column<number, 'id'>('many', { key: 'id', name: 'id', type: { name: 'integer' } }).in(ids));
    expect(await found.bind(on).count()).toBeGreaterThan(3000);
    expect(found.sql(postgres).params.length).toBe(1);
  });
});

it('locks rows, and numbers of parameters have a limit', async () => {
  const kv = Table('kv', ['key', 'value']).bind(on);
  await kv.insert({ key: 'a', value: 1 });
  expect(await kv.select(kv.c.value).forUpdate({ strength: 'share' }).scalars()).toEqual([1]);
  expect(await kv.select(kv.c.value).forUpdate({ strength: 'share' }).count()).toBe(1);
  expect(() => postgres.raw('SELECT 1', new Array(70_000).fill(1))).toThrow(/PostgreSQL takes at most 65535/);
});
