/** Builds and serves the playground once per spec, and does in it what visitors do. */

import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page } from '@playwright/test';
import { build } from 'vite';

const project = fileURLToPath(new URL('../../', import.meta.url));

export interface Playground {
  readonly url: string;
  /** Answers nothing any more, as a server out of reach. */
  goOffline(): void;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.csv': 'text/csv',
  '.webmanifest': 'application/manifest+json',
};

/** The built playground on a free port of this machine. */
export async function servePlayground(): Promise<Playground> {
  const folder = join(project, 'dist-demo', `spec-${process.pid}`);
  await build({
    configFile: join(project, 'vite.config.ts'),
    mode: 'demo',
    logLevel: 'error',
    build: { outDir: folder },
  });
  let offline = false;
  const server = createServer(async (request, response) => {
    if (offline) return request.destroy();
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    goOffline: () => {
      offline = true;
      server.closeAllConnections();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Opens it and waits until the data is there. */
export async function openPlayground(page: Page, playground: Pick<Playground, 'url'>): Promise<void> {
  await page.goto(playground.url);
  await page.locator('html[data-ready]').waitFor({ timeout: 90_000 });
}

/** Replaces the code, runs it, and waits until it is done. */
export async function runCode(page: Page, code: string): Promise<void> {
  await page.locator('.cm-content').fill(code);
  await page.locator('.button.run').click();
  await isDone(page);
}

/** Waits until what runs is done: the button can be pressed again. */
export async function isDone(page: Page): Promise<void> {
  await page.locator('.button.run:enabled').waitFor({ timeout: 60_000 });
}

/** Waits until the storage or engine of that name is chosen. */
export async function isChosen(page: Page, value: string): Promise<void> {
  await expect(page.locator(`.bar [data-value="${value}"]`)).toHaveAttribute('aria-checked', 'true', { timeout: 90_000 });
}

/** Chooses a storage or an engine, and waits until the data is there. */
export async function choose(page: Page, value: string): Promise<void> {
  await page.locator(`.bar [data-value="${value}"]`).click();
  await isChosen(page, value);
  await expect(page.locator('.veil')).toHaveCount(0);
}

/** Runs one example after the other: each shows something, and none fails but the one that shows how that looks. */
export async function everyExampleRuns(page: Page): Promise<void> {
  const ids = await page
    .locator('.example')
    .evaluateAll((buttons) => buttons.map((button) => (button as HTMLElement).dataset['example'] ?? ''));
  expect(ids.length).toBeGreaterThanOrEqual(12);
  for (const id of ids) {
    await page.locator(`[data-example="${id}"]`).click();
    await isDone(page);
    if (id === 'error') await expect(page.locator('.error-card strong')).toHaveText(/DoesNotExist/);
    else expect.soft(await page.locator('.error-card').allInnerTexts(), id).toEqual([]);
    await expect.soft(page.locator('.grid, .shown-line').first(), id).toBeVisible();
  }
}

/** Where a genuine file of Berkeley DB is, or what is known of it. */
export const genuine = (name: string): string => join(project, 'test/storage/bdb/corpus', name);

/** Drops a file on the page, as from a folder of the machine. */
export async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const list = await page.evaluateHandle(
    ([file, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], file));
      return transfer;
    },
    [name, Buffer.from(bytes).toString('base64')] as const,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: list });
}
