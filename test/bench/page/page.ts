/** Subjects that run on a page, and the door through which the runner reaches them and those in the worker. */

import { type Remote, wrap } from 'comlink';
import { berkeleyRows } from './berkeley.ts';
import { INSERT_ITEM, type Item, items, keys } from './data.ts';
import type { LabWorker } from './lab-worker.ts';
import type { SqlJsWorker } from './sqljs-worker.ts';
import { noise, openStore, put } from './storage.ts';
import { averaged, Lab, type Subject, type Subjects, timed } from './subject.ts';
import { bigDatabase, emptyItems, filledItems } from './waxwing.ts';

const worker = wrap<LabWorker>(new Worker(new URL('./lab-worker.ts', import.meta.url), { type: 'module' }));

const MEMORY = { storage: 'memory' } as const;
const LOOKUPS = 500;
/** One-row commits one after the other in a sample. */
const COMMITS = 10;
/** One-row commits issued at once in a sample. */
const TOGETHER = 200;

async function sqlJsWorker(count: number): Promise<Remote<SqlJsWorker>> {
  const remote = wrap<SqlJsWorker>(new Worker(new URL('./sqljs-worker.ts', import.meta.url), { type: 'module' }));
  await remote.fill(count);
  return remote;
}

/** A database of `count` items behind the page's worker, and what is timed on it. */
async function onItems(
  count: number,
  job: (made: Awaited<ReturnType<typeof filledItems>>) => () => Promise<number>,
): Promise<Subject> {
  const made = await filledItems(`bench-${crypto.randomUUID()}`, count, MEMORY);
  return { sample: job(made), finish: async () => void (await made.database.close()) };
}

function ids(count: number): number[] {
  const next = keys(10_000);
  return Array.from({ length: count }, next);
}

const lookups: Subjects = {
  waxwing: () =>
    onItems(10_000, ({ Item }) => {
      const next = keys(10_000);
      return () => averaged(LOOKUPS, () => Item.getById(next()));
    }),
  reference: async () => {
    const echo = new Worker(new URL('./echo-worker.ts', import.meta.url), { type: 'module' });
    const trip = () =>
      new Promise((resolve) => {
        echo.onmessage = resolve;
        echo.postMessage(0);
      });
    await trip();
    return { sample: () => averaged(LOOKUPS, trip), finish: async () => echo.terminate() };
  },
};

const lookupsAtOnce: Subjects = {
  waxwing: () =>
    onItems(
      10_000,
      ({ Item }) =>
        () =>
          timed(() => Promise.all(ids(5000).map((id) => Item.getById(id)))),
    ),
  reference: async () => {
    const remote = await sqlJsWorker(10_000);
    return { sample: () => timed(() => remote.lookups(ids(5000))) };
  },
};

function allRows(count: number): Subjects {
  return {
    waxwing: () =>
      onItems(
        count,
        ({ Item }) =>
          () =>
            timed(() => Item.select().orderBy(Item.id)),
      ),
    reference: async () => {
      const remote = await sqlJsWorker(count);
      return { sample: () => timed(() => remote.select()) };
    },
  };
}

const firstRows: Subjects = {
  waxwing: () =>
    onItems(
      100_000,
      ({ Item }) =>
        () =>
          timed(async () => {
            for await (const _row of Item.select().orderBy(Item.id)) break;
          }),
    ),
  reference: () =>
    onItems(
      100_000,
      ({ Item }) =>
        () =>
          timed(() => Item.select().orderBy(Item.id)),
    ),
};

async function insertRemotely(
  insert: (remote: Remote<SqlJsWorker>, rows: readonly Item[]) => Promise<unknown>,
): Promise<Subject> {
  const remote = await sqlJsWorker(0);
  const rows = items(10_000);
  const sample = async () => {
    await remote.clear();
    return timed(() => insert(remote, rows));
  };
  return { sample };
}

const insert: Subjects = {
  waxwing: async () => {
    const { database, Item } = await emptyItems('bench-page-insert', MEMORY);
    const rows = items(10_000);
    const sample = async () => {
      await Item.delete();
      return timed(() => database.atomic((tx) => tx(Item).insertMany(rows)));
    };
    return { sample, finish: async () => void (await database.close()) };
  },
  // A remote database by Comlink is called row by row; all calls are issued at once, which is the fastest way to do it.
  reference: () =>
    insertRemotely((remote, rows) => {
      const calls = [remote.run('BEGIN')];
      for (const { id, name, score, note } of rows) calls.push(remote.run(INSERT_ITEM, [id, name, score, note]));
      return Promise.all([...calls, remote.run('COMMIT')]);
    }),
  'one Comlink call with all rows': () => insertRemotely((remote, rows) => remote.insert(rows)),
};

/** One-row updates of a database of `megabytes`; `sample` says how they are timed. */
async function commits(
  storage: 'indexeddb' | 'opfs',
  megabytes: number,
  sample = (commit: () => PromiseLike<unknown>) => averaged(COMMITS, commit),
): Promise<Subject> {
  const name = `bench-commit-${storage}-${megabytes}-${crypto.randomUUID()}`;
  const { database, Page, count } = await bigDatabase(name, megabytes, { storage, durability: 'strict' });
  const next = keys(count);
  const commit = () => Page.update({ stamp: Page.stamp.add(1) }).where(Page.id.eq(next()));
  return { sample: () => sample(commit), finish: async () => void (await database.close()) };
}

async function onePut(): Promise<Subject> {
  const store = await openStore(`bench-put-${crypto.randomUUID()}`);
  const block = noise(4096);
  const next = keys(256);
  return { sample: () => averaged(COMMITS, () => put(store, next(), block, 'strict')), finish: async () => store.close() };
}

const rows = {
  'lookup from the page': lookups,
  'lookups at once': lookupsAtOnce,
  '10,000 rows to the page': allRows(10_000),
  '100,000 rows to the page': allRows(100_000),
  'first rows of a stream': firstRows,
  'insert from the page': insert,
  'commits at once': {
    waxwing: () =>
      commits('indexeddb', 1, (commit) => timed(() => Promise.all(Array.from({ length: TOGETHER }, async () => await commit())))),
    reference: () => commits('indexeddb', 1, async (commit) => (await averaged(COMMITS, commit)) * TOGETHER),
  },
  'commit on IndexedDB, 1 MB': { waxwing: () => commits('indexeddb', 1), reference: onePut },
  'commit on IndexedDB, 100 MB': { waxwing: () => commits('indexeddb', 100), reference: onePut },
  'commit on IndexedDB, 100 MB over 1 MB': {
    waxwing: () => commits('indexeddb', 100),
    reference: () => commits('indexeddb', 1),
  },
  'commit on OPFS': { waxwing: () => commits('opfs', 10) },
  ...berkeleyRows,
} satisfies Record<string, Subjects>;

const lab = new Lab(rows);

/** On which side a subject lives: the page's own table comes first. */
function sideOf(row: string, name: string): Lab | Remote<Lab> {
  const own = (rows as Record<string, Subjects>)[row];
  return own !== undefined && name in own ? lab : worker;
}

const bench = {
  prepare: (row: string, name: string): Promise<void> => sideOf(row, name).prepare(row, name),
  sample: (row: string, name: string): Promise<number> => sideOf(row, name).sample(row, name),
  finish: async (row: string): Promise<void> => {
    await lab.finish(row);
    await worker.finish(row);
  },
};

Object.assign(globalThis, { bench });
