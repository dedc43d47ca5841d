/** Postgres databases as SQL: written, loaded, loaded by psql, and what pg_dump writes loaded here. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { PostgresqlDatabase } from '../../src/entry/postgresql.ts';
import { AbortedError, DatabaseError, DataError, NotSupportedError } from '../../src/index.ts';
import { rejection } from './rejection.ts';

const EVERYTHING = readFileSync(new URL('./scripts/everything.sql', import.meta.url), 'utf8');
const server = inject('postgres');

let one: PostgresqlDatabase;
let two: PostgresqlDatabase;
beforeAll(async () => {
  one = new PostgresqlDatabase(':memory:');
  two = new PostgresqlDatabase(':memory:');
  await Promise.all([one.connect(), two.connect()]);
});
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
});

const written = async (database: PostgresqlDatabase): Promise<string> => (await database.exportSql()).text();

test('everything a database holds comes back', async () => {
  const seen: (readonly [number, number | null])[] = [];
  await one.importSql(EVERYTHING, { onProgress: (done, total) => seen.push([done, total]) });
  expect(seen.at(-1)?.[0]).toBe(seen.at(-1)?.[1]);
  const script = await written(one);
  await two.importSql(script);
  expect(await written(two)).toBe(script);
  const rows = await two.executeSql('SELECT name, doubled FROM shop.customer ORDER BY id');
  expect([...rows]).toEqual([
    ['Ann; "A" \'B\' \\ \\n', 34],
    ['tab\there\r\nbackslash \\ null \\N', 58],
    ['', 0],
    ['🦜 Ünï', 10],
  ]);
  expect([...(await two.executeSql("SELECT nextval('shop.order_id_seq')"))]).toEqual([[16]]);
  // The script's own settings end with it.
  expect(await two.setting('searchPath')).toBe(await one.setting('searchPath'));
  expect(await two.getTables()).toEqual(['capital', 'city', 'measure', 'measure_2025', 'measure_rest', 'scratch']);
});

test('progress counts rows; a signal ends it', async () => {
  await one.importSql('CREATE TABLE n (i integer); INSERT INTO n SELECT generate_series(1, 2500);');
  const seen: (readonly [done: number, total: number | null, step?: string | undefined])[] = [];
  await one.exportSql({ onProgress: (...progress) => seen.push(progress) });
  expect(seen.at(-1)).toEqual([2500, 2500, 'public.n']);
  expect(seen.some(([done]) => done > 0 && done < 2500)).toBe(true);
  const signal = AbortSignal.abort();
  expect(await rejection(one.exportSql({ signal }))).toBeInstanceOf(AbortedError);
  expect(await rejection(one.importSql('SELECT 1;', { signal }))).toBeInstanceOf(AbortedError);
  expect([...(await one.executeSql('SELECT count(*) FROM n'))]).toEqual([[2500]]);
});

describe('a script that fails changes nothing', () => {
  beforeAll(() => one.importSql('CREATE TABLE kept (n integer); INSERT INTO kept VALUES (1);'));
  test.each([
    ['a wrong statement', 'CREATE TABLE other (n integer); SELECT nothing;', DatabaseError],
    ['a row of another width', 'CREATE TABLE other (n integer);\nCOPY other (n) FROM stdin;\n1\t2\n\\.\n', DataError],
    ['a column that is not there', 'CREATE TABLE other (n integer);\nCOPY other (m) FROM stdin;\n1\n\\.\n', DataError],
    ['a command for psql', '\\connect elsewhere\n', NotSupportedError],
    ['a rollback', 'CREATE TABLE a (n integer);\n-- no\nROLLBACK WORK;\nCREATE TABLE b (n integer);', NotSupportedError],
    ['a rollback that begins anew', 'abort and chain; CREATE TABLE b (n integer);', NotSupportedError],
    ['rows as CSV', 'CREATE TABLE other (n integer);\nCOPY other FROM stdin WITH (FORMAT csv);\n1\n\\.\n', NotSupportedError],
  ])('%s', async (_, script, type) => {
    expect(await rejection(one.importSql(script))).toBeInstanceOf(type);
    expect([...(await one.executeSql('SELECT n FROM kept'))]).toEqual([[1]]);
    expect(await one.getTables()).toEqual(['kept']);
  });

  test('bytes that are no text', async () => {
    expect(await rejection(one.importSql(new Uint8Array([0x80, 0xff])))).toBeInstanceOf(DataError);
  });
});

test('what cannot be written is refused by name', async () => {
  await one.importSql('CREATE AGGREGATE total_of (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = 0);');
  const error = await rejection(one.exportSql());
  expect(error).toBeInstanceOf(NotSupportedError);
  expect((error as Error).message).toContain('aggregate total_of');
});

describe.skipIf(server === null)('beside the programs of Postgres', () => {
  const { host, port, user, programs } = server ?? { host: '', port: 0, user: '', programs: '' };
  const login = ['-h', host, '-p', String(port), '-U', user, '-X', '-q'];
  const run = (program: string, args: readonly string[], input?: string): string =>
    execFileSync(join(programs, program), args, { encoding: 'utf8', ...(input === undefined ? {} : { input }) });

  const on = async (name: string, body: (database: PostgresqlDatabase) => Promise<void>): Promise<void> => {
    run('createdb', [...login.slice(0, 6), name]);
    const database = new PostgresqlDatabase(name, { host, port, user });
    try {
      await body(database);
    } finally {
      await database.close();
      run('dropdb', [...login.slice(0, 6), '--force', name]);
    }
  };

  test('psql loads the script, and the database there is the same', () =>
    on('script_psql', async (database) => {
      await one.importSql(EVERYTHING);
      const script = await written(one);
      run('psql', [...login, '-v', 'ON_ERROR_STOP=1', 'script_psql'], script);
      expect(sameOnAllVersions(await written(database))).toBe(sameOnAllVersions(script));
    }));

  test('what pg_dump writes is loaded here', () =>
    on('script_dump', async (database) => {
      await database.importSql(EVERYTHING);
      const script = await written(database);
      await two.importSql(run('pg_dump', [...login.slice(0, 6), 'script_dump']));
      expect(
        sameOnAllVersions(await written(two))
          .split('\n')
          .sort(),
      ).toEqual(sameOnAllVersions(script).split('\n').sort());
    }));
});

/** Views and statements in functions are written differently by different majors of Postgres; the rest is not. */
function sameOnAllVersions(script: string): string {
  return script.replace(/CREATE (MATERIALIZED )?VIEW[^;]*;/g, '').replace(/BEGIN ATOMIC[^;]*;/g, '');
}
