/** Builds and packs the package once, before its tests: what they install is what users get. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project: string = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(project, '.cache/package');

/** Where the packed package lies once `setup` has run. */
export function tarball(): string {
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new RangeError('The package was not packed.');
  return join(folder, name);
}

/** An empty folder for a user's project. */
export function emptyProject(name: string): string {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}

/** Installs packages into a user's project as a user does. */
export function install(cwd: string, ...packages: string[]): void {
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', ...packages], {
    cwd,
    stdio: 'pipe',
    shell: process.platform === 'win32',
  });
}

export function setup(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, ['test/tools/build.mjs'], { cwd: project, stdio: 'pipe' });
  execFileSync('npm', ['pack', '--loglevel=error', '--pack-destination', folder], {
    cwd: project,
    stdio: 'pipe',
    shell: process.platform === 'win32',
  });
}
