/** Kills a process at random moments while it writes to a Berkeley DB file, then opens the file itself: here, and in `db5.3_sql`. KILLS=50 for the long form. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { Durability } from '../../../src/storage/backend.ts';
import { check } from '../pages/kill/load.ts';
import { judgeFiles } from './judge-files.ts';
import { fileLoad } from './node-load.ts';

const KILLS = Number(process.env['KILLS'] ?? 3);
/** Transactions acknowledged before a kill, at the most. */
const MOST = 120;

const folder = mkdtempSync(join(tmpdir(), 'waxwing-node-kill-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['strict', 'relaxed'] as const)(
  '%s: nothing broken, nothing acknowledged lost',
  async (durability) => {
    const name = join(folder, `${durability}.db`);
    let last = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const acknowledged = Math.max(last, await loadUntilKilled(name, durability));
      const verdict = await check(fileLoad(name), { task: 'check', engine: 'berkeley', storage: 'file', durability });
      const raw = readFileSync(name).toString('base64');
      expect(verdict.wrong).toBe('');
      expect(await judgeFiles({ ...verdict, files: [...(verdict.files ?? []), raw] })).toBe('');
      expect(verdict.last).toBeGreaterThanOrEqual(acknowledged);
      last = verdict.last;
      // Closed in good order, it is one file.
      expect(readdirSync(folder).filter((file) => file.startsWith(durability))).toEqual([`${durability}.db`]);
    }
    expect(last).toBeGreaterThan(KILLS);
  },
  60_000 + KILLS * 30_000,
);

/** The number of the last transaction acknowledged before the kill. */
async function loadUntilKilled(name: string, durability: Durability): Promise<number> {
  const script = fileURLToPath(new URL('./node-load.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, name, durability], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const last = await lastBeforeKill(child);
  // It did not end by itself.
  expect(await exited).toBe('SIGKILL');
  return last;
}

async function lastBeforeKill(child: ChildProcess): Promise<number> {
  let last = 0;
  let left = 1 + Math.floor(Math.random() * MOST);
  let before = Number.POSITIVE_INFINITY;
  let longest = 5;
  for await (const line of createInterface(child.stdout!)) {
    last = Math.max(last, Number(line));
    longest = Math.max(longest, performance.now() - before);
    before = performance.now();
    // At any moment of what it is doing now, not of what it has just reported.
    if (left-- === 0) setTimeout(() => child.kill('SIGKILL'), Math.random() * longest);
  }
  return last;
}
