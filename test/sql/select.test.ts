/** SELECT and everything that can stand in one, as SQL. */
import { describe, expect, it } from 'vitest';
import { postgres } from '../../src/dialect/postgres/dialect.ts';
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
import { expectSql, type Spelled } from './golden.ts';

const user = Table('user', ['id', 'username', 'age', 'active']);
const tweet = Table('tweet', ['id', 'user_id', 'message']);
const category = Table('category', ['id', 'parent_id', 'name']);
const age = column<number, 'age'>('user', { key: 'age', name: 'age', type: { name: 'integer' } });
const joined = column<Date, 'joined'>('user', { key: 'joined', name: 'joined', type: { name: 'datetime' } });
const active = column<boolean, 'active'>('user', { key: 'active', name: 'active', type: { name: 'boolean' } });
const name = column<string, 'username'>('user', { key: 'username', name: 'username', type: { name: 'text' } });

describe('select', () => {
  it('reads columns, or all of them', async () => {
    await expectSql(user.select(), {
      sqlite: ['SELECT "user"."id", "user"."username", "user"."age", "user"."active" FROM "user"'],
    });
    await expectSql(user.select(user.c.id), { sqlite: ['SELECT "user"."id" FROM "user"'] });
    await expectSql(Table('user').select(), { sqlite: ['SELECT * FROM "user"'] });
    await expectSql(select(Value(1).as('one')), {
      sqlite: ['SELECT ? AS "one"', [1]],
      postgres: ['SELECT $1::integer AS "one"', [1]],
    });
  });

  it('takes conditions one by one and together', async () => {
    const query = user.select(user.c.id).where(age.gte(18), name.eq('ann')).where(active.eq(true));
    await expectSql(query, {
      sqlite: [
        'SELECT "user"."id" FROM "user" WHERE "user"."age" >= ? AND "user"."username" = ? AND "user"."active" = ?',
        [18, 'ann', 1],
      ],
      postgres: [
        'SELECT "user"."id" FROM "user" WHERE "user"."age" >= $1 AND "user"."username" = $2 AND "user"."active" = $3',
        [18, 'ann', true],
      ],
    });
    await expectSql(user.select(user.c.id).where(age.eq(1)).orWhere(age.eq(2), age.eq(3)), {
      sqlite: ['SELECT "user"."id" FROM "user" WHERE "user"."age" = ? OR ("user"."age" = ? AND "user"."age" = ?)', [1, 2, 3]],
    });
  });

  it('leaves the query it was made from alone', async () => {
    const all = user.select(user.c.id);
    const some = all.where(age.eq(1)).limit(3);
    expect(all.sql(sqlite)).toEqual({ sql: 'SELECT "user"."id" FROM "user"', params: [] });
    expect(some.limit(null).sql(sqlite).sql).not.toContain('LIMIT');
    expect(some.sql(sqlite).sql).toContain('LIMIT');
  });

  it('joins', async () => {
    const on = tweet.c.user_id.eq(user.c.id);
    for (const [type, words] of [
      ['inner', 'INNER JOIN'],
      ['left', 'LEFT JOIN'],
      ['right', 'RIGHT JOIN'],
      ['full', 'FULL JOIN'],
    ] as const) {
      await expectSql(select(user.c.id).from(user).join(tweet, { type, on }), {
        sqlite: [`SELECT "user"."id" FROM "user" ${words} "tweet" ON "tweet"."user_id" = "user"."id"`],
      });
    }
    await expectSql(select(user.c.id).from(user).join(tweet, { type: 'cross' }), {
      sqlite: ['SELECT "user"."id" FROM "user" CROSS JOIN "tweet"'],
    });
    const parent = category.alias('parent');
    await expectSql(
      select(category.c.name, parent.c.name.as('above')).from(category).leftJoin(parent, category.c.parent_id.eq(parent.c.id)),
      {
        sqlite: [
          'SELECT "category"."name", "parent"."name" AS "above" FROM "category" LEFT JOIN "category" AS "parent" ON "category"."parent_id" = "parent"."id"',
        ],
      },
    );
    expect(() => select(user.c.id).join(user)).toThrow(ImproperlyConfigured);
  });

  it('groups, orders and pages', async () => {
    const n = fn.count(tweet.c.id).as('n');
    const query = select(tweet.c.user_id, n)
      .from(tweet)
      .groupBy(tweet.c.user_id)
      .having(fn.count(tweet.c.id).gt(1))
      .orderBy(n, tweet.c.user_id.desc());
    await expectSql(query.paginate(3, 10), {
      sqlite: [
        'SELECT "tweet"."user_id", count("tweet"."id") AS "n" FROM "tweet" GROUP BY "tweet"."user_id" HAVING count("tweet"."id") > ? ORDER BY "n", "tweet"."user_id" DESC LIMIT ? OFFSET ?',
        [1, 10, 20],
      ],
    });
    await expectSql(
      user
        .select(user.c.id)
        .orderBy(age.asc({ nulls: 'last' }), age.desc({ nulls: 'first' }))
        .offset(5),
      {
        sqlite: [
          'SELECT "user"."id" FROM "user" ORDER BY "user"."age" ASC NULLS LAST, "user"."age" DESC NULLS FIRST LIMIT -1 OFFSET ?',
          [5],
        ],
        postgres: [
          'SELECT "user"."id" FROM "user" ORDER BY "user"."age" ASC NULLS LAST, "user"."age" DESC NULLS FIRST OFFSET $1',
          [5],
        ],
      },
    );
    await expectSql(user.select(user.c.age).distinct(), { sqlite: ['SELECT DISTINCT "user"."age" FROM "user"'] });
    for (const bad of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => user.select().limit(bad)).toThrow(ImproperlyConfigured);
  });

  it('reads from subqueries, lists of values and functions', async () => {
    const busy = select(tweet.c.user_id, fn.count().as('n')).from(tweet).groupBy(tweet.c.user_id).as('busy');
    await expectSql(
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
        [2, null],
      ],
      'v',
      ['id', 'word'],
    );
    await expectSql(select(list.c.word).from(list).where(list.c.id.gt(1)), {
      sqlite: [
        'SELECT "v"."word" FROM (SELECT column1 AS "id", column2 AS "word" FROM (VALUES (?, ?), (?, ?))) AS "v" WHERE "v"."id" > ?',
        [1, 'one', 2, null, 1],
      ],
      postgres: [
        'SELECT "v"."word" FROM (VALUES ($1::integer, $2::text), ($3::integer, NULL)) AS "v"("id", "word") WHERE "v"."id" > $4',
        [1, 'one', 2, 1],
      ],
    });
    const newest = select(fn.max(tweet.c.id)).from(tweet).where(tweet.c.user_id.eq(user.c.id));
    await expectSql(select(user.c.id, newest.as('newest')).from(user), {
      sqlite: [
        'SELECT "user"."id", (SELECT max("tweet"."id") FROM "tweet" WHERE "tweet"."user_id" = "user"."id") AS "newest" FROM "user"',
      ],
    });
  });

  it('tests existence and membership', async () => {
    const tweets = select(SQL('1')).from(tweet).where(tweet.c.user_id.eq(user.c.id));
    await expectSql(user.select(user.c.id).where(exists(tweets), notExists(tweets)), {
      sqlite: [
        'SELECT "user"."id" FROM "user" WHERE EXISTS (SELECT 1 FROM "tweet" WHERE "tweet"."user_id" = "user"."id") AND NOT EXISTS (SELECT 1 FROM "tweet" WHERE "tweet"."user_id" = "user"."id")',
      ],
    });
    await expectSql(user.select(user.c.id).where(user.c.id.in(select(tweet.c.user_id).from(tweet)), age.notIn([1, 2])), {
      sqlite: [
        'SELECT "user"."id" FROM "user" WHERE "user"."id" IN (SELECT "tweet"."user_id" FROM "tweet") AND "user"."age" NOT IN (?, ?)',
        [1, 2],
      ],
      postgres: [
        'SELECT "user"."id" FROM "user" WHERE "user"."id" IN (SELECT "tweet"."user_id" FROM "tweet") AND "user"."age" <> ALL($1)',
        ['{1,2}'],
      ],
    });
    await expectSql(user.select(user.c.id).where(age.in([])), { sqlite: ['SELECT "user"."id" FROM "user" WHERE 1 = 0'] });
    await expectSql(user.select(user.c.id).where(age.notIn([])), { sqlite: ['SELECT "user"."id" FROM "user" WHERE 1 = 1'] });
    await expectSql(
      user.select(user.c.id).where(
        Tuple(user.c.id, user.c.age).in([
          [1, 2],
          [3, 4],
        ]),
      ),
      {
        sqlite: ['SELECT "user"."id" FROM "user" WHERE ("user"."id", "user"."age") IN (VALUES (?, ?), (?, ?))', [1, 2, 3, 4]],
        postgres: ['SELECT "user"."id" FROM "user" WHERE ("user"."id", "user"."age") IN (($1, $2), ($3, $4))', [1, 2, 3, 4]],
      },
    );
  });

  it('unites', async () => {
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
      await expectSql(a[method](b), { sqlite: [sides.join(` ${words} `), [10, 90]] });
    }
    await expectSql(a.union(b).orderBy(user.c.id.desc()).limit(3), {
      sqlite: [`${sides.join(' UNION ')} ORDER BY "id" DESC LIMIT ?`, [10, 90, 3]],
    });
    await expectSql(a.limit(1).union(b.except(a)), {
      sqlite: [`SELECT * FROM (${sides[0]} LIMIT ?) UNION SELECT * FROM (${sides[1]} EXCEPT ${sides[0]})`, [10, 1, 90, 10]],
      postgres: [
        '(SELECT "user"."id" FROM "user" WHERE "user"."age" < $1 LIMIT $2) UNION (SELECT "user"."id" FROM "user" WHERE "user"."age" > $3 EXCEPT SELECT "user"."id" FROM "user" WHERE "user"."age" < $1)',
        [10, 1, 90],
      ],
    });
  });

  it('says CTEs first', async () => {
    const base = select(category.c.id, category.c.name)
      .from(category)
      .where(category.c.parent_id.isNull())
      .cte('tree', { recursive: true });
    const tree = base.unionAll(
      select(category.c.id, category.c.name)
        .from(category)
        .join(base, { on: category.c.parent_id.eq(base.c.id) }),
    );
    await expectSql(select(tree.c.name).from(tree).withCte(tree), {
      sqlite: [
        'WITH RECURSIVE "tree" AS (SELECT "category"."id", "category"."name" FROM "category" WHERE "category"."parent_id" IS NULL UNION ALL SELECT "category"."id", "category"."name" FROM "category" INNER JOIN "tree" ON "category"."parent_id" = "tree"."id") SELECT "tree"."name" FROM "tree"',
      ],
    });
    const old = user
      .select(user.c.id)
      .where(age.gt(90))
      .cte('old', { columns: ['key'], materialized: true });
    await expectSql(select(old.c.id).from(old).withCte(old), {
      sqlite: [
        'WITH "old"("key") AS MATERIALIZED (SELECT "user"."id" FROM "user" WHERE "user"."age" > ?) SELECT "old"."key" FROM "old"',
        [90],
      ],
    });
  });

  it('says CTEs of the sides of a union before both', async () => {
    const one = user.select(user.c.id).cte('c');
    const from = (cte: typeof one) => select(cte.c.id).from(cte).withCte(cte);
    await expectSql(from(one).union(from(one)), {
      sqlite: ['WITH "c" AS (SELECT "user"."id" FROM "user") SELECT "c"."id" FROM "c" UNION SELECT "c"."id" FROM "c"'],
    });
    const all = user.select(user.c.id).cte('all').unionAll(from(one));
    await expectSql(select(all.c.id).from(all).withCte(all), {
      sqlite: [
        'WITH "all" AS (WITH "c" AS (SELECT "user"."id" FROM "user") SELECT "user"."id" FROM "user" UNION ALL SELECT "c"."id" FROM "c") SELECT "all"."id" FROM "all"',
      ],
    });
  });

  it('intersects what was united before', async () => {
    const [a, b, c] = [1, 2, 3].map((id) => user.select(user.c.id).where(user.c.id.ne(id)));
    const sides = [1, 2, 3].map((at) => `SELECT "user"."id" FROM "user" WHERE "user"."id" <> $${at}`);
    const [first, second, third] = sides.map((side) => side.replace(/\$\d/, '?'));
    await expectSql(a!.union(b!).intersect(c!), {
      sqlite: [`SELECT * FROM (${first} UNION ${second}) INTERSECT ${third}`, [1, 2, 3]],
      postgres: [`(${sides[0]} UNION ${sides[1]}) INTERSECT ${sides[2]}`, [1, 2, 3]],
    });
    await expectSql(a!.intersect(b!).union(c!), { sqlite: [`${first} INTERSECT ${second} UNION ${third}`, [1, 2, 3]] });
  });

  it('locks rows, keeps one of each, joins what looks at the rows before it', async () => {
    const all = user.select(user.c.id);
    for (const [query, words] of [
      [all.forUpdate(), 'FOR UPDATE'],
      [all.forUpdate({ of: [user, 'user'], nowait: true }), 'FOR UPDATE OF "user", "user" NOWAIT'],
      [all.forUpdate({ strength: 'no key update' }), 'FOR NO KEY UPDATE'],
      [all.forUpdate({ strength: 'share', skipLocked: true }), 'FOR SHARE SKIP LOCKED'],
      [all.forUpdate({ strength: 'key share' }).limit(1), 'LIMIT $1 FOR KEY SHARE'],
    ] as const) {
      const params = words.startsWith('LIMIT') ? [1] : [];
      await expectSql(query, { sqlite: null, postgres: [`SELECT "user"."id" FROM "user" ${words}`, params] });
      expect(query.sql(postgres)).toBeDefined();
      expect(postgres.compile(query['~node'])[0]?.mode).toBe('write');
      const locked = query.as('locked');
      expect(postgres.compile(select(locked.c.id).from(locked)['~node'])[0]?.mode).toBe('write');
    }
    expect(() => all.forUpdate({ nowait: true, skipLocked: true })).toThrow(ImproperlyConfigured);
    await expectSql(all.distinct(user.c.age).orderBy(user.c.age), {
      sqlite: null,
      postgres: ['SELECT DISTINCT ON ("user"."age") "user"."id" FROM "user" ORDER BY "user"."age"'],
    });
    const last = select(tweet.c.message).from(tweet).where(tweet.c.user_id.eq(user.c.id)).limit(1).as('last');
    await expectSql(
      select(last.c.message)
        .from(user)
        .join(last, { type: 'left', on: SQL<boolean>('true'), lateral: true }),
      {
        sqlite: null,
        postgres: [
          'SELECT "last"."message" FROM "user" LEFT JOIN LATERAL (SELECT "tweet"."message" FROM "tweet" WHERE "tweet"."user_id" = "user"."id" LIMIT $1) AS "last" ON true',
          [1],
        ],
      },
    );
  });

  it('refuses what SQLite has not', async () => {
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
  const spelled = (
    query: Parameters<typeof expectSql>[0],
    whole: (part: string) => string,
    sql: string,
    params: Spelled[1] = [],
    postgres?: Spelled,
  ): Promise<void> =>
    expectSql(query, {
      sqlite: [whole(sql), params],
      ...(postgres && { postgres: [whole(postgres[0]), postgres[1] ?? params] }),
    });

  const where = (
    condition: Parameters<ReturnType<typeof user.select>['where']>[0],
    sql: string,
    params?: Spelled[1],
    postgres?: Spelled,
  ): Promise<void> =>
    spelled(
      user.select(user.c.id).where(condition),
      (one) => `SELECT "user"."id" FROM "user" WHERE ${one}`,
      sql,
      params,
      postgres,
    );

  const item = (expression: unknown, sql: string, params?: Spelled[1], postgres?: Spelled): Promise<void> =>
    spelled(user.select(expression as never), (one) => `SELECT ${one} FROM "user"`, sql, params, postgres);

  it('compares', async () => {
    await where(age.eq(1), '"user"."age" = ?', [1]);
    await where(age.ne(1), '"user"."age" <> ?', [1]);
    await where(age.eq(null), '"user"."age" IS NULL');
    await where(age.ne(null), '"user"."age" IS NOT NULL');
    await where(age.isNull(false), '"user"."age" IS NOT NULL');
    await where(age.is(null), '"user"."age" IS ?', [null], ['"user"."age" IS NOT DISTINCT FROM $1']);
    await where(age.isNot(3), '"user"."age" IS NOT ?', [3], ['"user"."age" IS DISTINCT FROM $1']);
    await where(age.between(1, 9), '"user"."age" BETWEEN ? AND ?', [1, 9]);
    const at = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 60));
    await where(
      joined.lt(at),
      '"user"."joined" < ?',
      ['2026-01-02 03:04:05.060000'],
      ['"user"."joined" < $1', ['2026-01-02 03:04:05.060+00']],
    );
    await where(user.c.age.gt(user.c.id), '"user"."age" > "user"."id"');
  });

  it('says what type a value has only where nothing else does', async () => {
    // What has no column, and no type of its own in the model.
    await where(user.c.age.gt(1.5), '"user"."age" > ?', [1.5], ['"user"."age" > $1::double precision']);
    await where(age.lt(2 ** 31), '"user"."age" < CAST(? AS INTEGER)', [2 ** 31], ['"user"."age" < $1::bigint']);
    await where(
      age.in([1, 2 ** 31]),
      '"user"."age" IN (?, CAST(? AS INTEGER))',
      [1, 2 ** 31],
      ['"user"."age" = ANY($1::bigint[])', ['{1,2147483648}']],
    );
    await where(Value('a').eq('b'), '? = ?', ['a', 'b'], ['$1::text = $2::text']);
    await item(Value(1.5), '?', [1.5], ['$1::double precision']);
    await item(Value(true), '?', [1], ['$1::boolean', [true]]);
    await item(Value(new Date(0)), '?', ['1970-01-01 00:00:00'], ['$1::timestamp', ['1970-01-01 00:00:00+00']]);
    await item(Value(Uint8Array.of(1)), '?', [Uint8Array.of(1)], ['$1::bytea']);
    await item(Value(null), '?', [null], ['NULL', []]);
    await item(fn.call('substr', 'abc', 2), 'substr(?, ?)', ['abc', 2], ['substr($1, $2::integer)']);
    await item(fn.concat!('a', 1), 'concat(?, ?)', ['a', 1], ['concat($1::text, $2::integer)']);
  });

  it('binds what occurs twice once', async () => {
    const older = age.add(1);
    await expectSql(user.select(older).groupBy(older), {
      sqlite: ['SELECT "user"."age" + ? FROM "user" GROUP BY "user"."age" + ?', [1, 1]],
      postgres: ['SELECT "user"."age" + $1::integer FROM "user" GROUP BY "user"."age" + $1::integer', [1]],
    });
    const group = Case(null, [[age.lt(18), 'young']], 'old');
    await expectSql(user.select(group, fn.count()).groupBy(group), {
      sqlite: [
        'SELECT CASE WHEN "user"."age" < ? THEN ? ELSE ? END, count(*) FROM "user" GROUP BY CASE WHEN "user"."age" < ? THEN ? ELSE ? END',
        [18, 'young', 'old', 18, 'young', 'old'],
      ],
      postgres: [
        'SELECT CASE WHEN "user"."age" < $1 THEN $2::text ELSE $3::text END, count(*) FROM "user" GROUP BY CASE WHEN "user"."age" < $1 THEN $2::text ELSE $3::text END',
        [18, 'young', 'old'],
      ],
    });
    // One value in two places may be of two types.
    const one = Value('1');
    await where(name.eq(one).and(age.eq(one as never)), '"user"."username" = ? AND "user"."age" = ?', ['1', '1']);
  });

  it('puts parentheses where they matter, and only there', async () => {
    await where(age.eq(1).and(age.eq(2)).and(age.eq(3)), '"user"."age" = ? AND "user"."age" = ? AND "user"."age" = ?', [1, 2, 3]);
    await where(age.eq(1).or(age.eq(2)).and(age.eq(3)), '("user"."age" = ? OR "user"."age" = ?) AND "user"."age" = ?', [1, 2, 3]);
    await where(age.eq(1).and(age.eq(2)).not(), 'NOT ("user"."age" = ? AND "user"."age" = ?)', [1, 2]);
    await where(
      age.add(1).mul(2).gt(3),
      '("user"."age" + ?) * ? > ?',
      [1, 2, 3],
      ['("user"."age" + $1::integer) * $2::integer > $3'],
    );
    await where(
      age.sub(age.sub(1)).eq(1),
      '"user"."age" - ("user"."age" - ?) = ?',
      [1, 1],
      ['"user"."age" - ("user"."age" - $1::integer) = $2'],
    );
    await where(SQL<boolean>('1 = 1 OR 1 = 2').and(age.eq(1)), '(1 = 1 OR 1 = 2) AND "user"."age" = ?', [1]);
    await where(active.not(), 'NOT "user"."active"');
    await where(age.neg().lt(0), '-"user"."age" < ?', [0]);
  });

  it('calculates', async () => {
    await where(age.add(0.5).eq(1), '"user"."age" + ? = ?', [0.5, 1], ['"user"."age" + $1::double precision = $2']);
    await where(
      age.div(2).mod(3).eq(1),
      '("user"."age" / ?) % ? = ?',
      [2, 3, 1],
      ['("user"."age" / $1::integer) % $2::integer = $3'],
    );
    await where(
      age.binAnd(1).binOr(2).eq(3),
      '("user"."age" & ?) | ? = ?',
      [1, 2, 3],
      ['("user"."age" & $1::integer) | $2::integer = $3'],
    );
    await where(
      age.binXor(1).eq(3),
      '("user"."age" | ?) - ("user"."age" & ?) = ?',
      [1, 1, 3],
      ['"user"."age" # $1::integer = $2', [1, 3]],
    );
    await where(age.shiftLeft(1).bitNot().eq(3), '~("user"."age" << ?) = ?', [1, 3], ['~("user"."age" << $1::integer) = $2']);
    await where(name.concat('!').eq('a!'), '"user"."username" || ? = ?', ['!', 'a!']);
    await where(age.concat('!').eq('1!'), '"user"."age" || ? = ?', ['!', '1!'], ['CAST("user"."age" AS text) || $1 = $2']);
  });

  it('matches patterns', async () => {
    const like = (sqlite: Spelled[0], param: string, operator: string, theirs = param): readonly [string, string[], Spelled] => [
      sqlite,
      [param],
      [`"user"."username" ${operator} $1`, [theirs]],
    ];
    const ignoring = '"user"."username" LIKE ? ESCAPE \'\\\'';
    await where(name.like('A%_\\%'), ...like('"user"."username" GLOB ?', 'A*?%', 'LIKE', 'A%_\\%'));
    await where(name.ilike('a%'), ...like(ignoring, 'a%', 'ILIKE'));
    await where(name.contains('5%_\\'), ...like(ignoring, '%5\\%\\_\\\\%', 'ILIKE'));
    await where(name.startsWith('a'), ...like(ignoring, 'a%', 'ILIKE'));
    await where(name.endsWith('a'), ...like(ignoring, '%a', 'ILIKE'));
    const escaped = `('%' || replace(replace(replace(username, '\\', '\\\\'), '%', '\\%'), '_', '\\_')) || '%'`;
    await where(
      name.contains(SQL<string>('username')),
      `"user"."username" LIKE ${escaped} ESCAPE '\\'`,
      [],
      [`"user"."username" ILIKE ${escaped}`],
    );
    await where(age.like('1%') as never, '"user"."age" GLOB ?', ['1*'], ['CAST("user"."age" AS text) LIKE $1', ['1%']]);
    for (const [condition, operator] of [
      [name.regexp('^a'), '~'],
      [name.iregexp('^a'), '~*'],
    ] as const) {
      await expectSql(user.select(user.c.id).where(condition), {
        sqlite: null,
        postgres: [`SELECT "user"."id" FROM "user" WHERE "user"."username" ${operator} $1`, ['^a']],
      });
    }
  });

  it('calls functions', async () => {
    await item(fn.count(), 'count(*)');
    await item(fn.count(user.c.age.distinct()), 'count(DISTINCT "user"."age")');
    await item(fn.lower(name), 'lower("user"."username")');
    await item(fn.coalesce(age, 0), 'coalesce("user"."age", ?)', [0], ['coalesce("user"."age", $1::integer)']);
    await item(fn.format!('%s', user.c.id), 'format(?, "user"."id")', ['%s'], ['format($1::text, "user"."id")']);
    await item(fn.call<string>('upper', 'a'), 'upper(?)', ['a']);
    await item(
      fn.sum(age).filter(active.eq(true)),
      'sum("user"."age") FILTER (WHERE "user"."active" = ?)',
      [1],
      ['sum("user"."age") FILTER (WHERE "user"."active" = $1)', [true]],
    );
    await item(fn.string_agg!(user.c.username, ',').orderBy(user.c.id), 'string_agg("user"."username", ? ORDER BY "user"."id")', [
      ',',
    ]);
    await item(
      fn.rank().over({ partitionBy: [active], orderBy: [age.desc()] }),
      'rank() OVER (PARTITION BY "user"."active" ORDER BY "user"."age" DESC)',
    );
    await item(
      fn
        .sum(age)
        .over({ orderBy: [user.c.id], frame: { unit: 'rows', start: { preceding: 2 }, end: 'current', exclude: 'ties' } }),
      'sum("user"."age") OVER (ORDER BY "user"."id" ROWS BETWEEN ? PRECEDING AND CURRENT ROW EXCLUDE TIES)',
      [2],
      ['sum("user"."age") OVER (ORDER BY "user"."id" ROWS BETWEEN $1::integer PRECEDING AND CURRENT ROW EXCLUDE TIES)'],
    );
    await expectSql(user.select(fn.sum(age).over('w').as('s')).window('w', { orderBy: [user.c.id] }), {
      sqlite: ['SELECT sum("user"."age") OVER "w" AS "s" FROM "user" WINDOW "w" AS (ORDER BY "user"."id")'],
    });
    expect(() => user.select(fn.call('a); DROP TABLE user; --')).sql(sqlite)).toThrow(ProgrammingError);
  });

  it('calls what Postgres has for other types only', async () => {
    await item(fn.sum(active), 'sum("user"."active")', [], ['sum(CAST("user"."active" AS integer))']);
    await item(fn.sum(age.gt(1)), 'sum("user"."age" > ?)', [1], ['sum(CAST("user"."age" > $1 AS integer))']);
    await item(fn.max(active), 'max("user"."active")', [], ['bool_or("user"."active")']);
    await item(fn.min(active), 'min("user"."active")', [], ['bool_and("user"."active")']);
    await item(
      fn.round(fn.avg(age), 1),
      'round(avg("user"."age"), ?)',
      [1],
      ['round(CAST(avg("user"."age") AS numeric), $1::integer)'],
    );
  });

  it('chooses, casts and collates', async () => {
    await item(
      Case(null, [[age.lt(18), 'young']], 'old').as('c'),
      'CASE WHEN "user"."age" < ? THEN ? ELSE ? END AS "c"',
      [18, 'young', 'old'],
      ['CASE WHEN "user"."age" < $1 THEN $2::text ELSE $3::text END AS "c"'],
    );
    await item(
      Case(name, [
        ['a', 1],
        ['b', 2],
      ]),
      'CASE "user"."username" WHEN ? THEN ? WHEN ? THEN ? END',
      ['a', 1, 'b', 2],
      ['CASE "user"."username" WHEN $1 THEN $2::integer WHEN $3 THEN $4::integer END'],
    );
    await item(Cast(name, 'integer'), 'CAST("user"."username" AS integer)');
    await item(Cast(name, 'double precision'), 'CAST("user"."username" AS double precision)');
    await item(age.cast({ name: 'text' }), 'CAST("user"."age" AS TEXT)');
    await item(name.collate('C'), '"user"."username" COLLATE "C"', [], ['"user"."username" COLLATE "C"']);
    await item(AsIs(1), '?', [1], ['$1::integer']);
    await item(SQL('? + ?', [1, 2]), '? + ?', [1, 2], ['$1::integer + $2::integer']);
    for (const type of ['integer); --', 'a b (c)', 'x; y', '"a" "b"', '[]'])
      expect(() => user.select(Cast(name, type)).sql(sqlite), type).toThrow(ProgrammingError);
    for (const type of ['timestamp(3) with time zone', 'integer[][]', 'varchar(20)', 'numeric(10, 2)[]', 'geo."My type"'])
      expect(user.select(Cast(name, type)).sql(postgres).sql).toContain(` AS ${type})`);
    expect(() => user.select(SQL('?, ?', [1])).sql(sqlite)).toThrow(/2 question marks for 1 values/);
    await expectSql(user.select(SQL(`'?' || "username" /* ? */ || ?`, ['x']).as('x')), {
      sqlite: [`SELECT '?' || "username" /* ? */ || ? AS "x" FROM "user"`, ['x']],
    });
  });

  it('takes dates and JSON apart', async () => {
    const on = (expression: unknown): { '~node': never; '~typing': object; '~name': string } =>
      ({ '~node': expression, '~typing': {}, '~name': 'x' }) as never;
    const operand = joined['~node'];
    const ticks = { name: 'timestamp', resolution: 1000 } as const;
    const big = { kind: 'column', table: 'user', name: 'big', type: ticks } as const;
    const document = { kind: 'column', table: 'user', name: 'meta', type: { name: 'json' } } as const;
    await item(
      on({ kind: 'datePart', part: 'year', operand, type: { name: 'datetime' } }),
      `CAST(strftime('%Y', "user"."joined") AS INTEGER)`,
      [],
      ['CAST(EXTRACT(year FROM "user"."joined") AS integer)'],
    );
    await item(
      on({ kind: 'datePart', part: 'second', operand: big, type: ticks }),
      `CAST(strftime('%S', "user"."big" / 1000.0, 'unixepoch') AS INTEGER)`,
      [],
      [`CAST(floor(EXTRACT(second FROM to_timestamp("user"."big" / 1000.0) AT TIME ZONE 'UTC')) AS integer)`],
    );
    await item(
      on({ kind: 'truncate', part: 'month', operand, type: { name: 'datetime' } }),
      `strftime('%Y-%m-01 00:00:00', "user"."joined")`,
      [],
      [`date_trunc('month', "user"."joined")`],
    );
    await item(
      on({ kind: 'truncate', part: 'year', operand, type: { name: 'date' } }),
      `strftime('%Y-01-01', "user"."joined")`,
      [],
      [`CAST(date_trunc('year', CAST("user"."joined" AS timestamp)) AS date)`],
    );
    await item(
      on({ kind: 'truncate', part: 'day', operand: big, type: ticks }),
      `CAST(strftime('%s', strftime('%Y-%m-%d 00:00:00', "user"."big" / 1000.0, 'unixepoch')) AS INTEGER) * 1000`,
      [],
      [`CAST(EXTRACT(epoch FROM date_trunc('day', to_timestamp("user"."big" / 1000.0) AT TIME ZONE 'UTC')) AS bigint) * 1000`],
    );
    await item(
      on({ kind: 'jsonPath', operand: document, path: ['a', 0, -1], as: 'json' }),
      `"user"."meta" -> '$."a"[0][#-1]'`,
      [],
      [`"user"."meta" -> 'a' -> 0 -> -1`],
    );
    await item(
      on({ kind: 'jsonPath', operand: document, path: ["it's"], as: 'value' }),
      `"user"."meta" ->> '$."it''s"'`,
      [],
      [`"user"."meta" ->> 'it''s'`],
    );
  });
});
