/** The playground on Postgres: chosen, downloaded then, used on every screen, and started again without a network. */
import { expect, type Page } from '@playwright/test';
import { choose, everyExampleRuns, openPlayground, runCode } from './playground-page.ts';
import { visits } from './visitor.ts';

const { test, playground } = visits();

/** Opens the playground, on Postgres. */
async function openOnPostgres(page: Page): Promise<void> {
  await openPlayground(page, playground);
  const isChosen = await page.locator('.bar [data-value="postgresql"]').getAttribute('aria-checked');
  if (isChosen !== 'true') await choose(page, 'postgresql');
}

test('Postgres is downloaded when it is chosen, not before, and both engines keep their data', async ({ page, context }) => {
  const asked: string[] = [];
  context.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await openPlayground(page, playground);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
  expect(asked.filter((path) => /postgres|pglite|initdb/.test(path))).toEqual([]);

  await runCode(page, "await Airport.update({ city: 'SQLite was here' }).where(Airport.iata.eq('SEA'))");
  await page.locator('.bar [data-value="postgresql"]').click();
  await expect(page.locator('.veil h1')).toHaveText('Starting Postgres');
  await expect(page.locator('.steps li').first()).toContainText('Postgres');
  await expect(page.locator('.veil')).toHaveCount(0, { timeout: 90_000 });
  expect(asked.filter((path) => /pglite-\w+\.wasm$/.test(path)).length).toBeGreaterThan(0);
  await runCode(page, "[(await Airport.getById('SEA')).city, await Flight.select().count(), await Strike.select().count()]");
  await expect(page.locator('.shown-line code')).toHaveText('Seattle, 20000, 10000');
  await runCode(page, "(await database.executeSql('select version()')).scalar()");
  await expect(page.locator('.results')).toContainText('PostgreSQL 18');

  // What was chosen is chosen again, and what was written is there.
  await runCode(page, "await Airport.update({ city: 'Postgres was here' }).where(Airport.iata.eq('SEA'))");
  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  await runCode(page, "(await Airport.getById('SEA')).city");
  await expect(page.locator('.shown-line code')).toHaveText('Postgres was here');
  await choose(page, 'sqlite');
  await runCode(page, "(await Airport.getById('SEA')).city");
  await expect(page.locator('.shown-line code')).toHaveText('SQLite was here');
  await choose(page, 'postgresql');
});

test('every example runs on Postgres', async ({ page }) => {
  await openOnPostgres(page);
  await everyExampleRuns(page);
});

test('the SQL and the plan of a query are shown', async ({ page }) => {
  await openOnPostgres(page);
  await page.locator('[data-example="rows"]').click();
  await expect(page.locator('.grid')).toBeVisible();
  await page.locator('[data-tab="sql"]').click();
  await expect(page.locator('.sql-list li').first()).toContainText('FROM "flight"');
  await page.locator('[data-tab="plan"]').click();
  await expect(page.locator('.plan-step.scan').first()).toContainText('flight');
  await expect(page.locator('.plan-step').filter({ hasText: 'LIMIT' })).toContainText(/about [\d,]+ rows, cost \d/);
});

test('the schema and the storage are Postgres’s', async ({ page }) => {
  await openOnPostgres(page);
  await page.locator('[data-screen="schema"]').click();
  const flight = page.locator('.table-card').filter({ hasText: 'flight' }).first();
  await expect(flight).toContainText('departed_at');
  await expect(flight).toContainText('timestamp');
  await page.locator('[data-screen="storage"]').click();
  await expect(page.locator('.facts')).toContainText('Postgres 18');
  await expect(page.locator('.facts')).toContainText('IndexedDB');
});

test('a database goes out as SQL and as a cluster, and comes back in from either; what is neither is refused', async ({
  page,
}) => {
  await openOnPostgres(page);
  const files: string[] = [];
  for (const name of ['Export SQL', 'Export the cluster']) {
    await page.locator('[data-screen="storage"]').click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    files.push(await (await download).path());
  }
  const refused = { name: 'notes.sql', mimeType: 'text/plain', buffer: Buffer.from('These are no statements.') };
  await page.locator('input[type=file]').setInputFiles(refused);
  await expect(page.locator('.veil .error-card strong')).toHaveText('ProgrammingError');
  await page.getByRole('button', { name: 'Close' }).click();
  for (const file of files) {
    await page.locator('[data-screen="query"]').click();
    await runCode(page, 'await Strike.delete()');
    await page.locator('[data-screen="storage"]').click();
    await page.locator('input[type=file]').setInputFiles(file);
    await expect(page.locator('.toast')).toContainText('is in', { timeout: 60_000 });
    await page.locator('[data-screen="query"]').click();
    await runCode(page, 'await Strike.select().count()');
    await expect(page.locator('.shown-line code')).toHaveText('10000');
  }
});

test('the models move between IndexedDB, OPFS and memory', async ({ page }) => {
  await openOnPostgres(page);
  for (const place of ['opfs', 'memory', 'indexeddb']) {
    await choose(page, place);
    await runCode(page, '[await Flight.select().count(), (await database.storage.state()).backend]');
    await expect(page.locator('.shown-line code')).toHaveText(`20000, ${place}`);
  }
});

test('once it was chosen, it starts without a network', async ({ page, context }) => {
  await openOnPostgres(page);
  playground.goOffline();
  await context.setOffline(true);
  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  await runCode(page, "(await database.executeSql('select version()')).scalar()");
  await expect(page.locator('.results')).toContainText('PostgreSQL 18');
  await runCode(page, 'await Flight.select().count()');
  await expect(page.locator('.shown-line code')).toHaveText('20000');
});
