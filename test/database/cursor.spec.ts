/** A cursor over a million rows takes no more of the page's memory than its batches. */
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { type Served, serve } from '../tools/serve.ts';
import type {} from './pages/cursor/page.ts';

/** What the contract grants, in bytes. */
const GRANTED = 20_000_000;

let served: Served;
test.beforeAll(async () => {
  served = await serve(fileURLToPath(new URL('../../', import.meta.url)));
});
test.afterAll(() => served.close());

/** By how much the page's heap and buffers were larger at most, on the way, than before the first row. */
async function growth(page: Page, rows: number, shape: 'models' | 'dicts', keeps: boolean): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const used: number[] = [];
  await page.exposeFunction('measure', async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = (await session.send('Runtime.getHeapUsage')) as Record<string, number>;
    used.push((usedSize as number) + backingStorageSize);
  });
  await page.goto(`${served.url}test/database/pages/cursor/`);
  await page.waitForFunction(() => 'walk' in globalThis);
  const seen = await page.evaluate(([n, as, all]) => walk(n, as, all), [rows, shape, keeps] as const);
  expect(seen).toBe(rows);
  expect(used).toHaveLength(1 + Math.floor(rows / 250_000));
  return Math.max(...used.slice(1)) - (used[0] as number);
}

for (const shape of ['models', 'dicts'] as const) {
  test(`a million rows as ${shape}`, async ({ page }) => {
    const grown = await growth(page, 1_000_000, shape, false);
    console.log(`a million rows as ${shape}: the heap grew by ${(grown / 1e6).toFixed(1)} MB`);
    expect(grown).toBeLessThan(GRANTED);
  });
}

test('who keeps the rows is found out', async ({ page }) => {
  expect(await growth(page, 500_000, 'dicts', true)).toBeGreaterThan(GRANTED);
});
