/** What servers and policies can refuse: each ends in a typed error with its cause and remedy, and nothing hangs. */
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'vite';
import { waxwing } from '../../src/entry/vite.ts';
import type { Told } from './pages/refusals/main.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const STRICT = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** How the server answers a path otherwise than with its file. */
interface Oddity {
  readonly path: RegExp;
  answer(response: ServerResponse, file: Buffer): void;
}

let out: string;
let server: Server;
let url: string;
let policy: string;
let oddity: Oddity | undefined;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  out = join(test.info().outputDir, 'refusals');
  // A production build by the plugin alone, as a user's app has it.
  await build({
    configFile: false,
    root: here('./pages/refusals'),
    logLevel: 'error',
    plugins: [waxwing()],
    build: { outDir: out, emptyOutDir: true },
  });
  server = createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '').replace(/\?.*/, '');
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Content-Type', TYPES[extname(path)] ?? 'text/plain');
    response.setHeader('Cache-Control', 'no-store');
    try {
      const file = readFileSync(join(out, path));
      if (oddity?.path.test(path)) oddity.answer(response, file);
      else response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

test.afterAll(() => void server.close());

test.beforeEach(() => {
  policy = STRICT;
  oddity = undefined;
});

async function told(page: Page, more: object = {}): Promise<Told> {
  await page.goto(url);
  return page.evaluate((given) => (globalThis as unknown as { tell(more: object): Promise<Told> }).tell(given), more);
}

const html = (response: ServerResponse): void => {
  response.setHeader('Content-Type', 'text/html');
  response.end('<!doctype html><title>My app</title>');
};
const missing = (response: ServerResponse): void => void response.writeHead(404).end();
const WORKER = /dedicated[^/]*\.js$/;
const WASM = /\.wasm$/;

test('a strict policy is enough, in a production build', async ({ page }) => {
  expect(await told(page)).toEqual({ answer: 42 });
});

test('wasm of a wrong type still runs', async ({ page }) => {
  oddity = { path: WASM, answer: (response, file) => void response.setHeader('Content-Type', 'text/plain').end(file) };
  expect(await told(page)).toEqual({ answer: 42 });
});

test('wasm that is HTML', async ({ page }) => {
  oddity = { path: WASM, answer: html };
  expect(await told(page)).toMatchObject({ error: 'EngineLoadError', message: expect.stringMatching(/HTML.*wasmUrl/s) });
});

test('wasm that claims to be wasm and is HTML', async ({ page }) => {
  oddity = { path: WASM, answer: (response) => void response.end('<!doctype html>') };
  expect(await told(page)).toMatchObject({ error: 'EngineLoadError', message: expect.stringMatching(/HTML/) });
});

test('wasm that is missing', async ({ page }) => {
  oddity = { path: WASM, answer: missing };
  expect(await told(page)).toMatchObject({ error: 'EngineLoadError', message: expect.stringMatching(/404/) });
});

test('a policy that refuses wasm', async ({ page }) => {
  policy = "default-src 'self'; worker-src 'self'";
  expect(await told(page)).toMatchObject({ error: 'EngineLoadError', message: expect.stringMatching(/wasm-unsafe-eval/) });
});

test('a policy that refuses workers', async ({ page }) => {
  policy = `${STRICT.replace("worker-src 'self'", "worker-src 'none'")}`;
  expect(await told(page)).toMatchObject({ error: 'EngineLoadError', message: expect.stringMatching(/worker-src/) });
});

for (const [what, answer] of [
  ['missing', missing],
  ['HTML', html],
  [
    'of a wrong type',
    (response: ServerResponse, file: Buffer) => void response.setHeader('Content-Type', 'text/plain').end(file),
  ],
  ['cut off', (response: ServerResponse, file: Buffer) => void response.end(file.subarray(0, file.length >> 1))],
] as const) {
  test(`a worker script that is ${what}`, async ({ page }) => {
    oddity = { path: WORKER, answer };
    expect(await told(page)).toMatchObject({ error: 'EngineLoadError' });
  });
}

test('a database that another tab has open, until that tab is gone', async ({ context }) => {
  const [one, two] = [await context.newPage(), await context.newPage()];
  const stored = { name: 'tabs.db', storage: 'indexeddb' };
  expect(await told(one, stored)).toEqual({ answer: 42 });
  expect(await told(two, stored)).toMatchObject({ error: 'DatabaseInUseError', database: 'tabs.db' });
  expect(await told(two, { ...stored, name: 'other.db' })).toEqual({ answer: 42 });
  await one.close();
  expect(await told(two, stored)).toEqual({ answer: 42 });
});
