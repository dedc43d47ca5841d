/** Subjects that live in a worker: engines in process, and storage that only a worker may use. */

import { expose } from 'comlink';
import { CREATE_ITEM, CREATE_PAGE, FILL_SQL, items, keys, ROWS_PER_MEGABYTE, SELECT_ITEMS } from './data.ts';
import { openSahPool, peers } from './peers.mjs';
import { postgresRows } from './postgres.ts';
import { type Database, emptyDatabase, filledDatabase, insertItems, loadSqlJs, selectAsObjects } from './sqljs.ts';
import { noise, openStore, put } from './storage.ts';
import { averaged, Lab, type Subject, type Subjects, timed } from './subject.ts';
import { emptyItems, filledItems } from './waxwing.ts';

const MANY = 10_000;
/** One-row commits one after the other in a sample. */
const COMMITS = 10;
const IN_PROCESS = { storage: 'memory' } as const;

/** A row for each library over sql.js, `make` saying what is timed. */
function eachPeer(make: (name: string) => Promise<Subject>): Subjects {
  return Object.fromEntries(Object.keys(peers).map((name) => [name, () => make(name)]));
}

async function openPeer(name: string, database: Database) {
  const make = peers[name];
  if (make === undefined) throw new RangeError(`There is no peer ${name}.`);
  return make(database);
}

const select: Subjects = {
  waxwing: async () => {
    const { database, Item } = await filledItems('bench-select', MANY, IN_PROCESS);
    return { sample: () => timed(() => Item.select().orderBy(Item.id)), finish: async () => void (await database.close()) };
  },
  reference: async () => {
    const database = await filledDatabase(MANY);
    return { sample: () => timed(() => selectAsObjects(database, SELECT_ITEMS)) };
  },
  ...eachPeer(async (name) => {
    const peer = await openPeer(name, await filledDatabase(MANY));
    return { sample: () => timed(() => peer.select()) };
  }),
};

const insert: Subjects = {
  waxwing: async () => {
    const { database, Item } = await emptyItems('bench-insert', IN_PROCESS);
    const rows = items(MANY);
    return {
      sample: async () => {
        await Item.delete();
        return timed(() => database.atomic((tx) => tx(Item).insertMany(rows)));
      },
      finish: async () => void (await database.close()),
    };
  },
  reference: async () => {
    const database = await emptyDatabase();
    const rows = items(MANY);
    return {
      sample: () => {
        database.run('DELETE FROM item');
        return timed(() => insertItems(database, rows));
      },
    };
  },
  ...eachPeer(async (name) => {
    const database = await emptyDatabase();
    const peer = await openPeer(name, database);
    const rows = items(MANY);
    return {
      sample: () => {
        database.run('DELETE FROM item');
        return timed(() => peer.insert(rows));
      },
    };
  }),
};

/** A one-row update and the whole file put into IndexedDB after it: what sql.js users do for durability. */
function exportAndPut(megabytes: number): Subjects {
  const make = async (touch: (database: Database) => Promise<(id: number, stamp: number) => unknown>): Promise<Subject> => {
    const { Database } = await loadSqlJs();
    const database = new Database();
    database.run(CREATE_ITEM);
    database.run(CREATE_PAGE);
    const count = megabytes * ROWS_PER_MEGABYTE;
    database.run(FILL_SQL, [count]);
    const store = await openStore(`bench-export-${crypto.randomUUID()}`);
    const update = await touch(database);
    const next = keys(count);
    return {
      sample: () =>
        timed(async () => {
          await update(next(), 1);
          await put(store, 'file', database.export(), 'strict');
        }),
      finish: async () => {
        store.close();
        indexedDB.deleteDatabase(store.name);
        database.close();
      },
    };
  };
  const raw = async (database: Database) => (id: number, stamp: number) =>
    database.run('UPDATE page SET stamp = stamp + ? WHERE id = ?', [stamp, id]);
  const through = (name: string) => async (database: Database) => {
    const peer = await openPeer(name, database);
    // A library may close over the connection that `export` reopens: the update is what is compared here.
    return (id: number, stamp: number) => peer.touch(id, stamp);
  };
  return { 'sql.js export+put': () => make(raw), ...eachPeer((name) => make(through(name))) };
}

function sahPoolCommit(megabytes: number): Subjects {
  return {
    'sqlite-wasm SAH pool': async () => {
      const pool = await openSahPool(`bench-sah-${megabytes}`);
      pool.run(CREATE_PAGE);
      const count = megabytes * ROWS_PER_MEGABYTE;
      pool.run(FILL_SQL, [count]);
      const next = keys(count);
      return { sample: () => averaged(COMMITS, () => pool.run('UPDATE page SET stamp = stamp + 1 WHERE id = ?', [next()])) };
    },
  };
}

/** What TypeScript's library for pages does not know: workers only have it. */
interface SyncFileHandle {
  createSyncAccessHandle(): Promise<{
    write(bytes: Uint8Array, options: { at: number }): number;
    flush(): void;
    close(): void;
  }>;
}

const commitOpfs: Subjects = {
  reference: async () => {
    const root = await navigator.storage.getDirectory();
    const file = await root.getFileHandle('bench-raw', { create: true });
    const handle = await (file as unknown as SyncFileHandle).createSyncAccessHandle();
    const block = noise(4096);
    handle.write(noise(4096 * 256), { at: 0 });
    const next = keys(256);
    const sample = () =>
      averaged(COMMITS, () => {
        handle.write(block, { at: (next() - 1) * 4096 });
        handle.flush();
      });
    return { sample, finish: async () => handle.close() };
  },
  ...sahPoolCommit(10),
};

const rows = {
  'select in process': select,
  'insert in process': insert,
  'commit on IndexedDB, 1 MB': exportAndPut(1),
  'commit on IndexedDB, 100 MB': { ...exportAndPut(100), ...sahPoolCommit(100) },
  'commit on OPFS': commitOpfs,
  ...postgresRows,
};

export type LabWorker = Lab;
expose(new Lab(rows));
