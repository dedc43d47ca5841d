/** The package in empty Vite projects with one engine each, built and in dev mode, opened in Chromium: it runs, and its data survives a reload. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumLaunch } from '../tools/chromium.ts';
import { emptyProject, install, project, tarball } from './pack.ts';

const { devDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));

/** Each has one engine installed, and builds without the others. */
const APPS = [
  { fixture: 'vite', engine: 'sql.js', titles: [1, 2, 3].map((n) => `visits ${n}, notes ${n}, rings ${n}`) },
  // Under a strict Content-Security-Policy.
  {
    fixture: 'vite-postgres',
    engine: '@electric-sql/pglite',
    titles: ['visits 1, NotSupportedError', 'visits 2, NotSupportedError', 'visits 3, NotSupportedError'],
  },
];

let folder: string;
let server: ChildProcess | undefined;

afterEach(async () => {
  if (server === undefined) return;
  const gone = once(server, 'exit');
  server.kill();
  await gone;
  server = undefined;
});

/** Runs a command of Vite that serves, and returns the address it prints. */
async function serve(...args: string[]): Promise<string> {
  server = spawn(process.execPath, ['node_modules/vite/bin/vite.js', ...args, '--host', '127.0.0.1', '--port', '0'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  const { stdout } = server;
  return new Promise((resolve, reject) => {
    let printed = '';
    stdout?.on('data', (chunk) => {
      printed += chunk;
      const address = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed);
      if (address) resolve(address[0]);
    });
    server?.once('exit', () => reject(new RangeError(`Vite ended: ${printed}`)));
  });
}

/** The title of the page on each of three visits by one browser. */
async function visits(url: string): Promise<string[]> {
  const browser = await chromium.launch({ headless: true, ...chromiumLaunch });
  try {
    const page = await browser.newPage();
    const titles: string[] = [];
    for (let visit = 0; visit < 3; visit++) {
      await page.goto(url);
      await page.waitForFunction(() => document.title !== 'loading');
      titles.push(await page.title());
    }
    return titles;
  } finally {
    await browser.close();
  }
}

describe.each(APPS)('with $engine', ({ fixture, engine, titles }) => {
  beforeAll(() => {
    folder = emptyProject(fixture);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user-of-waxwing', private: true, type: 'module' }));
    cpSync(join(import.meta.dirname, 'fixtures', fixture), folder, { recursive: true });
    install(folder, tarball(), `${engine}@${devDependencies[engine]}`, `vite@${devDependencies.vite}`);
  });

  test('built', async () => {
    const build = ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'];
    const { status, stderr } = spawnSync(process.execPath, build, { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('node_modules')]);
    expect(await visits(await serve('preview'))).toEqual(titles);
  });

  test('in dev mode', async () => {
    expect(await visits(await serve())).toEqual(titles);
  });

  test.runIf(engine === 'sql.js')('in dev mode without the plugin it says what is missing', async () => {
    writeFileSync(join(folder, 'vite.config.js'), 'export default {};');
    const title = expect.stringMatching(/EngineLoadError: .*add the plugin of 'waxwing\/vite'/);
    expect(await visits(await serve())).toEqual([title, title, title]);
  });
});
