/**
 * What conversions take on Node, and what Berkeley DB's own shell takes to load the same rows: `node conversion.mjs berkeley 7`
 * prints the milliseconds of seven rounds as JSON. A program of its own, as sql.js can be started once in a thread.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
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
async function sqliteFile(BerkeleyDatabase) {
  const database = new BerkeleyDatabase(':memory:');
  await database.atomic(async (transaction) => {
    for (const statement of [...SCHEMA, ...inserts()]) await transaction.executeSql(statement);
  });
  const file = await database.exportSqlite();
  await database.close();
  return file;
}

/** Milliseconds of each round, and the megabytes that were converted. */
async function sample({ BerkeleyDatabase, toBerkeley, toSqlite }, to, rounds) {
  const sqlite = await sqliteFile(BerkeleyDatabase);
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

/** Built as an app would have it. */
async function built() {
  const outDir = mkdtempSync(`${project}.cache/conversion-`);
  await build({ root: project, configFile: false, logLevel: 'error', build: { ssr: 'src/entry/berkeley.ts', outDir } });
  return { outDir, entry: await import(`${outDir}/berkeley.js`) };
}

const [to, rounds] = process.argv.slice(2);
ensureBerkeley();
const { outDir, entry } = await built();
console.log(JSON.stringify(await sample(entry, to, Number(rounds))));
rmSync(outDir, { recursive: true });
