/** SELECT and everything that can stand in one, as SQL. */
import { describe, expect, it } from 'vitest';
import { sqlite } from '../../src/dialect/sqlite/dialect.ts';
import { ImproperlyConfigured, NotSupportedError, ProgrammingError } from '../../src/errors.ts';
import { Case } from '../../src/query/case.ts';
import { Cast } from '../../src/query/cast.ts';
import { column } from '../../src/query/column.ts';
import { fn } from '../../src/query/fn.ts';
import { SQL } from '../../src/query/raw.ts';
import { exists, notExists } from '../../src/query/read-query.ts';
import { select } from '../../src/query/select.ts';
import { ValuesList } from '../../src/query/source.ts';
import { Table } from '../../src/query/table.ts';
import { AsIs, Tuple, Value } from '../../src/query/value.ts';
import { expectSql } from './golden.ts';

const user = Table('user', ['id', 'username', 'age', 'active']);
const tweet = Table('tweet', ['id', 'user_id', 'message']);
const category = Table('category', ['id', 'parent_id', 'name']);
const age = column<number, 'age'>('user', { key: 'age', name: 'age', type: { name: 'integer' } });
const joined = column<Date, 'joined'>('user', { key: 'joined', name: 'joined', type: { name: 'datetime' } });
const active = column<boolean, 'active'>('user', { key: 'active', name: 'active', type: { name: 'boolean' } });
const name = column<string, 'username'>('user', { key: 'username', name: 'username', type: { name: 'text' } });

describe('select', () => {
  it('reads columns, or all of them', () => {
    expectSql(user.select(), { sqlite: ['SELECT "user"."id", "user"."username", "user"."age", "user"."active" FROM "user"'] });
    expectSql(user.select(user.c.id), { sqlite: ['SELECT "user"."id" FROM "user"'] });
    expectSql(Table('user').select(), { sqlite: ['SELECT * FROM "user"'] });
    expectSql(select(Value(1).as('one')), { sqlite: ['SELECT ? AS "one"', [1]] });
  });

  it('takes conditions one by one and together', () => {
    const query = user.select(user.c.id).where(age.gte(18), name.eq('ann')).where(active.eq(true));
    expectSql(query, {
      sqlite: [
        'SELECT "user"."id" FROM "user" WHERE "user"."age" >= ? AND "user"."username" = ? AND "user"."active" = ?',
        [18, 'ann', 1],
      ],
    });
    expectSql(user.select(user.c.id).where(age.eq(1)).orWhere(age.eq(2), age.eq(3)), {
      sqlite: ['SELECT "user"."id" FROM "user" WHERE "user"."age" = ? OR ("user"."age" = ? AND "user"."age" = ?)', [1, 2, 3]],
    });
  });

  it('leaves the query it was made from alone', () => {
    const all = user.select(user.c.id);
    const some = all.where(age.eq(1)).limit(3);
    expect(all.sql(sqlite)).toEqual({ sql: 'SELECT "user"."id" FROM "user"', params: [] });
    expect(some.limit(null).sql(sqlite).sql).not.toContain('LIMIT');
    expect(some.sql(sqlite).sql).toContain('LIMIT');
  });

  it('joins', () => {
    const on = tweet.c.user_id.eq(user.c.id);
    for (const [type, words] of [
      ['inner', 'INNER JOIN'],
      ['left', 'LEFT JOIN'],
      ['right', 'RIGHT JOIN'],
      ['full', 'FULL JOIN'],
    ] as const) {
      expectSql(select(user.c.id).from(user).join(tweet, { type, on }), {
        sqlite: [`SELECT "user"."id" FROM "user" ${words} "tweet" ON "tweet"."user_id" = "user"."id"`],
      });
    }
    expectSql(select(user.c.id).from(user).join(tweet, { type: 'cross' }), {
      sqlite: ['SELECT "user"."id" FROM "user" CROSS JOIN "tweet"'],
    });
    const parent = category.alias('parent');
    expectSql(
      select(category.c.name, parent.c.name.as('above')).from(category).leftJoin(parent, category.c.parent_id.eq(parent.c.id)),
      {
        sqlite: [
          'SELECT "category"."name", "parent"."name" AS "above" FROM "category" LEFT JOIN "category" AS "parent" ON "category"."parent_id" = "parent"."id"',
        ],
      },
    );
    expect(() => select(user.c.id).join(user)).toThrow(ImproperlyConfigured);
  });

  it('groups, orders and pages', () => {
    const n = fn.count(tweet.c.id).as('n');
    const query = select(tweet.c.user_id, n)
      .from(tweet)
      .groupBy(tweet.c.user_id)
      .having(fn.count(tweet.c.id).gt(1))
      .orderBy(n, tweet.c.user_id.desc());
    expectSql(query.paginate(3, 10), {
      sqlite: [
        'SELECT "tweet"."user_id", count("tweet"."id") AS "n" FROM "tweet" GROUP BY "tweet"."user_id" HAVING count("tweet"."id") > ? ORDER BY "n", "tweet"."user_id" DESC LIMIT ? OFFSET ?',
        [1, 10, 20],
      ],
    });
    expectSql(
      user
        .select(user.c.id)
        .orderBy(age.asc({ nulls: 'last' }), age.desc({ nulls: 'first' }))
        .offset(5),
      {
        sqlite: [
          'SELECT "user"."id" FROM "user" ORDER BY "user"."age" ASC NULLS LAST, "user"."age" DESC NULLS FIRST LIMIT -1 OFFSET ?',
          [5],
        ],
      },
    );
    expectSql(user.select(user.c.age).distinct(), { sqlite: ['SELECT DISTINCT "user"."age" FROM "user"'] });
    for (const bad of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => user.select().limit(bad)).toThrow(ImproperlyConfigured);
  });

  it('reads from subqueries, lists of values and functions', () => {
    const busy = select(tweet.c.user_id, fn.count().as('n')).from(tweet).groupBy(tweet.c.user_id).as('busy');
    expectSql(
      select(user.c.username, busy.c.n)
        .from(user)
        .join(busy, { on: busy.c.user_id.eq(user.c.id) }),
      {
        sqlite: [
          'SELECT "user"."username", "busy"."n" FROM "user" INNER JOIN (SELECT "tweet"."user_id", count(*) AS "n" FROM "tweet" GROUP BY "tweet"."user_id") AS "busy" ON "busy"."user_id" = "user"."id"',
        ],
      },
    );
    const list = new ValuesList(
      [
        [1, 'one'],
        [2, 'two'],
      ],
      'v',
      ['id', 'word'],
    );
    expectSql(select(list.c.word).from(list).where(list.c.id.gt(1)), {
      sqlite: [
        'SELECT "v"."word" FROM (SELECT column1 AS "id", column2 AS "word" FROM (VALUES (?, ?), (?, ?))) AS "v" WHERE "v"."id" > ?',
        [1, 'one', 2, 'two', 1],
      ],
    });
    const newest = select(fn.max(tweet.c.id)).from(tweet).where(tweet.c.user_id.eq(user.c.id));
    expectSql(select(user.c.id, newest.as('newest')).from(user), {
      sqlite: [
        'SELECT "user"."id", (SELECT max("tweet"."id") FROM "tweet" WHERE "tweet"."user_id" = "user"."id") AS "newest" FROM "user"',
      ],
    });
  });

  it('tests existence and membership', () => {
    const tweets = select(SQL('1')).from(tweet).where(tweet.c.user_id.eq(user.c.id));
    expectSql(user.select(user.c.id).where(exists(tweets), notExists(tweets)), {
      sqlite: [
        'SELECT "user"."id" FROM "user" WHERE EXISTS (SELECT 1 FROM "tweet" WHERE "tweet"."user_id" = "user"."id") AND NOT EXISTS (SELECT 1 FROM "tweet" WHERE "tweet"."user_id" = "user"."id")',
      ],
    });
    expectSql(user.select(user.c.id).where(user.c.id.in(select(tweet.c.user_id).from(tweet)), age.notIn([1, 2])), {
      sqlite: [
        'SELECT "user"."id" FROM "user" WHERE "user"."id" IN (SELECT "tweet"."user_id" FROM "tweet") AND "user"."age" NOT IN (?, ?)',
        [1, 2],
      ],
    });
    expectSql(user.select(user.c.id).where(age.in([])), { sqlite: ['SELECT "user"."id" FROM "user" WHERE 1 = 0'] });
    expectSql(user.select(user.c.id).where(age.notIn([])), { sqlite: ['SELECT "user"."id" FROM "user" WHERE 1 = 1'] });
    expectSql(
      user.select(user.c.id).where(
        Tuple(user.c.id, user.c.age).in([
          [1, 2],
          [3, 4],
        ]),
      ),
      {
        sqlite: ['SELECT "user"."id" FROM "user" WHERE ("user"."id", "user"."age") IN (VALUES (?, ?), (?, ?))', [1, 2, 3, 4]],
      },
    );
  });

  it('unites', () => {
    const a = user.select(user.c.id).where(age.lt(10));
    const b = user.select(user.c.id).where(age.gt(90));
    const sides = [
      'SELECT "user"."id" FROM "user" WHERE "user"."age" < ?',
      'SELECT "user"."id" FROM "user" WHERE "user"."age" > ?',
    ];
    for (const [method, words] of [
      ['union', 'UNION'],
      ['unionAll', 'UNION ALL'],
      ['intersect', 'INTERSECT'],
      ['except', 'EXCEPT'],
    ] as const) {
      expectSql(a[method](b), { sqlite: [sides.join(` ${words} `), [10, 90]] });
    }
    expectSql(a.union(b).orderBy(user.c.id.desc()).limit(3), {
      sqlite: [`${sides.join(' UNION ')} ORDER BY "id" DESC LIMIT ?`, [10, 90, 3]],
    });
    expectSql(a.limit(1).union(b.except(a)), {
      sqlite: [`SELECT * FROM (${sides[0]} LIMIT ?) UNION SELECT * FROM (${sides[1]} EXCEPT ${sides[0]})`, [10, 1, 90, 10]],
    });
  });

  it('says CTEs first', () => {
    const base = select(category.c.id, category.c.name)
      .from(category)
      .where(category.c.parent_id.isNull())
      .cte('tree', { recursive: true });
    const tree = base.unionAll(
      select(category.c.id, category.c.name)
        .from(category)
        .join(base, { on: category.c.parent_id.eq(base.c.id) }),
    );
    expectSql(select(tree.c.name).from(tree).withCte(tree), {
      sqlite: [
        'WITH RECURSIVE "tree" AS (SELECT "category"."id", "category"."name" FROM "category" WHERE "category"."parent_id" IS NULL UNION ALL SELECT "category"."id", "category"."name" FROM "category" INNER JOIN "tree" ON "category"."parent_id" = "tree"."id") SELECT "tree"."name" FROM "tree"',
      ],
    });
    const old = user
      .select(user.c.id)
      .where(age.gt(90))
      .cte('old', { columns: ['key'], materialized: true });
    expectSql(select(old.c.id).from(old).withCte(old), {
      sqlite: [
        'WITH "old"("key") AS MATERIALIZED (SELECT "user"."id" FROM "user" WHERE "user"."age" > ?) SELECT "old"."key" FROM "old"',
        [90],
      ],
    });
  });

  it('refuses what SQLite has not', () => {
    expect(() => user.select().forUpdate().sql(sqlite)).toThrow(NotSupportedError);
    expect(() => user.select().distinct(user.c.age).sql(sqlite)).toThrow(/SQLite has no DISTINCT ON/);
    const sub = select(tweet.c.id).from(tweet).as('t');
    expect(() =>
      user
        .select()
        .join(sub, { type: 'left', on: SQL<boolean>('true'), lateral: true })
        .sql(sqlite),
    ).toThrow(NotSupportedError);
  });
});

describe('expressions', () => {
  const where = (
    condition: Parameters<ReturnType<typeof user.select>['where']>[0],
    sql: string,
    params: readonly (string | number | null)[] = [],
  ): void =>
    expectSql(user.select(user.c.id).where(condition), { sqlite: [`SELECT "user"."id" FROM "user" WHERE ${sql}`, params] });

  it('compares', () => {
    where(age.eq(1), '"user"."age" = ?', [1]);
    where(age.ne(1), '"user"."age" <> ?', [1]);
    where(age.eq(null), '"user"."age" IS NULL');
    where(age.ne(null), '"user"."age" IS NOT NULL');
    where(age.isNull(false), '"user"."age" IS NOT NULL');
    where(age.is(null), '"user"."age" IS ?', [null]);
    where(age.isNot(3), '"user"."age" IS NOT ?', [3]);
    where(age.between(1, 9), '"user"."age" BETWEEN ? AND ?', [1, 9]);
    where(joined.lt(new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 60))), '"user"."joined" < ?', ['2026-01-02 03:04:05.060000']);
    where(user.c.age.gt(user.c.id), '"user"."age" > "user"."id"');
  });

  it('puts parentheses where they matter, and only there', () => {
    where(age.eq(1).and(age.eq(2)).and(age.eq(3)), '"user"."age" = ? AND "user"."age" = ? AND "user"."age" = ?', [1, 2, 3]);
    where(age.eq(1).or(age.eq(2)).and(age.eq(3)), '("user"."age" = ? OR "user"."age" = ?) AND "user"."age" = ?', [1, 2, 3]);
    where(age.eq(1).and(age.eq(2)).not(), 'NOT ("user"."age" = ? AND "user"."age" = ?)', [1, 2]);
    where(age.add(1).mul(2).gt(3), '("user"."age" + ?) * ? > ?', [1, 2, 3]);
    where(age.sub(age.sub(1)).eq(1), '"user"."age" - ("user"."age" - ?) = ?', [1, 1]);
    where(SQL<boolean>('1 OR 1').and(age.eq(1)), '(1 OR 1) AND "user"."age" = ?', [1]);
    where(active.not(), 'NOT "user"."active"');
    where(age.neg().lt(0), '-"user"."age" < ?', [0]);
  });

  it('calculates', () => {
    where(age.add(0.5).eq(1), '"user"."age" + ? = ?', [0.5, 1]);
    where(age.div(2).mod(3).eq(1), '("user"."age" / ?) % ? = ?', [2, 3, 1]);
    where(age.binAnd(1).binOr(2).eq(3), '("user"."age" & ?) | ? = ?', [1, 2, 3]);
    where(age.binXor(1).eq(3), '("user"."age" | ?) - ("user"."age" & ?) = ?', [1, 1, 3]);
    where(age.shiftLeft(1).bitNot().eq(3), '~("user"."age" << ?) = ?', [1, 3]);
    where(name.concat('!').eq('a!'), '"user"."username" || ? = ?', ['!', 'a!']);
  });

  it('matches patterns', () => {
    where(name.like('A%_\\%'), '"user"."username" GLOB ?', ['A*?%']);
    where(name.ilike('a%'), '"user"."username" LIKE ? ESCAPE \'\\\'', ['a%']);
    where(name.contains('5%_\\'), '"user"."username" LIKE ? ESCAPE \'\\\'', ['%5\\%\\_\\\\%']);
    where(name.startsWith('a'), '"user"."username" LIKE ? ESCAPE \'\\\'', ['a%']);
    where(name.endsWith('a'), '"user"."username" LIKE ? ESCAPE \'\\\'', ['%a']);
    where(
      name.contains(SQL<string>('username')),
      `"user"."username" LIKE ('%' || replace(replace(replace(username, '\\', '\\\\'), '%', '\\%'), '_', '\\_')) || '%' ESCAPE '\\'`,
    );
    expect(() => user.select().where(name.regexp('a')).sql(sqlite)).toThrow(NotSupportedError);
  });

  it('calls functions', () => {
    const item = (expression: Parameters<typeof user.select>[0], sql: string, params: readonly (string | number)[] = []): void =>
      expectSql(user.select(expression as never), { sqlite: [`SELECT ${sql} FROM "user"`, params] });
    item(fn.count(), 'count(*)');
    item(fn.count(user.c.age.distinct()), 'count(DISTINCT "user"."age")');
    item(fn.lower(name), 'lower("user"."username")');
    item(fn.coalesce(age, 0), 'coalesce("user"."age", ?)', [0]);
    item(fn.printf!('%d', user.c.id), 'printf(?, "user"."id")', ['%d']);
    item(fn.call<string>('hex', 'a'), 'hex(?)', ['a']);
    item(fn.sum(age).filter(active.eq(true)), 'sum("user"."age") FILTER (WHERE "user"."active" = ?)', [1]);
    item(fn.group_concat!(user.c.username).orderBy(user.c.id), 'group_concat("user"."username" ORDER BY "user"."id")');
    item(
      fn.rank().over({ partitionBy: [active], orderBy: [age.desc()] }),
      'rank() OVER (PARTITION BY "user"."active" ORDER BY "user"."age" DESC)',
    );
    item(
      fn
        .sum(age)
        .over({ orderBy: [user.c.id], frame: { unit: 'rows', start: { preceding: 2 }, end: 'current', exclude: 'ties' } }),
      'sum("user"."age") OVER (ORDER BY "user"."id" ROWS BETWEEN ? PRECEDING AND CURRENT ROW EXCLUDE TIES)',
      [2],
    );
    expectSql(user.select(fn.sum(age).over('w').as('s')).window('w', { orderBy: [user.c.id] }), {
      sqlite: ['SELECT sum("user"."age") OVER "w" AS "s" FROM "user" WINDOW "w" AS (ORDER BY "user"."id")'],
    });
    expect(() => user.select(fn.call('a); DROP TABLE user; --')).sql(sqlite)).toThrow(ProgrammingError);
  });

  it('chooses, casts and collates', () => {
    const item = (expression: unknown, sql: string, params: readonly (string | number | null)[] = []): void =>
      expectSql(user.select(expression as never), { sqlite: [`SELECT ${sql} FROM "user"`, params] });
    item(Case(null, [[age.lt(18), 'young']], 'old').as('c'), 'CASE WHEN "user"."age" < ? THEN ? ELSE ? END AS "c"', [
      18,
      'young',
      'old',
    ]);
    item(
      Case(name, [
        ['a', 1],
        ['b', 2],
      ]),
      'CASE "user"."username" WHEN ? THEN ? WHEN ? THEN ? END',
      ['a', 1, 'b', 2],
    );
    item(Cast(name, 'integer'), 'CAST("user"."username" AS integer)');
    item(age.cast({ name: 'text' }), 'CAST("user"."age" AS TEXT)');
    item(name.collate('NOCASE'), '"user"."username" COLLATE "NOCASE"');
    item(AsIs(1), '?', [1]);
    item(SQL('? + ?', [1, 2]), '? + ?', [1, 2]);
    expect(() => user.select(Cast(name, 'integer); --')).sql(sqlite)).toThrow(ProgrammingError);
    expect(() => user.select(SQL('?, ?', [1])).sql(sqlite)).toThrow(/2 question marks for 1 values/);
    expectSql(user.select(SQL(`'?' || "username" /* ? */ || ?`, ['x']).as('x')), {
      sqlite: [`SELECT '?' || "username" /* ? */ || ? AS "x" FROM "user"`, ['x']],
    });
  });

  it('takes dates and JSON apart', () => {
    const item = (node: never, sql: string): void =>
      expectSql(user.select({ '~node': node, '~typing': {}, '~name': 'x' }), { sqlite: [`SELECT ${sql} FROM "user"`] });
    const operand = joined['~node'];
    const ticks = { name: 'timestamp', resolution: 1000 };
    item(
      { kind: 'datePart', part: 'year', operand, type: { name: 'datetime' } } as never,
      `CAST(strftime('%Y', "user"."joined") AS INTEGER)`,
    );
    item(
      { kind: 'datePart', part: 'hour', operand, type: ticks } as never,
      `CAST(strftime('%H', "user"."joined" / 1000.0, 'unixepoch') AS INTEGER)`,
    );
    item(
      { kind: 'truncate', part: 'month', operand, type: { name: 'datetime' } } as never,
      `strftime('%Y-%m-01 00:00:00', "user"."joined")`,
    );
    item({ kind: 'truncate', part: 'year', operand, type: { name: 'date' } } as never, `strftime('%Y-01-01', "user"."joined")`);
    item(
      { kind: 'truncate', part: 'day', operand, type: ticks } as never,
      `CAST(strftime('%s', strftime('%Y-%m-%d 00:00:00', "user"."joined" / 1000.0, 'unixepoch')) AS INTEGER) * 1000`,
    );
    item({ kind: 'jsonPath', operand, path: ['a', 0, -1], as: 'json' } as never, `"user"."joined" -> '$."a"[0][#-1]'`);
    item({ kind: 'jsonPath', operand, path: ["it's"], as: 'value' } as never, `"user"."joined" ->> '$."it''s"'`);
  });
});
