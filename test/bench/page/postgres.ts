/** Postgres as Waxwing runs it, and as PGlite does by itself on each of its storages; in a worker, both. */

import type { PGlite } from '@electric-sql/pglite';
import { IntegerField, Model } from 'waxwing';
import { PostgresqlDatabase, type StorageKind } from 'waxwing/postgresql';
import { keys, ROWS_PER_MEGABYTE } from './data.ts';
import { noise, openStore, put } from './storage.ts';
import { averaged, type Subject, timed } from './subject.ts';

/** PGlite's names for where its data is; it compares them with ours at the same durability, the strictest it has. */
export type PgliteStorage = 'memory' | 'idb' | 'opfs-ahp';

/** One-row commits one after the other in a sample. */
const COMMITS = 10;
const TOGETHER = 200;
const LOOKUPS = 200;

export const CREATE_PAGES =
  'CREATE TABLE IF NOT EXISTS page (id integer NOT NULL PRIMARY KEY, stamp integer NOT NULL, payload bytea NOT NULL)';
/** As in the other benchmarks: rows of about half a KiB that do not compress well. */
export const FILL_PAGES =
  "INSERT INTO page SELECT i, 0, decode(repeat(md5(i::text || random()::text), 31), 'hex') FROM generate_series(1, $1::integer) AS i";

class PageModel extends Model.define('page', { id: IntegerField({ primaryKey: true }), stamp: IntegerField() }) {}

/** Opens a stored or new database of ours, its model bound to it. */
export function postgres(name: string, storage: StorageKind) {
  const database = new PostgresqlDatabase(name, { storage, durability: 'strict' });
  class Page extends PageModel {
    static meta = { database, tableName: 'page' };
  }
  return { database, Page };
}

/** Opens PGlite itself. */
export async function pglite(name: string, storage: PgliteStorage): Promise<PGlite> {
  const { PGlite } = await import('@electric-sql/pglite');
  return PGlite.create(storage === 'memory' ? 'memory://' : `${storage}://${name}`);
}

async function filledPostgres(storage: StorageKind, megabytes: number) {
  const made = postgres(`bench-${storage}-${crypto.randomUUID()}`, storage);
  const count = megabytes * ROWS_PER_MEGABYTE;
  await made.database.executeSql(CREATE_PAGES);
  await made.database.executeSql(FILL_PAGES, [count]);
  return { ...made, next: keys(count) };
}

async function filledPglite(storage: PgliteStorage, megabytes: number) {
  const pg = await pglite(`bench-${crypto.randomUUID()}`, storage);
  const count = megabytes * ROWS_PER_MEGABYTE;
  await pg.query(CREATE_PAGES);
  await pg.query(FILL_PAGES, [count]);
  return { pg, next: keys(count) };
}

type Work = (job: () => PromiseLike<unknown>) => Promise<number>;
const oneByOne: Work = (job) => averaged(COMMITS, job);
const atOnce: Work = (job) => timed(() => Promise.all(Array.from({ length: TOGETHER }, async () => await job())));

async function ourCommits(storage: StorageKind, work: Work): Promise<Subject> {
  const { database, Page, next } = await filledPostgres(storage, 1);
  const commit = () => Page.update({ stamp: Page.stamp.add(1) }).where(Page.id.eq(next()));
  return { sample: () => work(commit), finish: async () => void (await database.close()) };
}

async function itsCommits(storage: PgliteStorage, work: Work): Promise<Subject> {
  const { pg, next } = await filledPglite(storage, 1);
  const commit = () => pg.query('UPDATE page SET stamp = stamp + 1 WHERE id = $1', [next()]);
  return { sample: () => work(commit), finish: () => pg.close() };
}

/** The least that a durable commit in IndexedDB can cost: Postgres in memory, then one sector of its log put by itself. */
async function leastCommits(): Promise<Subject> {
  const { pg, next } = await filledPglite('memory', 1);
  const store = await openStore(`bench-least-${crypto.randomUUID()}`);
  const sector = noise(512);
  let commits = 0;
  const commit = async () => {
    await pg.query('UPDATE page SET stamp = stamp + 1 WHERE id = $1', [next()]);
    await put(store, commits++, sector, 'strict');
  };
  const finish = async () => {
    store.close();
    await pg.close();
  };
  return { sample: () => oneByOne(commit), finish };
}

/** Subjects of the worker, by row. */
export const postgresRows = {
  'Postgres commit on IndexedDB': {
    waxwing: () => ourCommits('indexeddb', oneByOne),
    reference: () => itsCommits('idb', oneByOne),
  },
  'Postgres commit on IndexedDB over opfs-ahp': {
    waxwing: () => ourCommits('indexeddb', oneByOne),
    reference: () => itsCommits('opfs-ahp', oneByOne),
    'PGlite in memory': () => itsCommits('memory', oneByOne),
    'PGlite in memory and a put': leastCommits,
  },
  'Postgres commit on OPFS': {
    waxwing: () => ourCommits('opfs', oneByOne),
    reference: () => itsCommits('opfs-ahp', oneByOne),
  },
  '200 Postgres commits at once, IndexedDB': {
    waxwing: () => ourCommits('indexeddb', atOnce),
    reference: () => itsCommits('opfs-ahp', atOnce),
  },
  '200 Postgres commits at once, OPFS': {
    waxwing: () => ourCommits('opfs', atOnce),
    reference: () => itsCommits('opfs-ahp', atOnce),
  },
  'Postgres lookup': {
    waxwing: async () => {
      const { database, Page, next } = await filledPostgres('indexeddb', 1);
      return {
        sample: () => averaged(LOOKUPS, () => Page.getById(next())),
        finish: async () => void (await database.close()),
      };
    },
    reference: async () => {
      const { pg, next } = await filledPglite('memory', 1);
      const lookup = () => pg.query('SELECT id, stamp FROM page WHERE id = $1', [next()]);
      return { sample: () => averaged(LOOKUPS, lookup), finish: () => pg.close() };
    },
  },
} satisfies Record<string, Record<string, () => Promise<Subject>>>;
