/** A database under write load, and the check of what is left of it. */

import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import type { Connection, Driver } from '../../../../src/driver/driver.ts';
import { openSqlJs } from '../../../../src/driver/sqljs.ts';
import type { Backend, Durability, StorageKind } from '../../../../src/storage/backend.ts';
import { openBackend } from '../../../../src/storage/open.ts';
import type { Batch, DriverValue, Mode, Statement } from '../../../../src/wire/statement.ts';
import { openUnprotected } from './unprotected.ts';

export interface Job {
  readonly task: 'load' | 'check';
  /** `unprotected`: IndexedDB without what protects it, which must be seen to break. */
  readonly storage: Extract<StorageKind, 'indexeddb' | 'opfs'> | 'unprotected';
  readonly durability: Durability;
  /** Transactions of each client before the database is closed in good order; left out, it goes on until it is killed. */
  readonly rounds?: number;
}

/** What is left of the database. */
export interface Verdict {
  /** The number of the last transaction found. */
  readonly last: number;
  /** What is wrong, or ''. */
  readonly wrong: string;
}

const NAME = 'killed.db';
/** Clients that write at the same time. */
const WRITERS = 3;
/** Rows kept; older ones are deleted, so that the file stays the same size and its pages are used again. */
const KEPT = 6_000;

self.onmessage = async ({ data: job }: MessageEvent<Job>): Promise<void> => {
  try {
    self.postMessage(job.task === 'check' ? await check(job) : await load(job));
  } catch (error) {
    const wrong = `${(error as Error).name}: ${(error as Error).message}`;
    self.postMessage(job.task === 'check' ? { last: -1, wrong } : wrong);
  }
};

async function open({ storage, durability }: Job): Promise<Driver> {
  const options = { name: NAME, durability, lockTimeout: 60_000, setup: [], wasmUrl };
  const backend: Backend = storage === 'unprotected' ? await openUnprotected(NAME) : await openBackend(storage, options);
  return openSqlJs({ ...options, storage: backend.kind }, backend);
}

async function load(job: Job): Promise<Verdict> {
  const driver = await open(job);
  const connection = driver.connect();
  for (const sql of [
    'CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, payload BLOB NOT NULL, sum INTEGER NOT NULL)',
    'CREATE INDEX IF NOT EXISTS entry_sum ON entry (sum)',
    'CREATE TABLE IF NOT EXISTS done (n INTEGER PRIMARY KEY)',
    'CREATE TABLE IF NOT EXISTS tally (n INTEGER NOT NULL, rows INTEGER NOT NULL, sum INTEGER NOT NULL)',
    'INSERT INTO tally SELECT 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally)',
  ])
    await connection.run({ statements: [write(sql)] });
  const { rounds = Number.POSITIVE_INFINITY } = job;
  const last = await Promise.all(Array.from({ length: WRITERS }, () => writeRounds(driver.connect(), rounds)));
  await driver.close();
  return { last: Math.max(...last), wrong: '' };
}

async function writeRounds(connection: Connection, rounds: number): Promise<number> {
  let n = 0;
  for (let round = 0; round < rounds; round++) {
    const outcomes = await connection.run(transaction());
    n = Number(outcomes[0]?.rows.data[0]?.[0]);
    self.postMessage(n);
  }
  return n;
}

/** Rows come, rows go, and the running numbers in `tally` say what must be there: all of it or none. */
function transaction(): Batch {
  const statements: Statement[] = [
    write('UPDATE tally SET n = n + 1 RETURNING n'),
    write('INSERT INTO done SELECT n FROM tally'),
  ];
  const rows = 1 + Math.floor(Math.random() ** 4 * 60);
  for (let i = 0; i < rows; i++) {
    const sum = Math.floor(Math.random() * 2 ** 31);
    statements.push(
      write('INSERT INTO entry (n, payload, sum) SELECT n, randomblob(?), ? FROM tally', [
        Math.floor(Math.random() * 3_000),
        sum,
      ]),
    );
  }
  statements.push(
    write('DELETE FROM entry WHERE id <= (SELECT max(id) FROM entry) - ?', [KEPT]),
    write('UPDATE entry SET sum = sum + 1 WHERE id = (SELECT min(id) + abs(random() % ?) FROM entry)', [KEPT]),
    write('UPDATE tally SET rows = (SELECT count(*) FROM entry), sum = (SELECT sum(sum) FROM entry)'),
  );
  return {
    statements,
    bracket: {
      begin: write('BEGIN IMMEDIATE', [], 'begin'),
      commit: write('COMMIT', [], 'end'),
      rollback: write('ROLLBACK', [], 'end'),
    },
  };
}

async function check(job: Job): Promise<Verdict> {
  const driver = await open(job);
  try {
    const connection = driver.connect();
    const integrity = await ask(connection, 'PRAGMA integrity_check');
    if (integrity[0] !== 'ok') return { last: -1, wrong: `integrity_check: ${String(integrity[0])}` };
    const [tables] = await ask(connection, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
    if (Number(tables) < 3) return { last: 0, wrong: '' };
    const [n, rows, sum] = (await ask(connection, 'SELECT n, rows, sum FROM tally')).map(Number);
    const [count, total] = (await ask(connection, 'SELECT count(*), ifnull(sum(sum), 0) FROM entry')).map(Number);
    const [done, last] = (await ask(connection, 'SELECT count(*), ifnull(max(n), 0) FROM done')).map(Number);
    const [indexed] = (await ask(connection, 'SELECT count(*) FROM entry INDEXED BY entry_sum WHERE sum >= 0')).map(Number);
    const wrong =
      rows === count && sum === total && n === done && n === last && indexed === count
        ? ''
        : `tally ${n} ${rows} ${sum}, but ${count} rows (${indexed} by index) of sum ${total}, ${done} transactions up to ${last}`;
    return { last: n ?? 0, wrong };
  } finally {
    await driver.close();
  }
}

async function ask(connection: Connection, sql: string): Promise<DriverValue[]> {
  const [outcome] = await connection.run({ statements: [write(sql, [], 'read')] });
  return (outcome?.rows.data ?? []).map((column) => column[0] ?? null);
}

function write(sql: string, params: readonly DriverValue[] = [], mode: Mode = 'write'): Statement {
  return { sql, params, mode };
}
