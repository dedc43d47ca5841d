/** Postgres under write load. */
import type { Connection } from '../../../../src/driver/driver.ts';
import { openPglite } from '../../../../src/driver/pglite.ts';
import { openCluster } from '../../../../src/storage/open-cluster.ts';
import type { Batch, Statement } from '../../../../src/wire/statement.ts';
import { AMCHECK } from '../../amcheck.ts';
import type { Verdict } from './job.ts';
import { ask, expose, statement } from './load.ts';
import { openUnprotectedCluster } from './unprotected-cluster.ts';

const NAME = 'killed';
/** Rows kept; older ones are deleted, so that pages are used again. */
const KEPT = 1_000;

expose({
  open: async ({ storage, durability }) => {
    const options = { name: NAME, durability, lockTimeout: 60_000, setup: [], system: 'postgresql' } as const;
    const backend = storage === 'unprotected' ? await openUnprotectedCluster(NAME) : await openCluster(storage, options);
    return openPglite({ ...options, storage: backend.kind }, backend);
  },
  schema: [
    'CREATE EXTENSION IF NOT EXISTS amcheck',
    'CREATE TABLE IF NOT EXISTS entry (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int NOT NULL, payload text NOT NULL, digest text NOT NULL)',
    'CREATE INDEX IF NOT EXISTS entry_digest ON entry (digest)',
    'CREATE TABLE IF NOT EXISTS done (n int PRIMARY KEY)',
    'CREATE TABLE IF NOT EXISTS tally (n int NOT NULL, rows int NOT NULL, digest text NOT NULL)',
    "INSERT INTO tally SELECT 0, 0, '' WHERE NOT EXISTS (SELECT 1 FROM tally)",
  ],
  transaction,
  upkeep,
  check,
});

/** What `tally` says of the entries. */
const DIGEST = "md5(coalesce(string_agg(digest, ',' ORDER BY id), ''))";

/** Rows come, rows go, and `tally` says what must be there: all of it or none. */
function transaction(): Batch {
  const rows = 1 + Math.floor(Math.random() ** 4 * 60);
  const most = Math.random() < 0.1 ? 600 : 60;
  const statements: Statement[] = [
    statement('UPDATE tally SET n = n + 1 RETURNING n'),
    statement('INSERT INTO done SELECT n FROM tally'),
    // Texts that cannot be compressed, a few of them too long for a page.
    statement(
      `INSERT INTO entry (n, payload, digest) SELECT n, payload, md5(payload) FROM tally, generate_series(1, ${rows}) AS row,
         LATERAL (SELECT string_agg(md5(random()::text), '') FROM generate_series(0, (random() * ${most})::int + row * 0)) AS made(payload)`,
    ),
    statement(`DELETE FROM entry WHERE id <= (SELECT max(id) FROM entry) - ${KEPT}`),
    statement(
      `UPDATE entry SET payload = reverse(payload), digest = md5(reverse(payload))
         WHERE id = (SELECT min(id) + (random() * ${KEPT})::int FROM entry)`,
    ),
  ];
  if (Math.random() < 0.1) statements.push(...anotherTable());
  statements.push(statement(`UPDATE tally SET rows = (SELECT count(*) FROM entry), digest = (SELECT ${DIGEST} FROM entry)`));
  return {
    statements,
    bracket: {
      begin: statement('BEGIN', [], 'begin'),
      commit: statement('COMMIT', [], 'end'),
      rollback: statement('ROLLBACK', [], 'end'),
    },
  };
}

/** Files that come and go. */
function anotherTable(): Statement[] {
  return [
    statement('DROP TABLE IF EXISTS passing'),
    statement('CREATE TABLE passing AS SELECT * FROM entry WHERE id % 3 = 0'),
    statement('CREATE INDEX ON passing (digest)'),
  ];
}

/** Checkpoints that leave a file of the log behind, which goes: nothing is more delicate. */
function upkeep(): Batch | null {
  const luck = Math.random();
  if (luck < 0.3) return { statements: [statement('SELECT pg_switch_wal()'), statement('CHECKPOINT')] };
  if (luck < 0.33) return { statements: [statement('VACUUM entry')] };
  return null;
}

async function check(connection: Connection): Promise<Verdict> {
  const [ready] = await ask(connection, "SELECT to_regclass('tally') IS NOT NULL");
  if (ready !== true) return { last: 0, wrong: '' };
  const [found] = await ask(connection, AMCHECK);
  if (found !== '') return { last: -1, wrong: `amcheck: ${String(found)}` };
  const [n, rows, digest] = await ask(connection, 'SELECT coalesce(max(n), 0), coalesce(max(rows), 0), max(digest) FROM tally');
  const [count, all, broken] = await ask(
    connection,
    `SELECT count(*)::int, ${DIGEST}, count(*) FILTER (WHERE digest <> md5(payload))::int FROM entry`,
  );
  const [done, last] = await ask(connection, 'SELECT count(*)::int, coalesce(max(n), 0) FROM done');
  const right = rows === count && (n === 0 || digest === all) && broken === 0 && n === done && n === last;
  const wrong = right
    ? ''
    : `tally ${n} ${rows}, but ${count} rows, ${broken} of them broken, ${done} transactions up to ${last}`;
  return { last: Number(n), wrong };
}
