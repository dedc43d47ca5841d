/** Extensions of Postgres: fetched when they are asked for, and there again when the database is opened again. */
import { expect, test } from 'vitest';
import { openMemoryCluster } from '../../src/storage/memory-cluster.ts';
import { column, failure, OPTIONS, open, rows, run, shared, sql } from './pglite-support.ts';

const db = shared();

test.each([
  ['hstore', "'a=>1, b=>2'::hstore -> 'b'", '2'],
  ['pg_trgm', "similarity('word', 'word')", 1],
  ['citext', "'ABC'::citext = 'abc'", true],
  ['vector', "'[1,2,3]'::vector <-> '[1,2,5]'::vector", 2],
  ['uuid-ossp', 'length(uuid_generate_v4()::text)', 36],
  ['pgcrypto', "encode(digest('a', 'md5'), 'hex')", '0cc175b9c0f1b6a831c399e269772661'],
  ['fuzzystrmatch', "levenshtein('one', 'two')", 3],
  ['ltree', "nlevel('a.b.c')", 3],
  ['btree_gist', '1 <-> 3', 2],
  ['unaccent', "unaccent('Hôtel')", 'Hotel'],
])('%s works as soon as it is created', async (name, expression, expected) => {
  await run(db.main, `CREATE EXTENSION IF NOT EXISTS "${name}"`);
  expect(await column(db.main, `SELECT ${expression}`)).toEqual([expected]);
});

test.each(['-- for plants\n', '/* for\nplants */ '])('a comment may stand before it: %j', async (comment) => {
  await run(db.main, `${comment}CREATE EXTENSION dict_int`);
  expect(await column(db.main, "SELECT extname FROM pg_extension WHERE extname = 'dict_int'")).toEqual(['dict_int']);
});

test('one may need another', async () => {
  await run(db.main, 'CREATE EXTENSION earthdistance CASCADE');
  expect(await column(db.main, 'SELECT earth_distance(ll_to_earth(0, 0), ll_to_earth(0, 0))')).toEqual([0]);
});

test('inside a transaction it is created, or not', async () => {
  await run(db.main, 'BEGIN');
  await run(db.main, 'CREATE EXTENSION intarray');
  expect(await column(db.main, "SELECT sort('{3,1,2}'::int[])")).toEqual(['{1,2,3}']);
  await run(db.main, 'ROLLBACK');
  expect(await failure(run(db.main, "SELECT sort('{3,1,2}'::int[])"))).toMatchObject({ code: '42883' });
});

test('several may come in one batch', async () => {
  const statements = ['cube', 'seg', 'isn'].map((name) => sql(`CREATE EXTENSION IF NOT EXISTS ${name}`));
  await db.main.run({ statements });
  expect(await column(db.main, "SELECT '1'::seg::text || '(2)'::cube::text")).toEqual(['1(2)']);
});

test('one that does not exist is refused by Postgres', async () => {
  expect(await failure(run(db.main, 'CREATE EXTENSION nonsense'))).toMatchObject({ code: '0A000' });
});

test('an opened database has those it uses, and those that were asked for', async () => {
  const backend = Object.assign(await openMemoryCluster(OPTIONS), { close: async () => {} });
  const first = await open({}, backend);
  const before = first.connect();
  await run(before, 'CREATE EXTENSION hstore');
  await run(before, "CREATE TABLE h AS SELECT 'a=>1'::hstore AS v");
  await first.close();
  const second = await open({ extensions: ['citext'] }, backend);
  const after = second.connect();
  expect(await rows(after, "SELECT v -> 'a' FROM h")).toEqual([['1']]);
  await run(after, 'CREATE EXTENSION citext');
  await second.close();
});
