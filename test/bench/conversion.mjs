/** What Berkeley DB's own shell takes to load a table and to write it out, and what conversions take: all of it on Node. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { ensureBerkeley, project } from '../tools/setup.mjs';

const ROWS = 83_000;

/** Rows as a small app has them: about 10 MB of SQLite with their two indexes. */
const SCHEMA = [
  'CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, age INTEGER, note TEXT)',
  'CREATE INDEX person_name ON person(name)',
  'CREATE INDEX person_age ON person(age)',
];

function* inserts() {
  for (let i = 1; i <= ROWS; i++) {
    const name = `person ${((i * 2654435761) % 4294967296).toString(36)}`;
    yield `INSERT INTO person VALUES (${i}, '${name}', ${i % 100}, 'what is known of number ${i}: ${'nothing '.repeat(i % 8)}');`;
  }
}

function shell(path, input) {
  const started = performance.now();
  const { status, stderr, error } = spawnSync('db5.3_sql', ['-batch', path], { input, stdio: ['pipe', 'ignore', 'pipe'] });
  if (error || status !== 0) throw new Error(`db5.3_sql failed: ${error ?? stderr}`);
  return performance.now() - started;
}

/** The rows as SQLite has them. */
async function sqliteFile() {
  const { default: initSqlJs } = await import('sql.js');
  const { Database } = await initSqlJs();
  const database = new Database();
  database.exec(`BEGIN; ${[...inserts()].join('\n')} COMMIT;`.replace('BEGIN;', `BEGIN; ${SCHEMA[0]};`));
  for (const index of SCHEMA.slice(1)) database.run(index);
  const bytes = database.export();
  database.close();
  return new Blob([bytes]);
}

/** Milliseconds of each round, and the megabytes that were converted. */
export async function sampleConversion({ to, rounds }) {
  ensureBerkeley();
  const { toBerkeley, toSqlite } = (await runnerImport(`${project}src/entry/berkeley.ts`)).module;
  const sqlite = await sqliteFile();
  const berkeley = await toBerkeley(sqlite);
  const script = ['BEGIN;', `${SCHEMA[0]};`, ...inserts(), 'COMMIT;', ...SCHEMA.slice(1).map((index) => `${index};`), ''].join(
    '\n',
  );
  const samples = { waxwing: [], reference: [] };
  for (let round = -1; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'waxwing-conversion-'));
    const started = performance.now();
    await (to === 'berkeley' ? toBerkeley(sqlite) : toSqlite(berkeley));
    const waxwing = performance.now() - started;
    const reference = shell(join(folder, 'loaded.db'), script);
    rmSync(folder, { recursive: true });
    if (round < 0) continue;
    samples.waxwing.push(waxwing);
    samples.reference.push(reference);
  }
  return { samples, megabytes: sqlite.size / 1e6 };
}
