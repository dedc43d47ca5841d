/** What Berkeley DB keeps beside a file on Node, and what it may have done there while Waxwing was not looking. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BerkeleyDatabase } from '../../../src/entry/berkeley.ts';
import { CorruptDatabaseError } from '../../../src/errors.ts';
import { hasJudges } from '../../tools/berkeley.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'waxwing-environment-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function names(path: string): Promise<unknown[]> {
  const database = new BerkeleyDatabase(path);
  try {
    return (await database.executeSql('SELECT name FROM person ORDER BY name')).rows.flat();
  } finally {
    await database.close();
  }
}

/** Leaves at the path what is there when a process is killed that has just committed. */
async function leaveAsKilled(path: string): Promise<void> {
  const living = join(folder, 'living.db');
  const database = new BerkeleyDatabase(living);
  await database.executeSql('CREATE TABLE person (name TEXT)');
  await database.executeSql("INSERT INTO person VALUES ('ours')");
  for (const suffix of ['', '-redo']) copyFileSync(living + suffix, path + suffix);
  await database.close();
}

function theirs(path: string): void {
  const { stderr } = spawnSync('db5.3_sql', ['-batch', path], { input: "insert into person values ('theirs');\n" });
  expect(String(stderr)).toBe('');
}

describe.skipIf(!hasJudges)('a file that was left by a killed process', () => {
  test('is put in order by Waxwing, for Berkeley DB to read', async () => {
    const path = join(folder, 'killed.db');
    await leaveAsKilled(path);
    expect(await names(path)).toEqual(['ours']);
    theirs(path);
    expect(await names(path)).toEqual(['ours', 'theirs']);
  });

  test('is not written over when Berkeley DB came first', async () => {
    const path = join(folder, 'killed.db');
    await leaveAsKilled(path);
    theirs(path);
    const refused = await names(path).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CorruptDatabaseError);
    expect(String(refused)).toContain('killed.db-redo');
    rmSync(`${path}-redo`);
    expect(await names(path)).toContain('theirs');
  });
});
