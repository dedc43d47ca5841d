/** Kills whole browsers at random moments while a page in them writes, opens the database again and looks. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Deferred } from '../../src/util/deferred.ts';
import { type Served, serve } from '../tools/serve.ts';
import { type Bindings, DoomedBrowser } from './doomed-browser.ts';
import type { Job, Verdict } from './pages/kill/job.ts';

/** How often each storage is killed: KILLS=50 for the long form. */
export const KILLS = Number(process.env['KILLS'] ?? 3);
/** An unprotected database does not break every time, one of Postgres at each sixth kill or so; within so many it must. */
export const CONTROL_KILLS = 45;
/** Transactions acknowledged before a kill, at the most. */
const MOST = 120;
export type Kind = Omit<Job, 'task' | 'rounds'>;
/** What other programs find wrong with the files that are left, or ''. */
export type Judge = (verdict: Verdict) => Promise<string>;

export interface Killed {
  /** What was found broken. */
  readonly broken: readonly string[];
  /** Transactions that were found there. */
  readonly transactions: number;
  readonly kills: number;
}

/** The page under load, served. */
export function serveLoad(): Promise<Served> {
  return serve(fileURLToPath(new URL('../../', import.meta.url)));
}

/** Kills up to `most` times, until something is broken. Each load goes on with the database the kill before left. */
export async function killOften(url: string, kind: Kind, most: number, judge: Judge = async () => ''): Promise<Killed> {
  const broken: string[] = [];
  let last = 0;
  let kills = 0;
  let transactions = 0;
  await onProfile(async (profile) => {
    while (kills < most && broken.length === 0) {
      kills++;
      const acknowledged = Math.max(last, await loadUntilKilled(url, profile, kind));
      const verdict = await run(url, profile, { ...kind, task: 'check' });
      transactions += verdict.last - last;
      last = verdict.last;
      const wrong = verdict.wrong || (await judge(verdict));
      if (wrong !== '') broken.push(`kill ${kills}: ${wrong}`);
      else if (last < acknowledged)
        broken.push(`kill ${kills}: ${acknowledged} transactions were acknowledged, ${last} are there`);
    }
  });
  return { broken, transactions, kills };
}

/** What is wrong with a database that was closed rather than killed. */
export async function closeInGoodOrder(url: string, kind: Kind): Promise<string> {
  return onProfile(async (profile) => {
    await run(url, profile, { ...kind, task: 'load', rounds: 10 });
    return (await run(url, profile, { ...kind, task: 'check' })).wrong;
  });
}

/** The number of the last transaction acknowledged before the kill. */
async function loadUntilKilled(url: string, profile: string, kind: Kind): Promise<number> {
  let last = 0;
  let left = 1 + Math.floor(Math.random() * MOST);
  let before = Number.POSITIVE_INFINITY;
  let longest = 30;
  const reached = new Deferred<void>();
  const bindings = {
    acknowledged: (n: string) => {
      last = Math.max(last, Number(n));
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
      // At any moment of what the browser is doing now, not of what it has just reported: be it the longest thing it does.
      if (left-- === 0) setTimeout(() => reached.resolve(), Math.random() * longest);
    },
  };
  await run(url, profile, { ...kind, task: 'load' }, bindings, reached.promise);
  return last;
}

/** Runs the job in a browser and kills that afterwards, or when `until` comes first. */
async function run(url: string, profile: string, job: Job, bindings: Bindings = {}, until?: Promise<void>): Promise<Verdict> {
  const browser = new DoomedBrowser(profile);
  try {
    await browser.open(`${url}test/storage/pages/kill/`, { acknowledged: () => {}, ...bindings });
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
