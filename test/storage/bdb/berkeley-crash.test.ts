/** A Berkeley database stopped at every write and without power: what is found is a state that commits left, and the judges are content with the file. */
import { describe, expect, test } from 'vitest';
import { pagesOf } from '../../../src/storage/bdb/pages-of.ts';
import { readBdb } from '../../../src/storage/bdb/reader.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { PagedDisk } from '../paged-disk.ts';
import { openOnDisk, type Session } from './session.ts';

const SCHEMA = [
  'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b)',
  'CREATE INDEX t_a ON t (a)',
  'CREATE TABLE done (n INTEGER)',
];

/** Commits of every kind: rows come and go, a part of the file or most of it changes, the schema too. */
const COMMITS: readonly (readonly string[])[] = [
  [
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO t SELECT i, 'text ' || i * 7 % 50, zeroblob(i % 200) FROM n",
  ],
  ["INSERT INTO t (a) VALUES ('one more')"],
  ['UPDATE t SET b = zeroblob(9000) WHERE id = 300'],
  ['DELETE FROM t WHERE id BETWEEN 100 AND 110'],
  ['CREATE TABLE more (x UNIQUE)', "INSERT INTO more VALUES ('x')"],
  ["UPDATE t SET a = 'same' WHERE id % 7 = 0"],
  ['DELETE FROM t WHERE id % 3 > 0'],
  ['DROP TABLE more'],
  ["INSERT INTO t (a, b) VALUES ('last', 1.5)"],
];

async function play(session: Session, acknowledged: (n: number) => void = () => {}): Promise<void> {
  for (const statement of SCHEMA) await session.run(statement);
  for (const [i, statements] of COMMITS.entries()) {
    await session.transaction(...statements, `INSERT INTO done VALUES (${i + 1})`);
    acknowledged(i + 1);
  }
}

/** Everything in the database, as text. */
async function stateOf(session: Session): Promise<string> {
  const tables = (await session.run("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")).map(([name]) =>
    String(name),
  );
  const rows: unknown[] = [await session.run('SELECT type, name, sql FROM sqlite_schema ORDER BY rowid')];
  for (const table of tables) rows.push(await session.run(`SELECT rowid, * FROM ${table}`));
  return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

/** The state after each number of commits, from none on. */
async function allStates(): Promise<readonly string[]> {
  const session = await openOnDisk(new PagedDisk(['file', 'redo']));
  for (const statement of SCHEMA) await session.run(statement);
  const states = [await stateOf(session)];
  for (const [i, statements] of COMMITS.entries()) {
    await session.transaction(...statements, `INSERT INTO done VALUES (${i + 1})`);
    states.push(await stateOf(session));
  }
  await session.driver.close();
  return states;
}

function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** How much of an operation is done when it is stopped. */
const TEARS: readonly ((bytes: number) => number)[] = [
  () => 0,
  () => 5,
  (bytes) => bytes >> 1,
  (bytes) => bytes - 1,
  (bytes) => bytes,
];

describe.each([
  ['the process is gone', 'strict', false],
  ['the power is gone', 'strict', true],
  ['the power is gone, relaxed', 'relaxed', true],
] as const)('%s', (_, durability, power) => {
  test('at any operation: some commits in order are there, and those acknowledged', async () => {
    const states = await allStates();
    const whole = new PagedDisk(['file', 'redo']);
    const session = await openOnDisk(whole, { durability });
    await play(session);
    await session.driver.close();
    const { length } = whole.operations;
    expect(length).toBeGreaterThan(durability === 'strict' ? 60 : 20);
    let judged = 0;
    for (let stop = 1; stop <= length; stop++) {
      const disk = new PagedDisk(['file', 'redo']);
      disk.decide = (count, _operation, _file, bytes) => (count === stop ? { stop: TEARS[stop % TEARS.length]!(bytes) } : null);
      let acknowledged = 0;
      try {
        const doomed = await openOnDisk(disk, { durability });
        await play(doomed, (n) => (acknowledged = n));
        await doomed.driver.close();
      } catch {
        // It was stopped.
      }
      if (power) disk.losePower(randomOf(stop));
      disk.decide = () => null;
      const again = await openOnDisk(disk);
      const hasTables = (await again.run("SELECT 1 FROM sqlite_schema WHERE name = 'done'")).length > 0;
      if (hasTables) {
        const n = Number((await again.run('SELECT ifnull(max(n), 0) FROM done'))[0]![0]);
        expect(await stateOf(again)).toBe(states[n]);
        if (durability === 'strict') expect(n).toBeGreaterThanOrEqual(acknowledged);
        expect(await again.run('PRAGMA integrity_check')).toEqual([['ok']]);
        await again.run('INSERT INTO done VALUES (99)');
      } else if (durability === 'strict') expect(acknowledged).toBe(0);
      await again.driver.close();
      const { bytes } = disk.files[0]!;
      if (bytes.length === 0) continue;
      readBdb(pagesOf(bytes, `stop ${stop}`), `stop ${stop}`).requireSound();
      if (hasJudges && stop % 12 === 0) {
        expect(await judge.verify(bytes)).toBeUndefined();
        judged++;
      }
    }
    if (hasJudges) expect(judged).toBeGreaterThan(0);
  }, 180_000);
});
