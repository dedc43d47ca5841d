/** Databases of one page and of several, files that leave a page and enter it, and a disk that is full. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, type CDPSession, chromium, expect, type Page, test } from '@playwright/test';
import { chromiumLaunch } from '../tools/chromium.ts';
import { type Served, serve } from '../tools/serve.ts';
import type { Ledger, Told } from './pages/page.ts';

type Args<K extends keyof Ledger> = Parameters<Ledger[K]>;
type Answer<K extends keyof Ledger> = Awaited<ReturnType<Ledger[K]>>;

let served: Served;
test.beforeAll(async () => {
  served = await serve(fileURLToPath(new URL('../../', import.meta.url)));
});
test.afterAll(() => served.close());

async function visit(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${served.url}test/database/pages/`);
  await page.waitForFunction(() => 'ledger' in globalThis);
  return page;
}

async function again(page: Page): Promise<void> {
  await page.reload();
  await page.waitForFunction(() => 'ledger' in globalThis);
}

/** Calls one of the page's functions. */
function call<K extends keyof Ledger>(page: Page, name: K, ...args: Args<K>): Promise<Answer<K>> {
  type Any = Record<string, (...args: unknown[]) => unknown>;
  return page.evaluate(([key, given]) => (globalThis as unknown as { ledger: Any }).ledger[key]!(...given), [
    name as string,
    args as unknown[],
  ] as const) as Promise<Answer<K>>;
}

const upTo = (to: number, from = 1): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const all = (answers: readonly Told[]): Told[] => [...new Set(answers)];

for (const storage of ['indexeddb', 'opfs'] as const) {
  test(`two databases of one page do not disturb one another: ${storage}`, async ({ context }) => {
    const page = await visit(context);
    expect(await call(page, 'open', 'one.db', { storage })).toBe('ok');
    expect(await call(page, 'open', 'two.db', { storage })).toBe('ok');
    const [one, two, rolledBack] = await Promise.all([
      call(page, 'write', 'one.db', 1, 40),
      call(page, 'write', 'two.db', 101, 120),
      call(page, 'transact', 'two.db', 121, 160, true),
    ]);
    expect([all(one), all(two), rolledBack]).toEqual([['ok'], ['ok'], { error: 'Error', message: expect.any(String) }]);
    expect(await call(page, 'close', 'one.db')).toBe('ok');
    expect(all(await call(page, 'write', 'two.db', 121, 125))).toEqual(['ok']);
    await again(page);
    for (const name of ['two.db', 'one.db']) await call(page, 'open', name, { storage });
    expect(await call(page, 'read', 'one.db')).toEqual(upTo(40));
    expect(await call(page, 'read', 'two.db')).toEqual(upTo(125, 101));
  });

  test(`nor do two pages with a database each: ${storage}`, async ({ context }) => {
    const [left, right] = [await visit(context), await visit(context)];
    await Promise.all([call(left, 'open', 'left.db', { storage }), call(right, 'open', 'right.db', { storage })]);
    const [one, two, committed] = await Promise.all([
      call(left, 'write', 'left.db', 1, 40),
      call(right, 'write', 'right.db', 101, 120),
      call(right, 'transact', 'right.db', 121, 140, false),
    ]);
    expect([all(one), all(two), committed]).toEqual([['ok'], ['ok'], 'ok']);
    // One goes away while the other writes.
    const writing = call(right, 'write', 'right.db', 141, 160);
    await Promise.all([left.close(), writing]);
    expect(all(await writing)).toEqual(['ok']);
    await again(right);
    for (const name of ['left.db', 'right.db']) expect(await call(right, 'open', name, { storage })).toBe('ok');
    expect(await call(right, 'read', 'left.db')).toEqual(upTo(40));
    expect(await call(right, 'read', 'right.db')).toEqual(upTo(160, 101));
  });
}

for (const [system, storage] of [
  ['berkeley', 'indexeddb'],
  ['berkeley', 'opfs'],
  ['postgresql', 'indexeddb'],
  ['postgresql', 'opfs'],
] as const) {
  test(`a page that is closed leaves its database to the next, with all it was told of: ${system}, ${storage}`, async ({
    context,
  }) => {
    let page = await visit(context);
    for (let n = 1; n <= 9; n += 3) {
      expect(await call(page, 'open', 'handed-on.db', { storage }, system)).toBe('ok');
      expect(await call(page, 'read', 'handed-on.db')).toEqual(upTo(n - 1));
      expect(all(await call(page, 'write', 'handed-on.db', n, n + 2))).toEqual(['ok']);
      const next = await visit(context);
      expect(await call(next, 'open', 'handed-on.db', { storage }, system)).toMatchObject({ error: 'DatabaseInUseError' });
      // Nobody will end what it has begun.
      void call(page, 'transact', 'handed-on.db', 1001, 9999, false).catch(() => {});
      await page.close();
      page = next;
    }
  });
}

const hasShell = spawnSync('sqlite3', ['--version']).status === 0;
const shell = (path: string, sql: string): string => spawnSync('sqlite3', [path, sql], { encoding: 'utf8' }).stdout.trim();

for (const storage of ['indexeddb', 'opfs'] as const) {
  test(`a file leaves the page for the sqlite3 shell, and comes back: ${storage}`, async ({ context }, info) => {
    test.skip(!hasShell, 'the sqlite3 shell is not installed');
    const file = join(info.outputDir, 'ledger.db');
    const page = await visit(context);
    await call(page, 'open', 'ledger.db', { storage });
    expect(all(await call(page, 'write', 'ledger.db', 1, 50))).toEqual(['ok']);
    const [download] = await Promise.all([page.waitForEvent('download'), call(page, 'save', 'ledger.db')]);
    await download.saveAs(file);
    expect(shell(file, 'PRAGMA integrity_check; SELECT count(*), sum(n), sum(length(ballast)) FROM entry')).toBe(
      'ok\n50|1275|1500000',
    );
    shell(file, "PRAGMA journal_mode=WAL; DELETE FROM entry WHERE n > 3; INSERT INTO entry VALUES (77, x'00ff'); VACUUM;");
    await page.setInputFiles('input', file);
    expect(await call(page, 'load', 'ledger.db')).toBe('ok');
    expect(await call(page, 'read', 'ledger.db')).toEqual([1, 2, 3, 77]);
    expect(all(await call(page, 'write', 'ledger.db', 78, 79))).toEqual(['ok']);
    await again(page);
    await call(page, 'open', 'ledger.db', { storage });
    expect(await call(page, 'read', 'ledger.db')).toEqual([1, 2, 3, 77, 78, 79]);
  });
}

/** Makes Chromium give the page so many bytes, or as many as it likes. */
async function allow(session: CDPSession, quotaSize?: number): Promise<void> {
  const { origin } = new URL(served.url);
  await session.send('Storage.overrideQuotaForOrigin', quotaSize === undefined ? { origin } : { origin, quotaSize });
}

/** Bytes the page may keep at first: an empty cluster of Postgres is larger than an empty file. */
const ROOM = { sqlite: 4_000_000, berkeley: 4_000_000, postgresql: 12_000_000 };

/** Writes until the disk is full; the numbers that were acknowledged before. */
async function fillUp(page: Page, from = 1): Promise<number[]> {
  const acknowledged: number[] = [];
  for (let n = from; ; n += 5) {
    const answers = await call(page, 'write', 'full.db', n, n + 4);
    acknowledged.push(...upTo(n + 4, n).filter((_, at) => answers[at] === 'ok'));
    const refused = answers.filter((answer) => answer !== 'ok');
    expect(refused).toEqual(refused.map(() => full));
    if (refused.length > 0) return acknowledged;
  }
}

const full = { error: 'StorageFullError', message: expect.stringContaining('full.db') };

for (const [system, storage, durability, window] of [
  ['sqlite', 'indexeddb', 'strict', 'ordinary'],
  ['sqlite', 'indexeddb', 'relaxed', 'ordinary'],
  ['sqlite', 'opfs', 'strict', 'ordinary'],
  ['sqlite', 'opfs', 'strict', 'private'],
  ['berkeley', 'indexeddb', 'strict', 'ordinary'],
  ['berkeley', 'opfs', 'strict', 'ordinary'],
  ['berkeley', 'opfs', 'relaxed', 'private'],
  ['postgresql', 'indexeddb', 'strict', 'ordinary'],
  ['postgresql', 'opfs', 'strict', 'private'],
] as const) {
  test(`a full disk: nothing acknowledged is lost, and it goes on when there is room: ${system}, ${storage} ${durability}, ${window} window`, async ({
    browser,
  }) => {
    // A private window keeps its files in memory, counts them otherwise and tells in another way that there is no room.
    const profile = mkdtempSync(join(tmpdir(), 'waxwing-full-'));
    const context =
      window === 'private' ? await browser.newContext() : await chromium.launchPersistentContext(profile, chromiumLaunch);
    const page = await visit(context);
    const session = await context.newCDPSession(page);
    const options = { storage, durability };
    await allow(session, ROOM[system]);
    expect(await call(page, 'open', 'full.db', options, system)).toBe('ok');
    const acknowledged = await fillUp(page);
    expect(acknowledged.length).toBeGreaterThan(5);
    // Whoever goes on trying is refused again, or has found room that was made meanwhile.
    await allow(session, 1000);
    acknowledged.push(...(await fillUp(page, 1001)));
    expect(await call(page, 'read', 'full.db')).toEqual(expect.arrayContaining(acknowledged));

    await allow(session, 3 * ROOM[system]);
    expect(await call(page, 'write', 'full.db', 2001, 2002)).toEqual(['ok', 'ok']);
    expect(await call(page, 'flush', 'full.db')).toBe('ok');
    expect(await call(page, 'state', 'full.db')).toMatchObject({ pending: 0 });
    const seen = await call(page, 'read', 'full.db');
    expect(seen).toEqual(expect.arrayContaining([...acknowledged, 2001, 2002]));
    await again(page);
    expect(await call(page, 'open', 'full.db', options, system)).toBe('ok');
    expect(await call(page, 'read', 'full.db')).toEqual(seen);

    // The page goes away while the disk is full: what was acknowledged is there, what was refused may be.
    const more = await fillUp(page, 3001);
    await again(page);
    await allow(session);
    expect(await call(page, 'open', 'full.db', options, system)).toBe('ok');
    expect(await call(page, 'read', 'full.db')).toEqual(expect.arrayContaining([...seen, ...more]));
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
}
