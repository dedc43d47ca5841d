/** Installs what is missing and says so. Node built-ins only: it runs before anything is installed. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { postgresPrograms } from './postgres-server.mjs';

export const project = fileURLToPath(new URL('../../', import.meta.url));

const debianRoot = existsSync('/etc/debian_version') && process.getuid?.() === 0;
let packageListsFresh = false;

/** Runs a command in the project with its output shown; throws when it fails. */
function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: project,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  if (error || status !== 0)
    throw new Error(`\`${command} ${args.join(' ')}\` failed${error ? `: ${error.message}` : ` with exit code ${status}`}.`);
}

function lockedPackages(path) {
  if (!existsSync(path)) return {};
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

/** Why the installed packages are not those of the lockfile, or undefined when they are. */
function staleBecause() {
  const installed = lockedPackages(`${project}node_modules/.package-lock.json`);
  if (Object.keys(installed).length === 0) return 'node_modules is missing';
  for (const [path, wanted] of Object.entries(lockedPackages(`${project}package-lock.json`))) {
    if (path === '' || wanted.optional || wanted.devOptional) continue;
    if (installed[path]?.version !== wanted.version) return `${path} is not ${wanted.version}`;
  }
  return undefined;
}

/** Installs the packages of package-lock.json when they are not what is installed. */
export function ensurePackages() {
  const reason = staleBecause();
  if (reason === undefined) return;
  console.log(`Installing packages (npm ci), because ${reason} …`);
  run('npm', ['ci', '--no-audit', '--no-fund'], { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' });
}

function installDebian(name, why) {
  console.log(`Installing ${name} with apt, ${why} …`);
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  if (!packageListsFresh) run('apt-get', ['update', '-qq'], quiet);
  packageListsFresh = true;
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], quiet);
}

/** Installs a Chromium: Debian's own where we may, else the one Playwright downloads. */
export async function ensureChromium() {
  if (existsSync('/usr/bin/chromium')) return;
  if (debianRoot) return installDebian('chromium', 'which the browser tests drive');
  const { chromium } = await import('playwright-core');
  if (existsSync(chromium.executablePath())) return;
  console.log("Downloading Playwright's Chromium, which the browser tests drive …");
  run(process.execPath, ['node_modules/playwright-core/cli.js', 'install', 'chromium']);
}

/** Installs the sqlite3 shell, which reads exported files in the tests; where we may not, those tests say that they are skipped. */
export function ensureSqliteShell() {
  if (spawnSync('sqlite3', ['--version']).status === 0) return;
  if (debianRoot) installDebian('sqlite3', 'which checks exported files in the tests');
  else console.log('No sqlite3 shell here: the tests that compare with it will be skipped.');
}

/** Installs a PostgreSQL server, which the suites start for themselves; where we may not, the suites on it are skipped and say so. */
export function ensurePostgres() {
  if (postgresPrograms() === undefined && debianRoot) installDebian('postgresql', 'on which the conformance suite runs as well');
}

/** Installs Berkeley DB's own programs, which judge the files we write; where we may not, those tests say that they are skipped. */
export function ensureBerkeley() {
  const packages = { 'db5.3_sql': 'db5.3-sql-util', 'db5.3_verify': 'db5.3-util' };
  const missing = Object.keys(packages).filter((program) => spawnSync(program, ['-V']).error !== undefined);
  if (debianRoot) for (const program of missing) installDebian(packages[program], 'which judges Berkeley DB files in the tests');
  else if (missing.length > 0) console.log(`No ${missing.join(' and ')} here: the tests that ask them will be skipped.`);
}
