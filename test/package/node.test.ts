/** The package in a plain Node project: it runs, stores, and its types hold under both supported compilers. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { emptyProject, install, project, run, tarball } from './pack.ts';

const { devDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));

let folder: string;

/** A project with these files and one engine. */
function make(name: string, engine: string, ...files: string[]): string {
  const path = emptyProject(name);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name: 'user-of-waxwing', private: true, type: 'module' }));
  for (const file of files) copyFileSync(join(import.meta.dirname, 'fixtures/node', file), join(path, file));
  install(path, tarball(), `${engine}@${devDependencies[engine]}`);
  return path;
}

beforeAll(() => {
  folder = make('node', 'sql.js', 'sample.mjs', 'sample.ts', 'postgres.ts', 'berkeley.ts');
});

test('it runs, and finds its data when run again', () => {
  expect(run(process.execPath, ['sample.mjs'], folder)).toBe('visits 1\n');
  expect(run(process.execPath, ['sample.mjs'], folder)).toBe('visits 2\n');
});

test('with Postgres it runs, and finds its data when run again', () => {
  const path = make('node-postgres', '@electric-sql/pglite', 'postgres.mjs');
  expect(run(process.execPath, ['postgres.mjs'], path)).toBe('visits 1, ImproperlyConfigured\n');
  expect(run(process.execPath, ['postgres.mjs'], path)).toBe('visits 2, ImproperlyConfigured\n');
});

test('its program converts a genuine file of Berkeley DB to SQLite, and back', () => {
  const waxwing = (...args: string[]): string => run('npm', ['exec', '--', 'waxwing', 'berkeley', ...args], folder);
  copyFileSync(join(project, 'test/storage/bdb/corpus/02-basic.db'), join(folder, 'genuine.db'));
  waxwing('genuine.db', 'birds.sqlite');
  expect(readFileSync(join(folder, 'birds.sqlite')).toString('latin1', 0, 15)).toBe('SQLite format 3');
  waxwing('birds.sqlite', 'birds.db', '--page-size', '1024', '--quiet');
  const berkeley = readFileSync(join(folder, 'birds.db'));
  expect([berkeley.readUInt32LE(12), berkeley.readUInt32LE(20)]).toEqual([0x53162, 1024]);
  expect(() => waxwing('birds.sqlite', 'birds.db')).toThrow('there already');
  expect(() => waxwing('package.json', 'other.db')).toThrow('package.json');
  expect(() => waxwing('birds.db')).toThrow('Usage');
});

const compilers = { '7.0.2': 'typescript/bin/tsc', '5.9.3': 'typescript-5.9/bin/tsc' };
const resolutions = { bundler: { module: 'esnext', moduleResolution: 'bundler' }, nodenext: { module: 'nodenext' } };
const matrix = Object.entries(compilers).flatMap(([version, tsc]) =>
  Object.entries(resolutions).map(([resolution, options]) => ({ version, tsc, resolution, options })),
);

// `skipLibCheck` stays off: our declarations are checked as well, without the types of Node, beside what Vite's template names.
test.each(matrix)('its types hold under TypeScript $version, resolution $resolution', ({ tsc, options }) => {
  const lib = ['es2022', 'dom', 'dom.iterable'];
  const compilerOptions = { noEmit: true, strict: true, target: 'es2022', lib, types: [], ...options };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['sample.ts', 'postgres.ts', 'berkeley.ts'] }),
  );
  const { stdout } = spawnSync(process.execPath, [join(project, 'node_modules', tsc), '-p', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});
