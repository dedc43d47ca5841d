/** Builds and packs the package once, before its tests: what they install is what users get. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project: string = fileURLToPath(new URL('../../', import.meta.url));
/** Far from the project, whose packages users do not have; the tests find it by its name in the environment. */
const FOLDER = 'WAXWING_PACKAGE_FOLDER';

function folder(): string {
  const path = process.env[FOLDER];
  if (path === undefined) throw new RangeError('The package was not packed.');
  return path;
}

/** Where the packed package lies once `setup` has run. */
export function tarball(): string {
  const name = readdirSync(folder()).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new RangeError('The package was not packed.');
  return join(folder(), name);
}

/** An empty folder for a user's project. */
export function emptyProject(name: string): string {
  const path = join(folder(), name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Runs a command and returns what it printed; throws with all of that when it fails. */
export function run(command: string, args: readonly string[], cwd: string): string {
  const { stdout, stderr, status } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (status !== 0) throw new RangeError(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Installs packages into a user's project as a user does. */
export function install(cwd: string, ...packages: string[]): void {
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...packages], cwd);
}

export function setup(): () => void {
  const path = mkdtempSync(join(tmpdir(), 'waxwing-package-'));
  process.env[FOLDER] = path;
  run(process.execPath, ['test/tools/build.mjs'], project);
  run('npm', ['pack', '--loglevel=error', '--pack-destination', path], project);
  return () => rmSync(path, { recursive: true, force: true });
}
