/** INSERT, UPDATE and DELETE, as SQL and as what they do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postgres } from '../../src/dialect/postgres/dialect.ts';
import { sqlite } from '../../src/dialect/sqlite/dialect.ts';
import { DataError, ImproperlyConfigured, InterfaceError, ProgrammingError } from '../../src/errors.ts';
import { fn } from '../../src/query/fn.ts';
import { EXCLUDED } from '../../src/query/insert.ts';
import { SQL } from '../../src/query/raw.ts';
import { select } from '../../src/query/select.ts';
import { Table } from '../../src/query/table.ts';
import { bothEngines } from './both.ts';
import { executor, open } from './engine.ts';
import { expectSql, TABLES } from './golden.ts';

const user = Table('user', ['id', 'username', 'age', 'big']);
const tweet = Table('tweet', ['id', 'user_id', 'message']);
const kv = Table('kv', ['key', 'value', 'extra']);

describe('insert', () => {
  it('takes one row, expressions and defaults', async () => {
    await expectSql(user.insert({ username: 'ann', age: 3 }), {
      sqlite: ['INSERT INTO "user" ("username", "age") VALUES (?, ?)', ['ann', 3]],
    });
    await expectSql(user.insert({ username: fn.lower(SQL<string>("'ANN'")), age: 3 }), {
      sqlite: [`INSERT INTO "user" ("username", "age") VALUES (lower('ANN'), ?)`, [3]],
    });
    await expectSql(user.insert({}), { sqlite: ['INSERT INTO "user" DEFAULT VALUES'] });
    await expectSql(user.insert({ username: 'ann' }).returning(user.c.id), {
      sqlite: ['INSERT INTO "user" ("username") VALUES (?) RETURNING "user"."id"', ['ann']],
    });
  });

  it('takes the rows of a query', async () => {
    await expectSql(tweet.insertFrom(select(user.c.id, user.c.username).from(user), ['user_id', 'message']), {
      sqlite: ['INSERT INTO "tweet" ("user_id", "message") SELECT "user"."id", "user"."username" FROM "user"'],
    });
  });

  it('says what happens to rows that are there', async () => {
    const row = kv.insert({ key: 'a', value: 1 });
    await expectSql(row.onConflictIgnore(), {
      sqlite: ['INSERT INTO "kv" ("key", "value") VALUES (?, ?) ON CONFLICT DO NOTHING', ['a', 1]],
    });
    const meant = row.onConflict({ action: 'ignore', conflictTarget: ['key'] });
    await expectSql(meant, {
      sqlite: ['INSERT INTO "kv" ("key", "value") VALUES (?, ?) ON CONFLICT ("key") DO NOTHING', ['a', 1]],
    });
    await expectSql(row.onConflict({ action: 'ignore', conflictConstraint: 'kv_pkey' }), {
      sqlite: null,
      postgres: ['INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ON CONSTRAINT "kv_pkey" DO NOTHING', ['a', 1]],
    });
    await expectSql(row.onConflictReplace(), {
      sqlite: ['INSERT OR REPLACE INTO "kv" ("key", "value") VALUES (?, ?)', ['a', 1]],
      postgres: null,
    });
    const value = kv.c.value as unknown as ReturnType<typeof SQL<number>>;
    await expectSql(
      row.onConflict({
        conflictTarget: ['key'],
        preserve: [kv.c.extra],
        update: { value: value.add(EXCLUDED(value)) },
        where: value.lt(9),
      }),
      {
        sqlite: [
          'INSERT INTO "kv" ("key", "value") VALUES (?, ?) ON CONFLICT ("key") DO UPDATE SET "extra" = excluded."extra", "value" = "kv"."value" + excluded."value" WHERE "kv"."value" < ?',
          ['a', 1, 9],
        ],
      },
    );
    await expectSql(
      kv
        .insertFrom(select(user.c.username, user.c.age).from(user), ['key', 'value'])
        .onConflict({ conflictTarget: [kv.c.key], preserve: ['value'] }),
      {
        sqlite: [
          'INSERT INTO "kv" ("key", "value") SELECT "user"."username", "user"."age" FROM "user" WHERE 1 ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value"',
        ],
        postgres: [
          'INSERT INTO "kv" ("key", "value") SELECT "user"."username", "user"."age" FROM "user" ON CONFLICT ("key") DO UPDATE SET "value" = excluded."value"',
        ],
      },
    );
    await expectSql(row.onConflict({ conflictConstraint: 'kv_pkey', update: { value: 3 } }), {
      sqlite: null,
      postgres: [
        'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ON CONSTRAINT "kv_pkey" DO UPDATE SET "value" = $3',
        ['a', 1, 3],
      ],
    });
    // The condition of a partial index is written out: one with values to come would be of no index.
    const partial = row.onConflict({ conflictTarget: ['key'], conflictWhere: value.lt(9), update: { extra: "it's" } });
    expect(partial.sql(postgres)).toEqual({
      sql: 'INSERT INTO "kv" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") WHERE "value" < 9 DO UPDATE SET "extra" = $3',
      params: ['a', 1, "it's"],
    });
    expect(() => row.onConflict({ update: { value: 1 } }).sql(postgres)).toThrow(/conflictTarget/);
    expect(() => row.onConflict({})).toThrow(ImproperlyConfigured);
    expect(() => row.onConflict({ preserve: [fn.count()] })).toThrow(ImproperlyConfigured);
  });

  it('binds many rows as columns to one prepared statement', async () => {
    const many = Table('user').insert([
      { username: 'a', age: 1 },
      { username: 'b', age: 2 },
    ]);
    expect(sqlite.compile(many['~node'])).toEqual([
      {
        sql: 'INSERT INTO "user" ("username", "age") VALUES (?, ?)',
        mode: 'write',
        many: { length: 2, data: [['a', 'b'], Float64Array.of(1, 2)] },
      },
    ]);
    const upsert = kv
      .insert([
        { key: 'a', value: 1 },
        { key: 'b', value: null },
      ])
      .onConflict({ conflictTarget: ['key'], update: { value: 7 } });
    expect(sqlite.compile(upsert['~node'])[0]?.many?.data).toEqual([
      ['a', 'b'],
      [1, null],
      [7, 7],
    ]);
  });

  it('writes them all', async () => {
    const on = executor(open(TABLES));
    const bound = user.bind(on);
    const rows = Array.from({ length: 2500 }, (_, at) => ({ id: at + 1, username: `u${at}`, age: at % 7 }));
    expect(await bound.insert(rows)).toBe(2500);
    expect(await bound.select().count()).toBe(2500);
    expect(await bound.insert([])).toBe(0);
    const more = Array.from({ length: 40_000 }, (_, at) => ({ username: `v${at}` }));
    const returned = await bound.insert(more).returning(user.c.id).tuples();
    expect(returned.length).toBe(40_000);
    expect(returned.at(-1)).toEqual([42_500]);
    expect(on.ran.filter(({ sql }) => sql.startsWith('INSERT') && sql.length > 1000).length).toBe(3);
    expect(on.ran.filter(({ sql }) => sql.startsWith('BEGIN')).length).toBeGreaterThan(0);
    // One that fails takes those before it back.
    const broken = [...Array.from({ length: 20_000 }, (_, at) => ({ username: `w${at}` })), { username: 'u1' }];
    await expect(bound.insert(broken).returning(user.c.id)).rejects.toMatchObject({
      name: 'IntegrityError',
      constraint: 'unique',
      table: 'user',
      columns: ['username'],
    });
    expect(await bound.select().count()).toBe(42_500);
  });

  it('needs the same keys in every row', async () => {
    expect(() => user.insert([{ username: 'a' }, { age: 1 }])).toThrow(DataError);
    expect(() => user.insert([{ username: 'a' }, { username: 'b', age: 1 }])).toThrow(DataError);
    expect(() => user.insert([{ username: undefined }])).toThrow(DataError);
    expect(() => user.insert({ nope: 1 } as never)).toThrow(ProgrammingError);
    expect(() => user.insert({ __proto__: null, username: {} } as never).sql(sqlite)).toThrow(DataError);
  });

  it('cannot run on no database', async () => {
    await expect(user.insert({ username: 'a' })).rejects.toThrow(InterfaceError);
  });
});

describe('update', () => {
  it('sets values and expressions', async () => {
    const age = user.c.age as unknown as ReturnType<typeof SQL<number>>;
    await expectSql(user.update({ age: age.add(1), username: 'b' }).where(age.gt(3), user.c.id.eq(1)), {
      sqlite: [
        'UPDATE "user" SET "age" = "user"."age" + ?, "username" = ? WHERE "user"."age" > ? AND "user"."id" = ?',
        [1, 'b', 3, 1],
      ],
      postgres: [
        'UPDATE "user" SET "age" = "user"."age" + $1::integer, "username" = $2 WHERE "user"."age" > $3 AND "user"."id" = $4',
        [1, 'b', 3, 1],
      ],
    });
    await expectSql(tweet.update({ message: user.c.username }).from(user).where(tweet.c.user_id.eq(user.c.id)), {
      sqlite: ['UPDATE "tweet" SET "message" = "user"."username" FROM "user" WHERE "tweet"."user_id" = "user"."id"'],
    });
    await expectSql(user.update({ age: 1 }).returning(user.c.id, user.c.age), {
      sqlite: ['UPDATE "user" SET "age" = ? RETURNING "user"."id", "user"."age"', [1]],
    });
    expect(() => user.update({})).toThrow(ProgrammingError);
  });

  it('tells how many rows it changed', async () => {
    const on = executor(open(`${TABLES} INSERT INTO user (id, age) VALUES (1, 1), (2, 2), (3, 3)`));
    const bound = user.bind(on);
    expect(await bound.update({ age: 9 }).where(bound.c.id.gt(1))).toBe(2);
    expect(await bound.update({ age: 8 }).where(bound.c.id.gt(2)).returning(user.c.id)).toEqual([{ id: 3 }]);
    expect(await bound.delete().where(bound.c.age.eq(9))).toBe(1);
    expect(await bound.select(bound.c.id).scalars()).toEqual([1, 3]);
  });
});

describe('delete', () => {
  it('deletes what matches', async () => {
    await expectSql(user.delete().where(user.c.id.in([1, 2])), {
      sqlite: ['DELETE FROM "user" WHERE "user"."id" IN (?, ?)', [1, 2]],
      postgres: ['DELETE FROM "user" WHERE "user"."id" = ANY($1)', ['{1,2}']],
    });
    await expectSql(user.delete().returning(), { sqlite: ['DELETE FROM "user" RETURNING *'] });
  });
});

describe.each(await bothEngines())('whatever the names, on %s', (engine, on) => {
  it('quotes identifiers', async () => {
    const names = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      // Postgres keeps 63 bytes of a name, the one with the exclamation mark included.
      .filter((name) => !name.includes('\0') && name.isWellFormed() && new TextEncoder().encode(name).length < 63);
    const odd = fc.oneof(
      names,
      fc.constantFrom(
        '"',
        '""; DROP TABLE t; --',
        '__proto__',
        'then',
        'constructor',
        'select',
        "it's",
        '%',
        '?',
        'a b',
        'é',
        '𝒳',
      ),
    );
    await fc.assert(
      fc.asyncProperty(odd, odd, async (table, column) => {
        const named = table.toLowerCase().startsWith('sqlite_') ? 't' : table;
        const [quoted, quotedColumn] = [on.dialect.quote(named), on.dialect.quote(column)];
        await on.run({ statements: [on.dialect.raw(`CREATE TABLE ${quoted} (${quotedColumn} TEXT)`, [])] });
        const source = Table(named, [column]).bind(on);
        await source.insert(Object.fromEntries([[column, 'x']]));
        const [row] = await source.select().where(source.c[column]!.eq('x')).dicts();
        expect(Object.entries(row as object)).toEqual([[column, 'x']]);
        expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
        expect(await source.update(Object.fromEntries([[column, 'y']]))).toBe(1);
        expect(await source.select(source.c[column]!.as(`${column}!`)).tuples()).toEqual([['y']]);
        await on.run({ statements: [on.dialect.raw(`DROP TABLE ${quoted}`, [])] });
      }),
      { numRuns: engine === 'SQLite' ? 60 : 40 },
    );
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('refuses NUL in a name', async () => {
    expect(() => Table('a\0b').select().sql(on.dialect)).toThrow(ProgrammingError);
  });
});
