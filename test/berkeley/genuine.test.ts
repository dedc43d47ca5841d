/** Files that `db5.3_sql` makes: opened, changed and exported here, judged and changed there, opened again. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BerkeleyDatabase } from '../../src/entry/berkeley.ts';
import { hasJudges, judge } from '../tools/berkeley.ts';
import { type Contents, differences } from '../tools/berkeley-tables.ts';
import { attempt, commit, contentsOf, exported, integrity } from './database.ts';
import { enormous, type Genuine, genuine } from './genuine.ts';
import { each } from './random.ts';
import { Workload } from './workload.ts';

const CORPUS = new URL('../storage/bdb/corpus/', import.meta.url);
/** Those that begin with 9 are refused. */
const kept = readdirSync(CORPUS).filter((name) => /^[0-8].*\.db$/.test(name));

async function made({ runs }: Genuine): Promise<Uint8Array> {
  let bytes: Uint8Array | null = null;
  for (const run of runs) ({ bytes } = await judge.sql(bytes, run));
  return bytes!;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The enormous files take minutes. */
const TIMEOUT = 600_000;
/** Of many tables, which would take their time, some are as good as all. */
const SOME = 25;

/** Deletes, changes, copies and adds rows of tables, as far as their constraints let. */
function changes({ tables }: Contents): string[] {
  const own = [...tables].filter(([name]) => !name.startsWith('sqlite_'));
  return own.slice(-SOME).flatMap(([table, { columns }]) => {
    const [name, first, last] = [quoted(table), quoted(columns[0]!), quoted(columns.at(-1)!)];
    return [
      `DELETE FROM ${name} WHERE rowid % 7 = 3`,
      `UPDATE OR IGNORE ${name} SET ${last} = ${last} || ' changed' WHERE rowid % 5 = 2`,
      `UPDATE OR REPLACE ${name} SET ${first} = 12345678901 WHERE rowid = (SELECT max(rowid) FROM ${name})`,
      `INSERT OR IGNORE INTO ${name} SELECT * FROM ${name} WHERE rowid % 11 = 1`,
      `INSERT OR REPLACE INTO ${name} (${last}) VALUES (zeroblob(3000))`,
    ];
  });
}

/** What `db5.3_sql` does to a file of ours. */
function itsChanges({ tables }: Contents): string[] {
  const names = [...tables].filter(([name, { rows }]) => !name.startsWith('sqlite_') && rows[0]?.[0] !== null);
  return [
    'create table its_own(id integer primary key, a, b text)',
    'create index its_a on its_own(a)',
    'create unique index its_ba on its_own(b, a)',
    ...each(300, (i) => `insert into its_own values (${i * 7 - 500}, ${i % 20}, 'row ${i}')`),
    ...names.map(([name]) => `delete from ${quoted(name)} where rowid % 5 = 0`),
    'drop index its_a',
  ];
}

async function agree(database: BerkeleyDatabase): Promise<Uint8Array> {
  const bytes = await exported(database);
  const { complaint, contents } = await judge.all(bytes);
  expect(complaint).toBeUndefined();
  expect(differences(await contentsOf(database), contents)).toEqual([]);
  return bytes;
}

async function opensAs(database: BerkeleyDatabase, contents: Contents): Promise<void> {
  expect(differences(contents, await contentsOf(database))).toEqual([]);
  expect(await integrity(database)).toBe('ok');
}

/** There and back, twice. */
async function roundTrip(bytes: Uint8Array): Promise<void> {
  const { contents, trees } = await judge.all(bytes);
  await using database = new BerkeleyDatabase(':memory:');
  await database.importFile(bytes as Uint8Array<ArrayBuffer>);
  await opensAs(database, contents);
  const untouched = await judge.all(await exported(database));
  expect(untouched.complaint).toBeUndefined();
  expect([...untouched.trees.keys()].sort()).toEqual([...trees.keys()].sort());
  await attempt(database, changes(contents));
  const workload = new Workload(bytes.length);
  for (let i = 0; i < 5; i++) await commit(database, workload.commit());
  const ours = await agree(database);
  const { bytes: its } = await judge.sql(ours, itsChanges(await contentsOf(database)));
  await database.importFile(its as Uint8Array<ArrayBuffer>);
  await opensAs(database, (await judge.all(its)).contents);
  await attempt(database, ['DELETE FROM its_own WHERE id % 3 = 0', 'DROP TABLE its_own', 'CREATE TABLE again(a UNIQUE)']);
  await agree(database);
}

describe.skipIf(!hasJudges)('genuine files, there and back', () => {
  test.each(kept)('%s', (name) => roundTrip(new Uint8Array(readFileSync(new URL(name, CORPUS)))), TIMEOUT);
  const all = process.env['BERKELEY'] ? [...genuine, ...enormous] : genuine;
  test.each(all.map((one) => [one.name, one] as const))('%s', async (_, one) => roundTrip(await made(one)), TIMEOUT);
});

test.skipIf(!hasJudges)('sequences go on where they were, through commits and a file written anew', async () => {
  const { bytes } = await judge.sql(null, [
    'pragma page_size = 1024',
    "select create_sequence('abcd')",
    "select create_sequence('down', 'start', 100, 'incr', -1, 'minvalue', 0, 'maxvalue', 1000, 'cache', 5)",
    "select nextval('abcd')",
    "select nextval('down')",
    'pragma user_version = -5',
  ]);
  const next = ["select nextval('abcd')", "select nextval('down')", 'pragma user_version'];
  await using database = new BerkeleyDatabase(':memory:', { pageSize: 4096 });
  await database.importFile(bytes);
  await commit(database, ['create table t(a unique)']);
  await database.vacuum();
  expect(await database.userVersion()).toBe(-5);
  expect((await judge.sql(await exported(database), next)).lines).toEqual((await judge.sql(bytes, next)).lines);
});
