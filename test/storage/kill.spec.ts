/** Kills the whole browser at random moments under write load, opens the database again and looks. KILLS=50 for the long form. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { Deferred } from '../../src/util/deferred.ts';
import { type Served, serve } from '../tools/serve.ts';
import { type Bindings, DoomedBrowser } from './doomed-browser.ts';
import type { Job, Verdict } from './pages/kill/worker.ts';

const KILLS = Number(process.env['KILLS'] ?? 3);
/** An unprotected database does not break every time; within so many kills it must. */
const CONTROL_KILLS = 15;
/** Transactions acknowledged before a kill, at the most. */
const MOST = 250;

type Kind = Omit<Job, 'task'>;

let served: Served;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  served = await serve(fileURLToPath(new URL('../../', import.meta.url)));
});
test.afterAll(() => served.close());

for (const [storage, durability] of [
  ['indexeddb', 'strict'],
  ['indexeddb', 'relaxed'],
  ['opfs', 'strict'],
] as const) {
  test(`${storage}, ${durability}: ${KILLS} kills, nothing broken, nothing acknowledged lost`, async () => {
    test.setTimeout(60_000 + KILLS * 30_000);
    const { broken, transactions } = await killOften({ storage, durability }, KILLS);
    console.log(`${storage} ${durability}: ${KILLS} kills, ${transactions} transactions, ${broken.length} broken`);
    expect(broken).toEqual([]);
    expect(transactions).toBeGreaterThan(KILLS);
  });
}

test('without the protection, the same test finds a broken database', async () => {
  test.setTimeout(600_000);
  const unprotected = { storage: 'unprotected', durability: 'strict' } as const;
  expect(await closedInGoodOrder(unprotected)).toBe('');
  const { broken, kills } = await killOften(unprotected, CONTROL_KILLS);
  console.log(`unprotected: broken by kill ${kills}: ${broken.join()}`);
  expect(broken.length).toBeGreaterThan(0);
});

/** Kills up to `most` times, until something is broken. Each load goes on with the database the kill before left. */
async function killOften(kind: Kind, most: number): Promise<{ broken: string[]; transactions: number; kills: number }> {
  const broken: string[] = [];
  let last = 0;
  let kills = 0;
  await onProfile(async (profile) => {
    while (kills < most && broken.length === 0) {
      kills++;
      const acknowledged = Math.max(last, await loadUntilKilled(profile, kind));
      const verdict = await run(profile, { ...kind, task: 'check' });
      last = verdict.last;
      if (verdict.wrong !== '') broken.push(`kill ${kills}: ${verdict.wrong}`);
      else if (last < acknowledged)
        broken.push(`kill ${kills}: ${acknowledged} transactions were acknowledged, ${last} are there`);
    }
  });
  return { broken, transactions: last, kills };
}

/** What is wrong with a database that was closed rather than killed. */
async function closedInGoodOrder(kind: Kind): Promise<string> {
  return onProfile(async (profile) => {
    await run(profile, { ...kind, task: 'load', rounds: 20 });
    return (await run(profile, { ...kind, task: 'check' })).wrong;
  });
}

/** The number of the last transaction acknowledged before the kill. */
async function loadUntilKilled(profile: string, kind: Kind): Promise<number> {
  let last = 0;
  let left = 1 + Math.floor(Math.random() * MOST);
  const reached = new Deferred<void>();
  const bindings = {
    acknowledged: (n: string) => {
      last = Math.max(last, Number(n));
      // At any moment of what the browser is doing now, not of what it has just reported.
      if (left-- === 0) setTimeout(() => reached.resolve(), Math.random() * 30);
    },
  };
  await run(profile, { ...kind, task: 'load' }, bindings, reached.promise);
  return last;
}

/** Runs the job in a browser and kills that afterwards, or when `until` comes first. */
async function run(profile: string, job: Job, bindings: Bindings = {}, until?: Promise<void>): Promise<Verdict> {
  const browser = new DoomedBrowser(profile);
  try {
    await browser.open(`${served.url}test/storage/pages/kill/`, { acknowledged: () => {}, ...bindings });
    const ended = browser.evaluate<Verdict>(`start(${JSON.stringify(job)})`);
    const verdict = await (until === undefined ? ended : Promise.race([ended, until]));
    return verdict ?? { last: 0, wrong: '' };
  } finally {
    await browser.kill();
  }
}

async function onProfile<T>(use: (profile: string) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'waxwing-kill-'));
  try {
    return await use(profile);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
