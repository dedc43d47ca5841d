/** Kills the whole browser at random moments under write load, opens the database again and looks. KILLS=50 for the long form. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, expect, type Page, test } from '@playwright/test';
import { chromiumLaunch } from '../tools/chromium.ts';
import { type Served, serve } from '../tools/serve.ts';
import type { Job, Verdict } from './pages/kill/worker.ts';

const KILLS = Number(process.env['KILLS'] ?? 3);
/** An unprotected database does not break every time; within so many kills it must. */
const CONTROL_KILLS = 15;
/** Transactions before a kill, at the most. */
const MOST = 250;

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
  expect(await closedInGoodOrder({ storage: 'unprotected', durability: 'strict' })).toBe('');
  const { broken, kills } = await killOften({ storage: 'unprotected', durability: 'strict' }, CONTROL_KILLS);
  console.log(`unprotected: broken by kill ${kills}: ${broken.join()}`);
  expect(broken.length).toBeGreaterThan(0);
});

/** Kills up to `kills` times, until something is broken. Each load goes on with the database the kill before left. */
async function killOften(
  job: Omit<Job, 'task'>,
  kills: number,
): Promise<{ broken: string[]; transactions: number; kills: number }> {
  const profile = mkdtempSync(join(tmpdir(), 'waxwing-kill-'));
  const broken: string[] = [];
  let last = 0;
  let kill = 0;
  try {
    while (kill < kills && broken.length === 0) {
      kill++;
      const acknowledged = Math.max(last, await loadUntilKilled(profile, job));
      const verdict = await look(profile, job);
      last = verdict.last;
      if (verdict.wrong !== '') broken.push(`kill ${kill}: ${verdict.wrong}`);
      else if (last < acknowledged)
        broken.push(`kill ${kill}: ${acknowledged} transactions were acknowledged, ${last} are there`);
    }
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  return { broken, transactions: last, kills: kill };
}

/** The number of the last transaction acknowledged before the kill. */
async function loadUntilKilled(profile: string, job: Omit<Job, 'task'>): Promise<number> {
  const browser = await Browser.start(profile);
  let last = 0;
  let left = 1 + Math.floor(Math.random() * MOST);
  try {
    const page = await browser.newPage();
    await new Promise<void>((resolve, reject) => {
      const prepared = Promise.all([
        page.exposeFunction('acknowledged', (n: number) => {
          last = Math.max(last, n);
          // At any moment of what the browser is doing now, not of what it has just reported.
          if (left-- === 0) setTimeout(resolve, Math.random() * 30);
        }),
        page.exposeFunction('broke', (message: string) => reject(new Error(message))),
      ]);
      prepared.then(() => begin(page, { ...job, task: 'load' })).catch(reject);
    });
  } finally {
    await browser.kill();
  }
  return last;
}

/** What is wrong with a database that was not killed. */
async function closedInGoodOrder(job: Omit<Job, 'task'>): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'waxwing-kill-'));
  try {
    const browser = await Browser.start(profile);
    await begin(await browser.newPage(), { ...job, task: 'load', rounds: 20 }).finally(() => browser.kill());
    return (await look(profile, job)).wrong;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function look(profile: string, job: Omit<Job, 'task'>): Promise<Verdict> {
  const browser = await Browser.start(profile);
  try {
    const page = await browser.newPage();
    return await begin(page, { ...job, task: 'check' });
  } finally {
    await browser.kill();
  }
}

async function begin(page: Page, job: Job): Promise<Verdict> {
  await page.goto(`${served.url}test/storage/pages/kill/`);
  return page.evaluate((it) => (globalThis as unknown as { start(job: Job): Promise<Verdict> }).start(it), job);
}

/** A Chromium with all its processes in one group, so that one signal kills them in the same moment. */
class Browser {
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #endpoint: string;

  private constructor(child: ChildProcess, endpoint: string) {
    this.#process = child;
    this.#exited = new Promise((resolve) => child.once('exit', resolve));
    this.#endpoint = endpoint;
  }

  static async start(profile: string): Promise<Browser> {
    const path = chromiumLaunch.executablePath ?? chromium.executablePath();
    const args = [
      ...chromiumLaunch.args,
      '--headless=new',
      '--remote-debugging-port=0',
      '--no-default-browser-check',
      `--user-data-dir=${profile}`,
    ];
    const child = spawn(path, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    // Read to the end: a browser that cannot write its complaints stands still.
    const endpoint = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        const found = /DevTools listening on (\S+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error('Chromium ended without telling where it listens.')));
    });
    return new Browser(child, endpoint);
  }

  async newPage(): Promise<Page> {
    const browser = await chromium.connectOverCDP(this.#endpoint);
    return (browser.contexts()[0] ?? (await browser.newContext())).newPage();
  }

  async kill(): Promise<void> {
    process.kill(-(this.#process.pid ?? Number.NaN), 'SIGKILL');
    await this.#exited;
  }
}
