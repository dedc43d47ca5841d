/** Holds the code against the tables of docs/architecture.md: rooms, words, shapes, cycles and what is exported. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entries, programs, workers } from '../vite.config.ts';
import { table } from './tools/markdown.ts';
import { type Import, project, readSource, type SourceFile } from './tools/source-file.ts';

const page = readFileSync(join(project, 'docs/architecture.md'), 'utf8');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: project,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(project, path)));
const files = tracked.filter((path) => /^(src|worker|demo)\/.*\.ts$/.test(path)).map(readSource);

interface Room {
  readonly mayImport: readonly string[];
  readonly packages: readonly string[];
}

const list = (cell: string | undefined): string[] =>
  (cell ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
const rooms = new Map<string, Room>(
  table(page, 'Rooms').map(([name, , mayImport, packages]) => [
    name ?? '',
    { mayImport: list(mayImport), packages: list(packages) },
  ]),
);

function roomOf(path: string): string {
  if (path === 'src/index.ts') return 'entry';
  return /^(?:src\/)?([^/.]+)/.exec(path)?.[1] ?? path;
}

/** Why a file of `room` may not import this, or undefined when it may. */
function refusal(room: string, { target, relative, typeOnly }: Import): string | undefined {
  const rules = rooms.get(room);
  if (rules === undefined) return `${room} is not in the table of rooms`;
  if (!relative)
    return rules.packages.some((name) => name === '*' || name === target || target.startsWith(`${name}/`))
      ? undefined
      : `the package ${target}`;
  const to = roomOf(target);
  if (to === room) return undefined;
  const file = target.replace(/^src\//, '').replace(/\.ts$/, '');
  if (to === 'worker' || to === 'demo' || to === 'test' || (to === 'entry' && !rules.mayImport.includes(file))) return target;
  const allowed = rules.mayImport.some((rule) => {
    const name = rule.replace(' (types)', '');
    return (name === '*' || name === to || name === file) && (typeOnly || name === rule);
  });
  return allowed ? undefined : `${target}${typeOnly ? '' : ' (as a value)'}`;
}

test('imports go down the rooms only', () => {
  const wrong = files.flatMap((file) =>
    file.imports.flatMap((one) => {
      const why = refusal(roomOf(file.path), one);
      return why === undefined ? [] : [`${file.path}:${one.line} may not import ${why}`];
    }),
  );
  expect(wrong).toEqual([]);
});

test.each(['values', 'types'])('no cycle of %s', (kind) => {
  expect(cycles(files, (one) => one.relative && (kind === 'types' || !one.typeOnly))).toEqual([]);
});

test('words stay in their rooms', () => {
  const wrong = table(page, 'Words').flatMap(([pattern = '', places]) => {
    const word = new RegExp(pattern.replace(/^`+|`+$/g, '').replaceAll('\\|', '|'), 'g');
    const allowed = list(places);
    return files
      .filter((file) => !allowed.some((place) => file.path.startsWith(place)))
      .flatMap((file) =>
        [...file.code.matchAll(word)].map((match) => `${file.path}:${lineAt(file.code, match.index)} ${match[0]}`),
      );
  });
  expect(wrong).toEqual([]);
});

test('conditional types stand in types.ts', () => {
  const wrong = files
    .filter((file) => !file.path.endsWith('/types.ts'))
    .flatMap((file) => file.conditionalTypes.map((line) => `${file.path}:${line}`));
  expect(wrong).toEqual([]);
});

test('files are small, begin with a sentence and have a name that says something', () => {
  const wrong = files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1;
    const start = text.replace(/^#!.*\n/, '');
    const most = path.endsWith('compiler.ts') ? 600 : 300;
    return [
      ...(lines > most ? [`${path} has ${lines} lines, more than ${most}`] : []),
      ...(/^\/\*\* .*[.:?!]/.test(start) || /^\/\*\*\n \* .*/.test(start)
        ? []
        : [`${path} does not begin with /** a sentence */`]),
      ...(/(^|\/)(utils?|helpers?|common|misc)\.ts$/.test(path) ? [`${path} has a name that says nothing`] : []),
    ];
  });
  expect(wrong).toEqual([]);
});

test('what is exported is what is built', () => {
  const { exports } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { exports: Record<string, unknown> };
  const built = entries.map(({ subpath, source }) => {
    const path = `./${source.replace(/^src\//, 'dist/').replace(/\.ts$/, '')}`;
    return [subpath, { types: `${path}.d.ts`, default: `${path}.js` }];
  });
  expect(exports).toEqual(Object.fromEntries([...built, ['./package.json', './package.json']]));
  const { bin } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  expect(Object.values(bin)).toEqual(programs.map((source) => source.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js')));
  for (const path of [...entries.map((entry) => entry.source), ...workers, ...programs]) expect(tracked).toContain(path);
});

test('every package has its version and its reason', () => {
  const { dependencies, devDependencies, peerDependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  const reasons = readFileSync(join(project, 'docs/dependencies.md'), 'utf8');
  const missing = Object.entries({ ...devDependencies, ...dependencies, ...peerDependencies })
    .map(([name, version]) => `| ${name} | ${version} | `)
    .filter((row) => !reasons.includes(row));
  expect(missing).toEqual([]);
});

test('the top level is as agreed', () => {
  const agreed = new Set([
    'src',
    'worker',
    'demo',
    'test',
    'docs',
    'package.json',
    'package-lock.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'biome.json',
  ]);
  const top = new Set(tracked.map((path) => path.split('/')[0] ?? path));
  const strange = [...top].filter(
    (name) => !agreed.has(name) && !name.startsWith('.') && !/^[a-z]+\.config\.ts$|^tsconfig[a-z.]*\.json$/.test(name),
  );
  expect(strange).toEqual([]);
});

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The strongly connected groups of more than one file, by Tarjan's algorithm. */
function cycles(sources: readonly SourceFile[], counts: (one: Import) => boolean): string[] {
  const targets = new Map(sources.map((file) => [file.path, file.imports.filter(counts).map((one) => one.target)]));
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const visit = (path: string): number => {
    const index = order.size;
    let low = index;
    order.set(path, index);
    stack.push(path);
    for (const target of targets.get(path) ?? []) {
      if (!targets.has(target)) continue;
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (stack.includes(target)) low = Math.min(low, order.get(target) ?? low);
    }
    lowest.set(path, low);
    if (low === index) {
      const group = stack.splice(stack.indexOf(path));
      if (group.length > 1) found.push(group.sort().join(' ⇄ '));
    }
    return low;
  };
  for (const path of targets.keys()) if (!order.has(path)) visit(path);
  return found;
}
