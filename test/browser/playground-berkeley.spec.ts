/** The playground on Berkeley DB: its files dropped on the page, looked at, queried, and taken out again in either format. */
import { readFile } from 'node:fs/promises';
import { expect, type Page } from '@playwright/test';
import { hasJudges, judge } from '../tools/berkeley.ts';
import { choose, drop, everyExampleRuns, genuine, isChosen, isDone, openPlayground, runCode } from './playground-page.ts';
import { visits } from './visitor.ts';

const { test, playground } = visits();

/** Opens the playground, on Berkeley DB with the data of the examples. */
async function openOnBerkeley(page: Page): Promise<void> {
  await openPlayground(page, playground);
  await choose(page, 'berkeley');
}

async function dropCorpus(page: Page, name: string): Promise<void> {
  await drop(page, name, await readFile(genuine(name)));
  await expect(page.locator('.toast')).toContainText(`${name} is in`, { timeout: 30_000 });
}

/** Has what is stored deleted, and the data of the examples put in its place. */
async function startOver(page: Page): Promise<void> {
  await page.locator('[data-screen="storage"]').click();
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'Delete and fill it anew' }).click();
  await expect(page.locator('.veil')).toHaveCount(0, { timeout: 60_000 });
}

async function exported(page: Page, button: string): Promise<Buffer> {
  await page.locator('[data-screen="storage"]').click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  return readFile(await (await download).path());
}

/** What a line of code comes to. */
async function answer(page: Page, code: string): Promise<string> {
  await page.locator('[data-screen="query"]').click();
  await runCode(page, code);
  return (await page.locator('.shown-line code').textContent()) ?? '';
}

const isBerkeley = (file: Buffer): boolean => file.readUInt32LE(12) === 0x053162;
const isSqlite = (file: Buffer): boolean => file.toString('latin1', 0, 15) === 'SQLite format 3';

test('nothing of Berkeley DB is fetched before it is chosen, and both engines keep their data', async ({ page, context }) => {
  const asked: string[] = [];
  context.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const ofBerkeley = (): string[] => asked.filter((path) => path.startsWith('/berkeley/'));
  await openPlayground(page, playground);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
  expect(ofBerkeley()).toEqual([]);

  await answer(page, "await Airport.update({ city: 'SQLite was here' }).where(Airport.iata.eq('SEA'))");
  expect(ofBerkeley()).toEqual([]);
  await choose(page, 'berkeley');
  expect(ofBerkeley().length).toBeGreaterThan(0);
  const counts = "[(await Airport.getById('SEA')).city, await Flight.select().count(), await Strike.select().count()]";
  expect(await answer(page, counts)).toBe('Seattle, 20000, 10000');

  // What was chosen is chosen again, and what was written is there.
  await answer(page, "await Airport.update({ city: 'Berkeley DB was here' }).where(Airport.iata.eq('SEA'))");
  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  await isChosen(page, 'berkeley');
  expect(await answer(page, "(await Airport.getById('SEA')).city")).toBe('Berkeley DB was here');
  await choose(page, 'sqlite');
  expect(await answer(page, "(await Airport.getById('SEA')).city")).toBe('SQLite was here');
  await choose(page, 'berkeley');
});

test('every example runs on Berkeley DB', async ({ page }) => {
  await openOnBerkeley(page);
  await everyExampleRuns(page);
});

test('what such a file cannot hold is refused, and said', async ({ page }) => {
  await openOnBerkeley(page);
  await runCode(page, "await database.executeSql('CREATE TABLE tag (name TEXT PRIMARY KEY) WITHOUT ROWID')");
  await expect(page.locator('.error-card strong')).toHaveText('NotSupportedError');
  await expect(page.locator('.error-card')).toContainText('"tag"');
  await expect(page.locator('.error-card')).toContainText('WITHOUT ROWID');
  expect(await answer(page, "(await database.getTables()).includes('tag')")).toBe('false');
});

test('the storage screen says what is stored', async ({ page }) => {
  await openOnBerkeley(page);
  await page.locator('[data-screen="storage"]').click();
  const facts = page.locator('.facts');
  for (const place of ['opfs', 'memory', 'indexeddb']) {
    await choose(page, place);
    await expect(facts).toContainText(place === 'memory' ? 'Stored asnothing' : 'Stored asBerkeley DB file');
  }
  await expect(facts).toContainText('Page size4,096 bytes');
  await expect(page.locator('.storage')).toContainText('a genuine Berkeley DB file after every commit');
  await expect(facts).toContainText('SQLite 3.');
  await expect(facts).toContainText('IndexedDB');
});

test('a file of Berkeley DB that is dropped opens in its own engine: its schema, its rows, its queries', async ({ page }) => {
  await openPlayground(page, playground);
  await choose(page, 'sqlite');
  await page.locator('[data-screen="query"]').click();
  await dropCorpus(page, '02-basic.db');
  await isChosen(page, 'berkeley');
  await expect(page.getByRole('heading', { name: 'Schema' })).toBeVisible();
  const { tables } = JSON.parse(await readFile(genuine('02-basic.json'), 'utf8')) as { tables: Tables };
  for (const [name, { columns, rows }] of Object.entries(tables)) {
    if (name.startsWith('sqlite_')) continue;
    const card = page.locator(`.table-card[data-table="${name}"]`);
    await expect(card).toContainText(rows.length === 1 ? '1 row' : `${rows.length.toLocaleString('en')} rows`);
    for (const column of columns) await expect(card).toContainText(column);
  }
  // Its rows, as the file's own program counted them.
  const [name, { columns, rows }] = Object.entries(tables).reduce((a, b) => (b[1].rows.length > a[1].rows.length ? b : a));
  await page.locator(`.table-card[data-table="${name}"] .table-title`).click();
  await expect(page.locator('.grid-bar')).toContainText(`${rows.length.toLocaleString('en')} rows`);
  await expect(page.locator('.grid-name')).toHaveText(columns);
  const sum = `(await database.executeSql('SELECT count(*) FROM "${name}"')).scalar()`;
  expect(await answer(page, sum)).toBe(String(rows.length));
  // It is there at the next visit too, and nothing was put beside it.
  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  expect((await answer(page, 'await database.getTables()')).split(', ').sort()).toEqual(
    Object.keys(tables)
      .filter((table) => !table.startsWith('sqlite_'))
      .sort(),
  );
  await startOver(page);
  expect(await answer(page, 'await Flight.select().count()')).toBe('20000');
});

interface Tables {
  readonly [name: string]: { readonly columns: string[]; readonly rows: readonly unknown[][] };
}

test('every file of the corpus can be looked at', async ({ page }) => {
  await openOnBerkeley(page);
  await choose(page, 'memory');
  const files = ['01-empty.db', '03-values.db', '04-duplicates.db', '06-overflow.db', '07-collations-desc.db', '11-schema.db'];
  for (const file of files) {
    await dropCorpus(page, file);
    const { tables } = JSON.parse(await readFile(genuine(file.replace('.db', '.json')), 'utf8')) as { tables: Tables };
    const names = Object.keys(tables).filter((name) => !name.startsWith('sqlite_'));
    await expect.soft(page.locator('.table-card:not(.view)'), file).toHaveCount(names.length);
    await expect(page.locator('.schema .error-card')).toHaveCount(0);
    for (const name of names) {
      await page.locator('[data-screen="schema"]').click();
      await page.locator(`.table-card[data-table=${JSON.stringify(name)}] .table-title`).click();
      await isDone(page);
      await expect(page.locator('.error-card')).toHaveCount(0);
      const { length } = tables[name]?.rows ?? [];
      await expect
        .soft(page.locator('.result-pane'), name)
        .toContainText(length ? `${length.toLocaleString('en')} row` : 'No rows.');
    }
  }
  await page.locator('[data-screen="schema"]').click();
  await expect(page.locator('.table-card.view')).toContainText('pv');
});

test('a database goes out in either format, and comes back in from either', async ({ page }) => {
  await openOnBerkeley(page);
  await dropCorpus(page, '02-basic.db');
  const tables = await answer(page, 'await database.getTables()');
  const berkeley = await exported(page, 'Export Berkeley DB');
  expect(isBerkeley(berkeley)).toBe(true);
  if (hasJudges) expect(await judge.verify(berkeley)).toBeUndefined();
  const sqlite = await exported(page, 'Export SQLite');
  expect(isSqlite(sqlite)).toBe(true);

  await drop(page, 'out.sqlite', sqlite);
  await isChosen(page, 'sqlite');
  expect(await answer(page, 'await database.getTables()')).toBe(tables);
  const again = await exported(page, 'Export Berkeley DB');
  expect(isBerkeley(again)).toBe(true);
  if (hasJudges) expect(await judge.verify(again)).toBeUndefined();
  if (hasJudges) expect(await judge.rows(again)).toEqual(await judge.rows(await readFile(genuine('02-basic.db'))));

  // By the button this time.
  await page.locator('input[type=file]').setInputFiles({ name: 'again.db', mimeType: '', buffer: again });
  await isChosen(page, 'berkeley');
  expect(await answer(page, 'await database.getTables()')).toBe(tables);
  await startOver(page);
  await choose(page, 'sqlite');
  await startOver(page);
});

test('a file that cannot be read is refused with what to do about it, and nothing is changed', async ({ page }) => {
  await openPlayground(page, playground);
  await choose(page, 'sqlite');
  const sound = await readFile(genuine('02-basic.db'));
  const changed = (at: number, ...bytes: number[]): Uint8Array => {
    const copy = Uint8Array.from(sound);
    copy.set(bytes, at);
    return copy;
  };
  const refused: [name: string, file: Uint8Array, error: RegExp, text: RegExp][] = [
    ['copied.db', await readFile(genuine('90-not-checkpointed.db')), /Error$/, /checkpoint|journal/i],
    ['encrypted.db', changed(24, 1), /Error$/, /encrypt/i],
    ['checksummed.db', changed(26, 1), /Error$/, /checksum/i],
    ['big-endian.db', changed(12, 0x00, 0x05, 0x31, 0x62), /Error$/, /big-endian|order of bytes|byte order/i],
    ['hash.db', changed(12, 0x61, 0x15, 0x06, 0x00), /Error$/, /hash/i],
    ['cut.db', sound.subarray(0, 20_000), /CorruptDatabaseError/, /cut|page/i],
    ['damaged.db', changed(4096 + 26, ...new Array<number>(600).fill(0xaa)), /CorruptDatabaseError/, /damaged|page/i],
  ];
  for (const [name, file, error, text] of refused) {
    await drop(page, name, file);
    const veil = page.getByRole('dialog', { name: `Importing ${name}` });
    await expect(veil.locator('.error-card strong')).toHaveText(error, { timeout: 30_000 });
    await expect(veil.locator('.error-card p')).toContainText(text);
    await expect(veil).toContainText('nothing was changed');
    await veil.getByRole('button', { name: 'Close' }).click();
    await isChosen(page, 'sqlite');
  }
  expect(await answer(page, 'await Flight.select().count()')).toBe('20000');
  await choose(page, 'berkeley');
  expect(await answer(page, 'await Flight.select().count()')).toBe('20000');
});

test('once it was chosen, it starts without a network', async ({ page, context }) => {
  await openOnBerkeley(page);
  playground.goOffline();
  await context.setOffline(true);
  await page.reload();
  await page.locator('html[data-ready]').waitFor();
  await isChosen(page, 'berkeley');
  expect(await answer(page, 'await Flight.select().count()')).toBe('20000');
  await dropCorpus(page, '11-schema.db');
  await expect(page.locator('.table-card').first()).toBeVisible();
});
