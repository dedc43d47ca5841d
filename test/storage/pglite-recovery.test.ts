/** Postgres starts from whatever state a commit left, also in the middle of a transaction. RECOVERIES=200 for the long form. */
import { expect, test } from 'vitest';
import type { Change, WholeFile } from '../../src/storage/cluster.ts';
import { openMemoryCluster } from '../../src/storage/memory-cluster.ts';
import { readImage } from '../../src/storage/pglite/image.ts';
import { AMCHECK } from './amcheck.ts';
import { applyChanges, imageStream, type Opened, openPglite } from './pglite.ts';

const RECOVERIES = Number(process.env['RECOVERIES'] ?? 12);
/** States that are stored while the load runs. */
const STATES = 160;
const TABLES = ['a', 'b', 'c'];

/** What was stored in one go, and what a client must find when nothing was stored after it. */
interface Stored {
  readonly sql: string;
  readonly changes: readonly Change[];
  readonly contents: string;
}

test(`${RECOVERIES} of ${STATES} states are recovered, with all that was committed and nothing else`, {
  timeout: 60_000 + RECOVERIES * 5_000,
}, async () => {
  const { files: fresh } = await readImage(imageStream());
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const history = await load(fresh, seededRandom(seed));
  const random = seededRandom(seed);
  // The last one is the state after Postgres shut down; the others are as a crash leaves them.
  const chosen = new Set([history.length - 1]);
  while (chosen.size < Math.min(RECOVERIES, history.length)) chosen.add(Math.floor(random() * history.length));
  for (const index of chosen) {
    const { contents, wrong } = await recover(fresh, history.slice(0, index + 1));
    const where = `seed ${seed}, after ${index} (${history[index]?.sql})`;
    expect(wrong, where).toBe('');
    expect(contents, where).toBe(history[index]?.contents);
  }
});

test('temporary and unlogged tables do not stand in the way after a crash', async () => {
  const { files: fresh } = await readImage(imageStream());
  const { opened } = await start(fresh);
  const { fs, pglite } = opened;
  await pglite.exec('CREATE EXTENSION amcheck');
  await pglite.exec("CREATE TEMPORARY TABLE passing AS SELECT n, repeat('x', 9000) AS text FROM generate_series(1, 300) AS n");
  await pglite.exec('CREATE UNLOGGED TABLE unlogged AS SELECT generate_series(1, 300) AS n');
  await pglite.exec('CREATE TABLE kept AS SELECT generate_series(1, 300) AS n');
  const history = [{ sql: '', changes: fs.takeChanges(), contents: '' }];
  await pglite.close();

  const again = (await start(fresh, history)).opened.pglite;
  const counts = await again.query(
    'SELECT (SELECT count(*)::int FROM kept) AS kept, (SELECT count(*)::int FROM unlogged) AS unlogged',
  );
  expect(counts.rows).toEqual([{ kept: 300, unlogged: 0 }]);
  await again.exec('VACUUM (FULL, ANALYZE)');
  await again.exec('CREATE TEMPORARY TABLE passing AS SELECT 1 AS n');
  expect((await again.query('SELECT n FROM passing')).rows).toEqual([{ n: 1 }]);
  expect((await again.query(AMCHECK)).rows).toEqual([{ wrong: '' }]);
  await again.close();
});

async function load(fresh: readonly WholeFile[], random: () => number): Promise<Stored[]> {
  const { files, opened } = await start(fresh);
  const { fs, pglite } = opened;
  const history: Stored[] = [];
  let contents = '';
  const run = async (sql: string, commits: boolean): Promise<void> => {
    await pglite.exec(sql);
    if (commits) contents = await contentsOf(opened);
    history.push({ sql, changes: fs.takeChanges(), contents });
  };
  await run('CREATE EXTENSION amcheck', true);
  for (const table of TABLES) await run(create(table), true);
  while (history.length < STATES - 1) {
    if (random() < 0.3) await transaction(run, random);
    else await run(random() < 0.25 ? upkeep(random) : change(random), true);
  }
  await pglite.close();
  history.push({ sql: 'shut down', changes: fs.takeChanges(), contents });
  expect([...files.list()].length).toBeGreaterThan(900);
  return history;
}

/** A few changes that are all there or not at all, with one of them taken back now and then. */
async function transaction(run: (sql: string, commits: boolean) => Promise<void>, random: () => number): Promise<void> {
  await run('BEGIN', false);
  for (let left = 1 + Math.floor(random() * 4); left > 0; left--) {
    if (random() < 0.2)
      await run('SAVEPOINT here', false)
        .then(() => run(change(random), false))
        .then(() => run('ROLLBACK TO here', false));
    else await run(change(random), false);
    // Where a long transaction lets go of its log.
    if (random() < 0.2) await run('CHECKPOINT', false);
  }
  const commits = random() < 0.7;
  await run(commits ? 'COMMIT' : 'ROLLBACK', commits);
}

function change(random: () => number): string {
  const table = TABLES[Math.floor(random() * TABLES.length)] ?? '';
  const rows = 1 + Math.floor(random() ** 3 * 400);
  // Bodies of many sizes, some of them so large that they are kept out of line, and none that can be compressed.
  const body = `(SELECT string_agg(md5(s.n::text || g), '') FROM generate_series(1, ${1 + Math.floor(random() ** 4 * 400)}) AS g)`;
  const changes = [
    `INSERT INTO ${table} (n, body) SELECT s.n, ${body} FROM generate_series(1, ${rows}) AS s(n)`,
    `UPDATE ${table} SET n = n + 1, body = reverse(body) WHERE id % ${1 + Math.floor(random() * 9)} = 0`,
    `DELETE FROM ${table} WHERE id % ${2 + Math.floor(random() * 5)} = 0`,
    `INSERT INTO ${table} (n, body) SELECT s.n, ${body} FROM generate_series(1, 3) AS s(n)`,
    `TRUNCATE ${table}`,
    `DROP TABLE ${table}; ${create(table)}`,
    `CREATE INDEX ON ${table} (md5(body), n)`,
    `ALTER TABLE ${table} ADD COLUMN more_${Math.floor(random() * 1e9)} bigint DEFAULT 7`,
    `CREATE TABLE copy AS SELECT * FROM ${table}; DROP TABLE ${table}; ${create(table)}; INSERT INTO ${table} (n, body) SELECT n, body FROM copy; DROP TABLE copy`,
    `ALTER TABLE ${table} ALTER COLUMN n TYPE bigint USING n + 1`,
  ];
  return changes[Math.floor(random() ** 1.7 * changes.length)] ?? '';
}

function upkeep(random: () => number): string {
  const table = TABLES[Math.floor(random() * TABLES.length)] ?? '';
  const upkeeps = [
    'CHECKPOINT',
    `VACUUM ${table}`,
    'VACUUM',
    `VACUUM FULL ${table}`,
    `REINDEX TABLE ${table}`,
    `ANALYZE ${table}`,
  ];
  return upkeeps[Math.floor(random() * upkeeps.length)] ?? '';
}

function create(table: string): string {
  return `CREATE TABLE ${table} (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n bigint, body text)`;
}

async function recover(fresh: readonly WholeFile[], history: readonly Stored[]): Promise<{ contents: string; wrong: string }> {
  const { files, opened } = await start(fresh, history);
  expect([...files.list()]).not.toContain('postmaster.pid');
  try {
    const contents = await contentsOf(opened);
    const checks = history.length > 1 ? await opened.pglite.query<{ wrong: string }>(AMCHECK) : null;
    return { contents, wrong: checks?.rows[0]?.wrong ?? '' };
  } finally {
    await opened.pglite.close();
  }
}

async function start(fresh: readonly WholeFile[], history: readonly Stored[] = []) {
  const { files, replaceAll } = await memory();
  await replaceAll(fresh);
  for (const { changes } of history) applyChanges(files, changes);
  return { files, opened: await openPglite(files) };
}

async function memory() {
  const backend = await openMemoryCluster({ name: 'recovered', durability: 'strict' });
  return { files: backend.files, replaceAll: (files: readonly WholeFile[]) => backend.replaceAll(files, null) };
}

async function contentsOf({ pglite }: Opened): Promise<string> {
  const found: string[] = [];
  for (const table of TABLES) {
    const sql = `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY id)), '') AS digest FROM ${table} AS t`;
    const exists = await pglite.query<{ there: boolean }>(`SELECT to_regclass('${table}') IS NOT NULL AS there`);
    if (exists.rows[0]?.there) found.push(`${table} ${(await pglite.query<{ digest: string }>(sql)).rows[0]?.digest}`);
  }
  return found.join(', ');
}

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  };
}
