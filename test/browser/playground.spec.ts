/** The playground as a visitor uses it: built, served, opened in a real browser. */
import { expect, type Page } from '@playwright/test';
import { everyExampleRuns, isDone, openPlayground, runCode } from './playground-page.ts';
import { visits } from './visitor.ts';

const { test, playground } = visits();

/** What no run may leave behind. */
async function isFree(page: Page): Promise<void> {
  await expect(page.locator('.error-card')).toHaveCount(0);
}

test('the first visit loads the data with progress, the second finds it there', async ({ page }) => {
  const steps = page.locator('.steps li');
  await page.goto(playground.url);
  await expect(steps.first()).toBeVisible();
  await page.locator('html[data-ready]').waitFor();
  await runCode(page, 'show([await Airport.select().count(), await Flight.select().count(), await Strike.select().count()])');
  await expect(page.locator('.shown-line code')).toHaveText('3377, 20000, 10000');

  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  await expect(steps).toHaveCount(0);
});

test('every example runs', async ({ page }) => {
  await openPlayground(page, playground);
  await everyExampleRuns(page);
});

test('the grid scrolls through a hundred thousand rows with a bounded number of elements', async ({ page }) => {
  await openPlayground(page, playground);
  await page.locator('[data-example="hundred-thousand"]').click();
  await isDone(page);
  await expect(page.locator('.grid-bar')).toContainText('100,000 rows');
  const grid = page.locator('.grid');
  const rows = page.locator('.grid-row');
  for (const part of [0.1, 0.5, 0.77, 1]) {
    await grid.evaluate((element, to) => element.scrollTo(0, element.scrollHeight * to), part);
    const first = Math.floor(part * 100_000) - 60;
    await expect
      .poll(async () => Number(await page.locator('.grid-row:not([hidden])').nth(3).getAttribute('aria-rowindex')))
      .toBeGreaterThan(Math.max(0, first - 100));
    expect(await rows.count()).toBeLessThan(90);
  }
  await expect(page.locator('.grid-row[aria-rowindex="100001"]')).toBeVisible();
  // The keyboard goes through it too, and copies.
  await grid.focus();
  await page.keyboard.press('Control+Home');
  await expect(page.locator('.grid-cell.active')).toBeVisible();
  expect(await grid.evaluate((element) => element.scrollTop)).toBe(0);
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.grid-row[aria-rowindex="3"] .active')).toBeVisible();
});

test('the keyboard keeps its place', async ({ page }) => {
  await openPlayground(page, playground);
  // Arrows pass by what would be downloaded; Enter takes it, and finds itself there again.
  const engines = page.getByRole('banner').getByRole('radiogroup', { name: 'Engine' });
  const places = page.getByRole('banner').getByRole('radiogroup', { name: 'Where the data is kept' });
  await engines.getByRole('radio', { name: 'SQLite' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(engines.getByRole('radio', { name: 'Postgres' })).toBeFocused();
  await expect(engines.getByRole('radio', { name: 'SQLite' })).toBeChecked();
  await places.getByRole('radio', { name: 'IndexedDB' }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(places.getByRole('radio', { name: 'Memory' })).toBeChecked({ timeout: 60_000 });
  await expect(places.getByRole('radio', { name: 'Memory' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(places.getByRole('radio', { name: 'IndexedDB' })).toBeChecked({ timeout: 60_000 });
  await page.locator('.button.run').press('Enter');
  await isDone(page);
  await expect(page.locator('.button.run')).toBeFocused();
  // Out of the code, to what came of it.
  await page.locator('.cm-content').focus();
  await expect(page.getByText('leaves the code')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('separator', { name: 'Height of the code' })).toBeFocused();
  await page.locator('[data-screen="schema"]').press('Enter');
  await page.getByRole('button', { name: /^airport / }).press('Enter');
  await isDone(page);
  await expect(page.getByRole('region', { name: 'Result', exact: true })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('tab', { name: /Result/ })).toBeFocused();
});

test('what is changed is there after a reload', async ({ page }) => {
  await openPlayground(page, playground);
  await runCode(page, "await Airport.update({ city: 'Seattle-Tacoma' }).where(Airport.iata.eq('SEA'))");
  await isFree(page);
  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  await runCode(page, "(await Airport.getById('SEA')).city");
  await expect(page.locator('.shown-line code')).toHaveText('Seattle-Tacoma');
});

test('errors are shown with their class and marked at their line', async ({ page }) => {
  await openPlayground(page, playground);
  await runCode(page, "const n: number = 1;\nawait State.create({ code: 'OR', title: 'Oregon' });");
  await expect(page.locator('.error-card strong')).toHaveText('IntegrityError');
  await expect(page.locator('.cm-line').nth(1).locator('.cm-lintRange-error')).toHaveCount(1);
  await runCode(page, 'const a = 1;\nconst b = = 2;');
  await expect(page.locator('.error-card strong')).toHaveText('SyntaxError');
  await expect(page.locator('.cm-line').nth(1).locator('.cm-lintRange-error, .cm-lintPoint-error')).toHaveCount(1);
});

test('completion knows the models', async ({ page }) => {
  await openPlayground(page, playground);
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Airport.la');
  await expect(page.locator('.cm-tooltip-autocomplete li').first()).toContainText('latitude');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Flig');
  await expect(page.locator('.cm-tooltip-autocomplete li').first()).toContainText('Flight');
});

test('the SQL, the plan and the tree of a query are shown', async ({ page }) => {
  await openPlayground(page, playground);
  await page.locator('[data-example="rows"]').click();
  await expect(page.locator('.grid')).toBeVisible();
  await page.locator('[data-tab="sql"]').click();
  await expect(page.locator('.sql-list li').first()).toContainText('FROM "flight"');
  await page.locator('[data-tab="plan"]').click();
  await expect(page.locator('.plan-step.search').first()).toContainText('airport');
  await expect(page.locator('.plan-step.scan').first()).toContainText('flight');
  await page.locator('[data-tab="tree"]').click();
  await page.locator('.tree summary').first().click();
  await expect(page.locator('.tree li li').filter({ hasText: 'origin' }).first()).toContainText('Airport');
});

test('the models move between IndexedDB, OPFS and memory', async ({ page }) => {
  await openPlayground(page, playground);
  await runCode(page, "await Airport.update({ city: 'Here' }).where(Airport.iata.eq('SEA'))");
  for (const place of ['opfs', 'memory']) {
    await page.locator(`.bar [data-value="${place}"]`).click();
    await expect(page.locator(`.bar [data-value="${place}"]`)).toHaveAttribute('aria-checked', 'true', { timeout: 60_000 });
    await expect(page.locator('.veil')).toHaveCount(0);
    await runCode(page, "[(await Airport.getById('SEA')).city, (await database.storage.state()).backend]");
    await expect(page.locator('.shown-line code')).toHaveText(`Seattle, ${place}`);
  }
  await page.locator('.bar [data-value="indexeddb"]').click();
  await expect(page.locator('.bar [data-value="indexeddb"]')).toHaveAttribute('aria-checked', 'true');
  await runCode(page, "(await Airport.getById('SEA')).city");
  await expect(page.locator('.shown-line code')).toHaveText('Here');
});

test('a database goes out as a file and comes back in; a foreign file is refused', async ({ page }) => {
  await openPlayground(page, playground);
  await page.locator('[data-screen="storage"]').click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export SQLite' }).click();
  const file = await (await download).path();

  await page.locator('[data-screen="query"]').click();
  await runCode(page, 'await Strike.delete()');
  await page.locator('[data-screen="storage"]').click();
  await page.locator('input[type=file]').setInputFiles({
    name: 'notes.db',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('PK no database at all'.repeat(500)),
  });
  await expect(page.locator('.veil .error-card strong')).toHaveText('CorruptDatabaseError');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.locator('[data-screen="query"]').click();
  await runCode(page, '[await Strike.select().count(), await Flight.select().count()]');
  await expect(page.locator('.shown-line code')).toHaveText('0, 20000');

  await page.locator('[data-screen="storage"]').click();
  await page.locator('input[type=file]').setInputFiles(file);
  await expect(page.locator('.toast')).toContainText('is in');
  await page.locator('[data-screen="query"]').click();
  await runCode(page, 'await Strike.select().count()');
  await expect(page.locator('.shown-line code')).toHaveText('10000');
});

test('a second tab is told that the first has the database', async ({ page, context }) => {
  await openPlayground(page, playground);
  const second = await context.newPage();
  await second.goto(playground.url);
  await expect(second.getByRole('heading', { name: 'Open in another tab' })).toBeVisible();
  await second.getByRole('button', { name: 'Use a copy in memory' }).click();
  await second.locator('html[data-ready]').waitFor();
  await runCode(second, 'await Flight.select().count()');
  await expect(second.locator('.shown-line code')).toHaveText('20000');
  await second.close();
});

test('after the first visit it works without a network', async ({ page, context }) => {
  await openPlayground(page, playground);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller)
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  });
  playground.goOffline();
  await context.setOffline(true);
  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  await runCode(page, 'await Flight.select().count()');
  await expect(page.locator('.shown-line code')).toHaveText('20000');
  // Memory has to load everything anew, from the cache alone.
  await page.locator('.bar [data-value="memory"]').click();
  await expect(page.locator('.bar [data-value="memory"]')).toHaveAttribute('aria-checked', 'true', { timeout: 60_000 });
});
