/** Random commits, judged by Berkeley DB after each tenth. BERKELEY=20 for the long form: so many seeds of 100 commits each. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BerkeleyDatabase } from '../../src/entry/berkeley.ts';
import { hasJudges, judge } from '../tools/berkeley.ts';
import { differences } from '../tools/berkeley-tables.ts';
import { attempt, commit, contentsOf, exported, integrity } from './database.ts';
import { Workload } from './workload.ts';

const SEEDS = Number(process.env['BERKELEY'] ?? 2);
const COMMITS = process.env['BERKELEY'] ? 100 : 40;
const EACH = 10;

/** What both sides say of the database as it is now. */
async function agree(database: BerkeleyDatabase): Promise<void> {
  const { complaint, contents } = await judge.all(await exported(database));
  expect(complaint).toBeUndefined();
  expect(differences(await contentsOf(database), contents)).toEqual([]);
}

/** Closed and opened again, or written to by `db5.3_sql` between an export and an import. */
async function pass(database: BerkeleyDatabase, workload: Workload, which: number): Promise<void> {
  if (which % 3 === 0) {
    await database.close();
    await database.connect();
  } else if (which % 3 === 1) {
    const { bytes } = await judge.sql(await exported(database), ['begin', ...workload.rows(), 'commit']);
    await database.importFile(bytes);
  }
  expect(await integrity(database)).toBe('ok');
}

async function run(seed: number, pageSize: number): Promise<void> {
  const name = join(tmpdir(), `waxwing-workload-${process.pid}-${seed}-${pageSize}.db`);
  const database = new BerkeleyDatabase(name, { storage: 'file', durability: 'relaxed', pageSize });
  const workload = new Workload(seed);
  try {
    for (let i = 1; i <= COMMITS; i++) {
      // What a unique key forbids is given up as a whole, in between other commits.
      await commit(database, workload.commit()).catch((error: Error) => expect(error.message).toMatch(/UNIQUE/));
      if (i % EACH !== 0) continue;
      await agree(database);
      await pass(database, workload, i / EACH);
    }
    await attempt(database, workload.rows());
    await agree(database);
  } finally {
    await database.close();
    await BerkeleyDatabase.remove(name, { storage: 'file' });
  }
}

describe.skipIf(!hasJudges)('random commits', () => {
  describe.each([512, 4096, 16_384])('pages of %i bytes', (pageSize) => {
    test.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))('seed %i', (seed) => run(seed, pageSize), 600_000);
  });
});
