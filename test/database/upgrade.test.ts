/** A stored cluster that an older Postgres wrote: refused, brought up to date, opened. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from 'pglite-17';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { PostgresqlDatabase } from '../../src/entry/postgresql.ts';
import { EngineMismatchError, NotSupportedError, OperationalError } from '../../src/index.ts';
import { openCluster } from '../../src/storage/open-cluster.ts';
import { readTar } from '../../src/storage/pglite/tar.ts';
import { piecesOf } from '../../src/util/stream-pieces.ts';
import { rejection } from './rejection.ts';

const engine = (cluster: Blob): Promise<PGlite> => PGlite.create({ loadDataDir: cluster });
// Four engines are started one after the other, two of them by initdb.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const storage = 'file';
let name: string;
let old: PGlite;

/** Stores what Postgres 17 has after the script, as an app of then did. */
async function store(script: string): Promise<void> {
  await old.exec(script);
  const archive = await old.dumpDataDir('none');
  const files = [];
  for await (const entry of readTar(piecesOf(archive.stream()))) if ('bytes' in entry) files.push(entry);
  const cluster = await openCluster(storage, { name, durability: 'strict' });
  await cluster.replaceAll(files, null);
  await cluster.close();
}

beforeAll(async () => {
  old = await PGlite.create();
});
afterAll(() => old.close());
beforeEach(() => {
  name = join(tmpdir(), `waxwing-upgrade-${crypto.randomUUID()}`);
});
afterEach(() => PostgresqlDatabase.remove(name, { storage }));

test('is refused by name, and opens after the upgrade with all it held', async () => {
  await store(`
    CREATE TABLE bird (id serial PRIMARY KEY, name text NOT NULL, seen timestamptz DEFAULT '2024-02-29 12:00:00+00');
    INSERT INTO bird (name) SELECT 'bird ' || i FROM generate_series(1, 2345) AS i;
    CREATE VIEW last_bird AS SELECT max(id) AS id FROM bird;
  `);
  const refused = await rejection(new PostgresqlDatabase(name, { storage }).connect());
  expect(refused).toBeInstanceOf(EngineMismatchError);
  expect(refused.message).toContain('Postgres 17');
  expect(refused.message).toContain('PostgresqlDatabase.upgrade');

  const steps: number[] = [];
  await PostgresqlDatabase.upgrade(name, { storage, engine, onProgress: (done) => steps.push(done) });
  expect(steps.length).toBeGreaterThan(2);
  const database = new PostgresqlDatabase(name, { storage });
  // The archive is of a running server: after it, as after a crash, a sequence may leave numbers out.
  const rows = await database.executeSql(
    "SELECT count(*), sum(id), nextval('bird_id_seq') > 2345, (SELECT id FROM last_bird) FROM bird",
  );
  expect([...rows]).toEqual([[2345, (2345 * 2346) / 2, true, 2345]]);
  expect(database.serverVersion).toMatch(/^18/);
  await database.close();
});

test('stays as it was when it cannot be carried over, or its engine does not start', async () => {
  await store('CREATE AGGREGATE total_of (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = 0);');
  expect(await rejection(PostgresqlDatabase.upgrade(name, { storage, engine }))).toBeInstanceOf(NotSupportedError);
  const broken = (): Promise<PGlite> => Promise.reject(new RangeError('no such engine'));
  expect(await rejection(PostgresqlDatabase.upgrade(name, { storage, engine: broken }))).toBeInstanceOf(RangeError);
  expect(await rejection(new PostgresqlDatabase(name, { storage }).connect())).toBeInstanceOf(EngineMismatchError);
});

test('is nothing to do where there is no database, or one of today', async () => {
  expect(await rejection(PostgresqlDatabase.upgrade(name, { storage, engine }))).toBeInstanceOf(OperationalError);
  const database = new PostgresqlDatabase(name, { storage });
  await database.connect();
  await database.close();
  await PostgresqlDatabase.upgrade(name, { storage, engine: () => Promise.reject(new RangeError('not needed')) });
});
