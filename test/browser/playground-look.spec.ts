/** The playground's looks, as far as a machine can judge them: accessible, nothing cut off, in both themes and widths. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { drop, genuine, openPlayground, type Playground, servePlayground } from './playground-page.ts';

let playground: Playground;
let visitor: BrowserContext;
let axe: string;
test.beforeAll(async ({ browser }) => {
  test.setTimeout(240_000);
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  playground = await servePlayground();
  visitor = await browser.newContext();
});
test.afterAll(async () => {
  await visitor?.close();
  await playground?.close();
});

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe: tool } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await tool.run()).violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** How many pixels high the smallest letters of a plan are as they are seen; a picture is scaled. */
async function smallestLetters(page: Page): Promise<number> {
  const sizes = await page
    .locator('.plan text:visible')
    .evaluateAll((texts) =>
      (texts as SVGTextElement[]).map(
        (text) => Number.parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM()?.a ?? 0),
      ),
    );
  return Math.min(...sizes);
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [390, 1440]) {
    test(`${colorScheme} at ${width} pixels`, async () => {
      const page = await visitor.newPage();
      await page.setViewportSize({ width, height: width < 800 ? 844 : 900 });
      await page.emulateMedia({ colorScheme });
      const refused: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') refused.push(message.text());
      });
      await openPlayground(page, playground);
      await page.locator('.button.run').click();
      await page.locator('.grid').waitFor();
      for (const tab of ['grid', 'sql', 'plan', 'tree']) {
        await page.locator(`[data-tab="${tab}"]`).click();
        expect(await serious(page), tab).toEqual([]);
        expect(await overflow(page), tab).toBeLessThanOrEqual(0);
        expect(await smallestLetters(page), tab).toBeGreaterThan(8.5);
      }
      // A row of the tree is a line, however long its text.
      expect(await page.locator('.tree').evaluate((tree) => tree.scrollWidth - tree.clientWidth)).toBe(0);
      expect((await page.locator('.tree summary').first().boundingBox())?.height).toBeLessThan(30);
      for (const screen of ['schema', 'storage']) {
        await page.locator(`[data-screen="${screen}"]`).click();
        await page.locator(screen === 'schema' ? '.table-card >> nth=0' : '.facts dd >> nth=0').waitFor();
        expect(await serious(page), screen).toEqual([]);
        expect(await overflow(page), screen).toBeLessThanOrEqual(0);
      }
      await drop(page, 'schema.db', await readFile(genuine('11-schema.db')));
      await page.locator('.table-card.view').waitFor();
      expect(await serious(page), 'dropped').toEqual([]);
      expect(await overflow(page), 'dropped').toBeLessThanOrEqual(0);
      await drop(page, 'copied.db', await readFile(genuine('90-not-checkpointed.db')));
      await page.locator('.veil .error-card').waitFor();
      expect(await serious(page), 'refused').toEqual([]);
      expect(await overflow(page), 'refused').toBeLessThanOrEqual(0);
      await page.getByRole('button', { name: 'Close' }).click();
      const theme = await page.evaluate(() => document.documentElement.dataset['theme']);
      expect(theme).toBe(colorScheme);
      await page.getByRole('button', { name: /Use the .* theme/ }).click();
      expect(await page.evaluate(() => document.documentElement.dataset['theme'])).not.toBe(colorScheme);
      // The content security policy refused nothing, and nothing else complained.
      expect(refused).toEqual([]);
      await page.evaluate(() => localStorage.clear());
      await page.close();
    });
  }
}
