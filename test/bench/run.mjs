/**
 * `npm run bench`: every row of rows.mjs in a real Chromium, Waxwing, reference and peers in turn.
 * `npm run bench -- --only name` runs the rows whose name contains the text.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { ensureChromium, ensurePackages, project } from '../tools/setup.mjs';
import { judge, printTable, writeJson } from './report.mjs';
import { rows } from './rows.mjs';

const peers = `${project}.cache/peers`;

/** Installs the libraries to compare with, which nothing but this needs. */
function ensurePeers() {
  const source = `${project}test/bench/peers`;
  const locked = `${peers}/package-lock.json`;
  const same =
    existsSync(`${peers}/node_modules`) && readFileSync(locked, 'utf8') === readFileSync(`${source}/package-lock.json`, 'utf8');
  if (same) return;
  console.log('Installing the libraries to compare with into .cache/peers …');
  mkdirSync(peers, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(`${source}/${file}`, `${peers}/${file}`);
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: peers,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('The libraries to compare with could not be installed.');
}

/** Builds each page as an app of its own and serves them: built together they would share chunks, with a request for each. */
async function servePages() {
  const { build, preview, loadConfigFromFile } = await import('vite');
  const loaded = await loadConfigFromFile({ command: 'serve', mode: 'development' }, `${project}vite.config.ts`);
  const root = `${project}test/bench/page`;
  const pages = new Set(['index', ...rows.flatMap((row) => Object.values(row.cold ?? {})).map(withoutQuery)]);
  const config = {
    configFile: false,
    root,
    logLevel: 'error',
    plugins: loaded.config.plugins,
    resolve: {
      alias: [
        ...loaded.config.resolve.alias,
        ...['drizzle-orm', 'kysely', 'typeorm', '@sqlite.org/sqlite-wasm'].map((name) => ({
          find: new RegExp(`^${name}(/|$)`),
          replacement: `${peers}/node_modules/${name}$1`,
        })),
      ],
    },
    worker: { format: 'es' },
    build: {
      outDir: mkdtempSync(`${project}.cache/bench-`),
      emptyOutDir: false,
      target: 'es2022',
      chunkSizeWarningLimit: 10_000,
    },
  };
  for (const page of pages) {
    await build({ ...config, build: { ...config.build, rolldownOptions: { input: `${root}/${page}.html` } } });
  }
  return preview({ ...config, preview: { host: '127.0.0.1', port: 0 } });
}

async function sampleWarm(page, row) {
  const names = ['waxwing', 'reference', ...(row.peers ?? [])];
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await page.evaluate(([row, name]) => globalThis.bench.prepare(row, name), [row.name, name]);
  for (let round = -1; round < row.rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + 1) % names.length];
      const isPeer = name !== 'waxwing' && name !== 'reference';
      if (isPeer && round >= (row.peerRounds ?? row.rounds)) continue;
      const taken = await page.evaluate(([row, name]) => globalThis.bench.sample(row, name), [row.name, name]);
      if (round >= 0) samples[name].push(taken);
    }
  }
  await page.evaluate((name) => globalThis.bench.finish(name), row.name);
  return samples;
}

/** `page?what=else` as the page's name. */
function withoutQuery(page) {
  return page.replace(/\?.*/, '');
}

/** The address of `page?what=else`; `make` asks it to store what the next visits open. */
function addressOf(page, make = false) {
  const name = withoutQuery(page);
  const query = [page.slice(name.length + 1), make ? 'make' : ''].filter((part) => part !== '').join('&');
  return `${name}.html${query === '' ? '' : `?${query}`}`;
}

async function visit(context, url) {
  const page = await context.newPage();
  const failed = new Promise((_, reject) => page.on('pageerror', reject));
  await page.goto(url);
  await Promise.race([page.waitForFunction(() => document.title.startsWith('ready'), null, { timeout: 120_000 }), failed]);
  const title = await page.title();
  await page.close();
  return Number(title.slice('ready '.length));
}

async function sampleCold(context, url, row) {
  const samples = { waxwing: [], reference: [] };
  const names = Object.keys(samples);
  if (row.made) for (const name of names) await visit(context, url + addressOf(row.cold[name], true));
  for (let round = -1; round < row.rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + 1) % names.length];
      const taken = await visit(context, url + addressOf(row.cold[name]));
      if (round >= 0) samples[name].push(taken);
    }
  }
  return samples;
}

/** Kilobytes that the page and its worker load, without the engine. */
async function sizes() {
  const { gzippedSize, PAGE, WORKER } = (await importSource('test/tools/size.ts')).module;
  return { waxwing: [(await gzippedSize(PAGE)) / 1000], reference: [30], 'its worker': [(await gzippedSize(WORKER)) / 1000] };
}

/** In a program of its own, see there. */
function sampleConversion({ to, rounds }) {
  const program = `${project}test/bench/conversion.mjs`;
  const { status, stdout } = spawnSync(process.execPath, [program, to, String(rounds)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${program} failed.`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

async function importSource(path) {
  const { runnerImport } = await import('vite');
  return runnerImport(`${project}${path}`);
}

/** A browser with a profile of its own on disk for each row, so that none inherits another's cache or storage. */
async function runRow(row, url, launch) {
  if (row.size) return judge(row, await sizes());
  if (row.to) {
    const { samples, megabytes } = sampleConversion(row);
    return judge({ ...row, megabytes }, samples);
  }
  const { chromium } = await import('playwright-core');
  const profile = mkdtempSync(`${project}.cache/profile-`);
  const context = await chromium.launchPersistentContext(profile, { headless: true, ...launch });
  try {
    if (row.cold) return judge(row, await sampleCold(context, url, row));
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction(() => globalThis.bench !== undefined);
    return judge(row, await sampleWarm(page, row));
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function main() {
  const only = process.argv[process.argv.indexOf('--only') + 1];
  const wanted = process.argv.includes('--only') ? rows.filter((row) => row.name.includes(only ?? '')) : rows;
  if (wanted.length === 0)
    throw new RangeError(`No benchmark is called ${only}; there are: ${rows.map((row) => row.name).join('; ')}.`);
  ensurePackages();
  await ensureChromium();
  ensurePeers();
  const { chromiumLaunch } = (await importSource('test/tools/chromium.ts')).module;
  const server = await servePages();
  const url = server.resolvedUrls.local[0];
  const results = [];
  for (const row of wanted) {
    console.log(`… ${row.name}`);
    try {
      results.push(await runRow(row, url, chromiumLaunch));
    } catch (error) {
      console.error(`${row.name} failed: ${error.stack ?? error}`);
      process.exitCode = 1;
    }
  }
  await server.close();
  rmSync(server.config.build.outDir, { recursive: true });
  console.log('');
  printTable(results);
  const [cpu] = cpus();
  const path = writeJson(`${project}bench-results`, { cpu: cpu?.model, cores: cpus().length, node: process.version }, results);
  console.log(`\nWritten to ${path.slice(project.length)}`);
  if (results.some((result) => !result.met)) process.exitCode = 1;
}

await main();
