/** Runs and type-checks documentation blocks on Node. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../', import.meta.url));

/** A block's databases are files in the current folder: each block gets an empty one. */
export async function inEmptyFolder(load: () => Promise<unknown>): Promise<void> {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'waxwing-docs-'));
  process.chdir(folder);
  try {
    await load();
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the type checker says about the blocks; empty when it is content. */
export function typeErrors(): string {
  const { stdout, status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.cache/docs'], {
    cwd: project,
    encoding: 'utf8',
  });
  return status === 0 ? '' : stdout;
}
