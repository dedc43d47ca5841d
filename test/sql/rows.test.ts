/** What running a query gives: shapes of rows, single values, streams, errors. */
import { describe, expect, it } from 'vitest';
import { DoesNotExist, InterfaceError, NotSupportedError } from '../../src/errors.ts';
import { column } from '../../src/query/column.ts';
import type { Executor } from '../../src/query/executor.ts';
import { fn } from '../../src/query/fn.ts';
import { raw, SQL } from '../../src/query/raw.ts';
import { select } from '../../src/query/select.ts';
import { Table } from '../../src/query/table.ts';
import type { Rows } from '../../src/wire/statement.ts';
import { executor, open } from './engine.ts';
import { POSTGRES_TABLES, TABLES } from './golden.ts';
import { openPostgres } from './postgres.ts';

const DATA = `${TABLES}
  INSERT INTO user (id, username, age, active) VALUES (1, 'ann', 30, 1), (2, 'bob', 20, 0), (3, 'cid', NULL, 1);
  INSERT INTO tweet (id, user_id, message) VALUES (1, 1, 'hi'), (2, 1, 'there'), (3, 2, 'yo');`;

const POSTGRES_DATA = `${POSTGRES_TABLES};
  INSERT INTO "user" (id, username, age, active) VALUES (1, 'ann', 30, true), (2, 'bob', 20, false), (3, 'cid', NULL, true);
  INSERT INTO tweet (id, user_id, message) VALUES (1, 1, 'hi'), (2, 1, 'there'), (3, 2, 'yo')`;

const engines = [
  ['SQLite', executor(open(DATA), 2)],
  ['Postgres', await openPostgres(POSTGRES_DATA)],
] as const;
const active = column<boolean, 'active'>('user', { key: 'active', name: 'active', type: { name: 'boolean' } });

describe.each(engines)('on %s', (engine, on) => {
  const user = Table('user', ['id', 'username', 'age']).bind(on);
  const tweet = Table('tweet', ['id', 'user_id', 'message']).bind(on);

  describe('shapes', () => {
    it('are objects, arrays, scalars', async () => {
      const query = user.select(user.c.id, active).orderBy(user.c.id);
      expect(await query).toEqual([
        { id: 1, active: true },
        { id: 2, active: false },
        { id: 3, active: true },
      ]);
      expect(await query.dicts()).toEqual(await query);
      expect(await query.tuples()).toEqual([
        [1, true],
        [2, false],
        [3, true],
      ]);
      expect(await query.scalars()).toEqual([1, 2, 3]);
      expect(await user.select(user.c.age).orderBy(user.c.id).tuples()).toEqual([[30], [20], [null]]);
    });

    it('name what has no name as the engine does', async () => {
      expect(await user.select(fn.count())).toEqual([{ [engine === 'SQLite' ? 'count(*)' : 'count']: 3 }]);
      expect(await Table('user').bind(on).select().limit(1)).toEqual([
        { id: 1, username: 'ann', age: 30, joined: null, active: engine === 'SQLite' ? 1 : true, meta: null, big: null },
      ]);
    });

    it('keep a key __proto__ a key', async () => {
      const [row] = await user.select(user.c.id.as('__proto__')).limit(1);
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
      expect(Object.entries(row as object)).toEqual([['__proto__', 1]]);
    });

    it('convert through a converter', async () => {
      const loud = column<string, 'username'>('user', {
        key: 'username',
        name: 'username',
        type: { name: 'text' },
        convert: { toDb: (value: string) => value.toLowerCase(), toJs: (value: string) => value.toUpperCase() },
      });
      expect(await user.select(loud).where(loud.eq('ANN')).scalars()).toEqual(['ANN']);
      expect(
        await user
          .select(loud.converter((value) => value.length))
          .where(loud.in(['ANN', 'BOB']))
          .scalars(),
      ).toEqual([3, 3]);
      expect(await user.select(fn.max(loud)).scalar()).toBe('CID');
      const sub = user.select(loud, user.c.id).as('sub');
      expect(await select(sub.c.username).from(sub).where(sub.c.id.eq(1)).bind(on).scalars()).toEqual(['ANN']);
    });
  });

  describe('single values', () => {
    it('first, get, scalar', async () => {
      const query = user.select(user.c.username).orderBy(user.c.id.desc());
      expect(await query.first()).toEqual({ username: 'cid' });
      expect(await query.get()).toEqual({ username: 'cid' });
      expect(await query.scalar()).toBe('cid');
      const none = query.where(user.c.id.eq(99));
      expect(await none.first()).toBeNull();
      expect(await none.scalar()).toBeNull();
      expect(await none.exists()).toBe(false);
      await expect(none.get()).rejects.toThrow(DoesNotExist);
    });

    it('count what the query would give', async () => {
      const all = tweet.select(tweet.c.user_id);
      expect(await all.count()).toBe(3);
      expect(await all.where(tweet.c.user_id.eq(1)).count()).toBe(2);
      expect(await all.distinct().count()).toBe(2);
      expect(await all.limit(1).count()).toBe(1);
      expect(await all.offset(1).count()).toBe(2);
      expect(await tweet.select(tweet.c.user_id, fn.count()).groupBy(tweet.c.user_id).count()).toBe(2);
      expect(await tweet.select(fn.count()).count()).toBe(1);
      expect(await all.union(tweet.select(tweet.c.id)).count()).toBe(3);
      expect(on.ran.at(-1)?.sql).toBe(
        'SELECT count(*) FROM (SELECT "tweet"."user_id" FROM "tweet" UNION SELECT "tweet"."id" FROM "tweet") AS "counted"',
      );
      const many = all.cte('many');
      expect(await select(many.c.user_id).from(many).withCte(many).distinct().bind(on).count()).toBe(2);
      expect(await all.exists()).toBe(true);
      expect(on.ran.at(-1)?.sql).toBe('SELECT 1 FROM "tweet" LIMIT 1');
      expect(await tweet.select(fn.max(tweet.c.id)).where(tweet.c.id.eq(99)).exists()).toBe(true);
      expect(await all.union(all).exists()).toBe(true);
    });
  });

  describe('streams', () => {
    it('give rows one by one and stop when left', async () => {
      const seen: unknown[] = [];
      for await (const row of user.select(user.c.id).orderBy(user.c.id).tuples()) {
        seen.push(row);
        if (seen.length === 2) break;
      }
      expect(seen).toEqual([[1], [2]]);
      const all: unknown[] = [];
      for await (const row of user.select(user.c.id).iterator()) all.push(row);
      expect(all.length).toBe(3);
    });

    it('free the query that is left early', async () => {
      let freed = false;
      async function* endless(): AsyncGenerator<Rows> {
        try {
          for (let at = 0; ; at++) yield { names: ['id'], length: 1, data: [[at]] };
        } finally {
          freed = true;
        }
      }
      const slow: Executor = {
        name: 'slow',
        dialect: on.dialect,
        inTransaction: false,
        run: on.run,
        atomic: on.atomic,
        stream: endless,
      };
      for await (const row of user.select(user.c.id).bind(slow)) if (row.id === 5) break;
      expect(freed).toBe(true);
    });
  });

  describe('raw queries', () => {
    it('give what their columns are called', async () => {
      expect(await raw('SELECT id AS n, ? AS x FROM "user" WHERE id < ? ORDER BY id', ['x', 3]).bind(on)).toEqual([
        { n: 1, x: 'x' },
        { n: 2, x: 'x' },
      ]);
      expect(await raw('SELECT 1 AS one').bind(on).first()).toEqual({ one: 1 });
      expect(await raw('SELECT 1 AS one').bind(on).tuples()).toEqual([[1]]);
      await expect(raw('SELEC 1').bind(on)).rejects.toMatchObject({ name: 'ProgrammingError', sql: 'SELEC 1' });
    });
  });
});

const [[, on]] = engines;
const user = Table('user', ['id', 'username', 'age']).bind(on);

it('explains', async () => {
  const plan = await user.select().where(user.c.id.eq(1)).explain();
  expect(plan[0]?.detail).toContain('SEARCH user USING INTEGER PRIMARY KEY');
});

it('needs a database', async () => {
  await expect(select(SQL('1'))).rejects.toThrow(InterfaceError);
  await expect(user.select().forUpdate()).rejects.toThrow(NotSupportedError);
});
