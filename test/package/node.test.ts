/** The package in a plain Node project: it runs, stores, and its types hold under both supported compilers. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { emptyProject, install, project, run, tarball } from './pack.ts';

let folder: string;

beforeAll(() => {
  folder = emptyProject('node');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user-of-waxwing', private: true, type: 'module' }));
  for (const file of ['sample.mjs', 'sample.ts'])
    copyFileSync(join(import.meta.dirname, 'fixtures/node', file), join(folder, file));
  install(folder, tarball(), 'sql.js@1.16.0');
});

test('it runs, and finds its data when run again', () => {
  expect(run(process.execPath, ['sample.mjs'], folder)).toBe('visits 1\n');
  expect(run(process.execPath, ['sample.mjs'], folder)).toBe('visits 2\n');
});

const compilers = { '7.0.2': 'typescript/bin/tsc', '5.9.3': 'typescript-5.9/bin/tsc' };
const resolutions = { bundler: { module: 'esnext', moduleResolution: 'bundler' }, nodenext: { module: 'nodenext' } };
const matrix = Object.entries(compilers).flatMap(([version, tsc]) =>
  Object.entries(resolutions).map(([resolution, options]) => ({ version, tsc, resolution, options })),
);

// `skipLibCheck` stays off: our declarations are checked as well, without the types of Node.
test.each(matrix)('its types hold under TypeScript $version, resolution $resolution', ({ tsc, options }) => {
  const lib = ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'];
  const compilerOptions = { noEmit: true, strict: true, target: 'es2022', lib, types: [], ...options };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['sample.ts'] }));
  const { stdout } = spawnSync(process.execPath, [join(project, 'node_modules', tsc), '-p', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});
