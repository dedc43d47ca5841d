/** Tables and indexes: created, dropped, asked about. */
import { describe, expect, it } from 'vitest';
import type { ColumnSchema, IndexSchema, TableSchema } from '../../src/ast/schema.ts';
import type { TypeName } from '../../src/ast/type.ts';
import type { Question } from '../../src/dialect/introspection.ts';
import { sqlite } from '../../src/dialect/sqlite/dialect.ts';
import { DataError, ImproperlyConfigured, NotSupportedError } from '../../src/errors.ts';
import { column } from '../../src/query/column.ts';
import { fn } from '../../src/query/fn.ts';
import { Check, Default, SQL } from '../../src/query/raw.ts';
import { nodeOf } from '../../src/query/term.ts';
import { executor, open } from './engine.ts';
import { expectSql } from './golden.ts';

const col = (name: string, type: TypeName, more: Partial<ColumnSchema> = {}): ColumnSchema => ({
  name,
  type: { name: type },
  null: false,
  unique: false,
  primaryKey: false,
  constraints: [],
  ...more,
});
const table = (more: Partial<TableSchema>): TableSchema => ({
  name: 't',
  columns: [],
  primaryKey: [],
  constraints: [],
  indexes: [],
  dependsOn: [],
  temporary: false,
  withoutRowid: false,
  strict: false,
  ...more,
});
const create = (more: Partial<TableSchema>, safe = false) =>
  ({ '~node': { kind: 'createTables', tables: [table(more)], safe } }) as const;
const index = (more: Partial<IndexSchema>, safe = false) =>
  ({ '~node': { kind: 'createIndex', index: { name: 'i', table: 'user', unique: false, on: [], ...more }, safe } }) as const;
const age = column<number, 'age'>('user', { key: 'age', name: 'age', type: { name: 'integer' } });
const username = column<string, 'username'>('user', { key: 'username', name: 'username', type: { name: 'text' } });

describe('tables', () => {
  it('are created', () => {
    expectSql(
      create(
        {
          columns: [
            col('id', 'auto', { primaryKey: true }),
            col('name', 'char', { type: { name: 'char', length: 40 }, unique: true }),
          ],
        },
        true,
      ),
      {
        sqlite: ['CREATE TABLE IF NOT EXISTS "t" ("id" INTEGER NOT NULL PRIMARY KEY, "name" VARCHAR(40) NOT NULL UNIQUE)'],
      },
    );
    expectSql(
      create({
        columns: [col('a', 'text'), col('b', 'any', { null: true })],
        primaryKey: ['a', 'b'],
        withoutRowid: true,
        strict: true,
      }),
      {
        sqlite: ['CREATE TABLE "t" ("a" TEXT NOT NULL, "b" ANY, PRIMARY KEY ("a", "b")) WITHOUT ROWID, STRICT'],
      },
    );
    expectSql(
      create({ name: 'odd "name"', temporary: true, columns: [col('x', 'datetime', { null: true, collation: 'NOCASE' })] }),
      {
        sqlite: ['CREATE TEMPORARY TABLE "odd ""name""" ("x" DATETIME COLLATE "NOCASE")'],
      },
    );
    expectSql(create({ schema: 'main', columns: [col('x', 'any')] }), { sqlite: ['CREATE TABLE "main"."t" ("x" NOT NULL)'] });
  });

  it('refer to each other', () => {
    const references = {
      table: 'user',
      column: 'id',
      onDelete: 'CASCADE',
      onUpdate: 'SET NULL',
      deferrable: 'INITIALLY DEFERRED',
      constraintName: 'fk',
    } as const;
    expectSql(create({ columns: [col('user_id', 'integer', { references })] }), {
      sqlite: [
        'CREATE TABLE "t" ("user_id" INTEGER NOT NULL, CONSTRAINT "fk" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED)',
      ],
    });
  });

  it('have constraints with their values written out', () => {
    const constraints = [Default("it's"), Check('x <> 3'), SQL('COLLATE NOCASE')].map(nodeOf);
    const all = [col('x', 'text', { constraints }), col('username', 'text'), col('age', 'integer')];
    expectSql(create({ columns: all, constraints: [nodeOf(Check(username.ne('?').and(age.add(0.5).gt(1)), 'named'))] }), {
      sqlite: [
        `CREATE TABLE "t" ("x" TEXT NOT NULL DEFAULT 'it''s' CHECK (x <> 3) COLLATE NOCASE, "username" TEXT NOT NULL, "age" INTEGER NOT NULL, CONSTRAINT "named" CHECK ("username" <> '?' AND "age" + 0.5 > 1))`,
      ],
    });
    const defaults = [
      Default(true),
      Default(new Uint8Array([1, 255])),
      Default(SQL('CURRENT_TIMESTAMP')),
      Default(fn.random()),
      Default(null),
      Default(-1.5),
    ].map(nodeOf);
    const columns = defaults.map((constraint, at) => col(`c${at}`, 'any', { null: true, constraints: [constraint] }));
    expectSql(create({ columns }), {
      sqlite: [
        `CREATE TABLE "t" ("c0" DEFAULT 1, "c1" DEFAULT X'01ff', "c2" DEFAULT CURRENT_TIMESTAMP, "c3" DEFAULT (random()), "c4" DEFAULT NULL, "c5" DEFAULT -1.5)`,
      ],
    });
    expect(() =>
      sqlite.compile(create({ columns: [col('x', 'text', { constraints: [nodeOf(Default('a\0'))] })] })['~node']),
    ).toThrow(DataError);
  });

  it('are dropped and emptied', () => {
    expectSql(
      { '~node': { kind: 'dropTables', tables: [table({ name: 'kv' })], safe: true, cascade: false } },
      { sqlite: ['DROP TABLE IF EXISTS "kv"'] },
    );
    expectSql(
      { '~node': { kind: 'dropTables', tables: [table({ name: 'kv', schema: 'main' })], safe: false, cascade: false } },
      { sqlite: ['DROP TABLE "main"."kv"'] },
    );
    expectSql(
      { '~node': { kind: 'truncateTables', tables: [table({ name: 'kv' })], restartIdentity: true, cascade: false } },
      { sqlite: ['DELETE FROM "kv"'] },
    );
    expect(() => sqlite.compile({ kind: 'dropTables', tables: [table({ name: 'kv' })], safe: true, cascade: true })).toThrow(
      NotSupportedError,
    );
  });

  it('without rowid make no keys', () => {
    expect(() =>
      sqlite.compile(create({ columns: [col('id', 'auto', { primaryKey: true })], withoutRowid: true })['~node']),
    ).toThrow(ImproperlyConfigured);
  });
});

describe('indexes', () => {
  it('are on columns, expressions and parts of a table', () => {
    expectSql(index({ unique: true, on: [nodeOf(age), nodeOf(username.desc())] }, true), {
      sqlite: ['CREATE UNIQUE INDEX IF NOT EXISTS "i" ON "user" ("age", "username" DESC)'],
    });
    expectSql(
      index({
        schema: 'main',
        on: [nodeOf(fn.lower(username)), nodeOf(username.collate('NOCASE'))],
        where: nodeOf(age.gt(18).and(username.ne('x'))),
      }),
      {
        sqlite: [
          `CREATE INDEX "main"."i" ON "user" (lower("username"), "username" COLLATE "NOCASE") WHERE "age" > 18 AND "username" <> 'x'`,
        ],
      },
    );
    const database = open('CREATE TABLE user (age); CREATE INDEX i ON user (age)');
    expectSql({ '~node': { kind: 'dropIndex', name: 'i', safe: false } }, { sqlite: ['DROP INDEX "i"'] }, database);
  });
});

describe('introspection', () => {
  const on = executor(
    open(`
    CREATE TABLE city (name TEXT, country TEXT, PRIMARY KEY (country, name));
    CREATE TABLE "odd ""name" (id INTEGER PRIMARY KEY, label VARCHAR(20) NOT NULL DEFAULT 'x', city TEXT, country TEXT UNIQUE,
      other INTEGER REFERENCES "odd ""name" ON DELETE CASCADE,
      FOREIGN KEY (country, city) REFERENCES city (country, name) ON UPDATE SET NULL);
    CREATE UNIQUE INDEX by_label ON "odd ""name" (label, lower(city));
    CREATE VIEW labels AS SELECT label FROM "odd ""name";`),
  );
  const ask = async <T>(question: Question<T>): Promise<T> =>
    question.read((await on.run({ statements: question.statements })).map(({ rows }) => rows));
  const { introspect } = sqlite;

  it('tells tables and views', async () => {
    expect(await ask(introspect.tables())).toEqual(['city', 'odd "name']);
    expect(await ask(introspect.tables('temp'))).toEqual([]);
    expect(await ask(introspect.views('main'))).toEqual([
      { name: 'labels', sql: 'CREATE VIEW labels AS SELECT label FROM "odd ""name"' },
    ]);
  });

  it('tells columns and keys', async () => {
    const columns = await ask(introspect.columns('odd "name'));
    expect(columns.map(({ name }) => name)).toEqual(['id', 'label', 'city', 'country', 'other']);
    expect(columns[0]).toEqual({
      name: 'id',
      dataType: 'INTEGER',
      null: true,
      primaryKey: true,
      table: 'odd "name',
      default: null,
    });
    expect(columns[1]).toEqual({
      name: 'label',
      dataType: 'VARCHAR(20)',
      null: false,
      primaryKey: false,
      table: 'odd "name',
      default: "'x'",
    });
    expect(await ask(introspect.primaryKeys('city'))).toEqual(['country', 'name']);
    expect(await ask(introspect.columns('nothing'))).toEqual([]);
  });

  it('tells indexes and foreign keys', async () => {
    for (const schema of [undefined, 'main']) {
      const indexes = await ask(introspect.indexes('odd "name', schema));
      expect(indexes).toEqual([
        { name: 'sqlite_autoindex_odd "name_1', sql: null, columns: ['country'], unique: true, table: 'odd "name' },
        {
          name: 'by_label',
          sql: 'CREATE UNIQUE INDEX by_label ON "odd ""name" (label, lower(city))',
          columns: ['label', null],
          unique: true,
          table: 'odd "name',
        },
      ]);
    }
    expect(await ask(introspect.foreignKeys('odd "name'))).toEqual([
      {
        column: 'country',
        destTable: 'city',
        destColumn: 'country',
        table: 'odd "name',
        onDelete: 'NO ACTION',
        onUpdate: 'SET NULL',
      },
      { column: 'city', destTable: 'city', destColumn: 'name', table: 'odd "name', onDelete: 'NO ACTION', onUpdate: 'SET NULL' },
      {
        column: 'other',
        destTable: 'odd "name',
        destColumn: null,
        table: 'odd "name',
        onDelete: 'CASCADE',
        onUpdate: 'NO ACTION',
      },
    ]);
  });
});
