/** THE table of benchmarks: what is compared with what, and the ratio that must not be passed. */

const ORMS = ['drizzle', 'kysely', 'typeorm'];

/**
 * `cold`: a new page per sample; `to`: a conversion, on Node; else subjects of page/page.ts and page/lab-worker.ts.
 * Times are milliseconds; `rounds` times every subject is sampled, in turn.
 */
export const rows = [
  { name: 'select in process', reference: 'sql.js getAsObject', budget: 0.8, rounds: 15, peers: ORMS },
  { name: 'insert in process', reference: 'sql.js prepared loop', budget: 1.3, rounds: 11, peers: ORMS },
  { name: 'lookup from the page', reference: 'empty message, there and back', budget: 1.6, rounds: 11 },
  { name: 'lookups at once', reference: 'sql.js in its worker', budget: 2, rounds: 11 },
  { name: '10,000 rows to the page', reference: 'sql.js get(), objects, postMessage', budget: 0.35, rounds: 15 },
  { name: '100,000 rows to the page', reference: 'sql.js get(), objects, postMessage', budget: 0.3, rounds: 7 },
  { name: 'first rows of a stream', reference: 'Waxwing, all 100,000 rows', budget: 0.1, rounds: 7 },
  {
    name: 'insert from the page',
    reference: 'sql.js behind Comlink',
    budget: 0.4,
    rounds: 11,
    peers: ['one Comlink call with all rows'],
  },
  { name: 'commits at once', reference: '200 × one durable commit', budget: 0.2, rounds: 15 },
  {
    name: 'cold start',
    reference: 'sql.js alone in a worker',
    budget: 1.2,
    rounds: 11,
    cold: { waxwing: 'cold-waxwing', reference: 'cold-sqljs' },
  },
  {
    name: 'commit on IndexedDB, 1 MB',
    reference: 'one 4 KiB put',
    budget: 2,
    rounds: 21,
    peers: ['sql.js export+put', ...ORMS],
    peerRounds: 7,
  },
  {
    name: 'commit on IndexedDB, 100 MB',
    reference: 'one 4 KiB put',
    budget: 2,
    rounds: 21,
    peers: ['sql.js export+put', ...ORMS, 'sqlite-wasm SAH pool'],
    peerRounds: 3,
  },
  { name: 'commit on IndexedDB, 100 MB over 1 MB', reference: 'Waxwing at 1 MB', budget: 1.3, rounds: 60 },
  { name: 'commit on OPFS', reference: 'one 4 KiB write and flush', budget: 3, rounds: 21, peers: ['sqlite-wasm SAH pool'] },
  // Two rows, because reading bytes is a fair measure only for who has an engine running, as a page opening its second
  // database in a worker has; a new page starts one as well, and so does who opens the same file by hand.
  {
    name: 'cold open of 10 MB, engine running',
    reference: 'getAll of 10 MB',
    budget: 1.5,
    rounds: 11,
    cold: { waxwing: 'cold-open-running-waxwing', reference: 'cold-open-running-getall' },
    made: true,
  },
  {
    name: 'cold open of 10 MB, new page',
    reference: 'sql.js in a worker, getAll of 10 MB',
    budget: 1.2,
    rounds: 11,
    cold: { waxwing: 'cold-open-page-waxwing', reference: 'cold-open-page-sqljs' },
    made: true,
  },
  { name: 'Postgres commit on IndexedDB', reference: 'PGlite on idb://', budget: 0.025, rounds: 9 },
  {
    name: 'Postgres commit on IndexedDB over opfs-ahp',
    reference: 'PGlite on opfs-ahp://',
    budget: 1.5,
    rounds: 21,
    // The last one is a floor: where it is beyond the budget, nothing that stores in IndexedDB can keep to it.
    peers: ['PGlite in memory', 'PGlite in memory and a put'],
  },
  { name: 'Postgres commit on OPFS', reference: 'PGlite on opfs-ahp://', budget: 1.5, rounds: 21 },
  { name: '200 Postgres commits at once, IndexedDB', reference: 'PGlite on opfs-ahp://', budget: 1, rounds: 9 },
  { name: '200 Postgres commits at once, OPFS', reference: 'PGlite on opfs-ahp://', budget: 1, rounds: 9 },
  { name: 'Postgres lookup', reference: 'PGlite in memory', budget: 1.2, rounds: 21 },
  opening('first open of Postgres on IndexedDB', 'indexeddb', 'idb', 0.3),
  opening('first open of Postgres on OPFS', 'opfs', 'opfs-ahp', 0.3),
  opening('reopening 50 MB of Postgres, IndexedDB over idb', 'indexeddb', 'idb', 1),
  opening('reopening 50 MB of Postgres, IndexedDB over opfs-ahp', 'indexeddb', 'opfs-ahp', 1),
  opening('reopening 50 MB of Postgres, OPFS', 'opfs', 'opfs-ahp', 1),
  { name: 'Berkeley commit on IndexedDB, 10 MB', reference: 'SqliteDatabase', budget: 10, rounds: 21 },
  { name: 'Berkeley commit on OPFS, 10 MB', reference: 'SqliteDatabase', budget: 10, rounds: 21 },
  { name: 'SQLite to Berkeley DB, 10 MB', reference: 'db5.3_sql loads the rows', budget: 1, rounds: 7, to: 'berkeley' },
  { name: 'Berkeley DB to SQLite, 10 MB', reference: 'db5.3_sql loads the rows', budget: 1, rounds: 7, to: 'sqlite' },
  { name: 'size of core and SQLite driver, gzipped', reference: '30,000 bytes', budget: 1, unit: 'KB', size: true },
];

/** A page of its own for each sample, with a database that is new each time or was stored by a first visit. */
function opening(name, ours, its, budget) {
  const isNew = name.startsWith('first');
  const page = (who) => `postgres-open?who=${who}${isNew ? '&new' : ''}`;
  const cold = { waxwing: page(ours), reference: page(its) };
  return { name, reference: `PGlite on ${its}://`, budget, rounds: 5, cold, made: !isNew };
}
