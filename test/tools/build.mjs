/** `npm run build`: the library into dist/, each source file in its place, with its declarations. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ensurePackages, project } from './setup.mjs';

ensurePackages();
rmSync(`${project}dist`, { recursive: true, force: true });
for (const args of [
  ['vite/bin/vite.js', 'build', '--logLevel', 'warn'],
  ['typescript/bin/tsc', '-p', 'tsconfig.build.json'],
]) {
  const { status } = spawnSync(process.execPath, [`node_modules/${args[0]}`, ...args.slice(1)], {
    cwd: project,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

// Declarations name files as they are called in dist/, which every resolution mode of TypeScript understands.
for (const path of readdirSync(`${project}dist`, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.d.ts'),
)) {
  const text = readFileSync(`${project}dist/${path}`, 'utf8');
  writeFileSync(`${project}dist/${path}`, text.replace(/((?:from|import) '|import\(['"])(\.[^'"]*)\.ts(?=['"])/g, '$1$2.js'));
}
// Where no bundler brings the engine along, its driver finds it beside itself; PGlite finds its own files, but not our cluster.
copyFileSync(`${project}node_modules/sql.js/dist/sql-wasm.wasm`, `${project}dist/driver/sql-wasm.wasm`);
copyFileSync(`${project}src/driver/pglite-cluster.bin`, `${project}dist/driver/pglite-cluster.bin`);
console.log('Built dist/.');
