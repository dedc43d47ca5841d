/**
 * Writes every `ts` block of README.md and docs/ as a module into .cache/docs, where test/docs.test.ts checks and runs it.
 *
 * Each block is a module of its own and runs in Node and in a page. Words after `ts` on its fence say what else it is:
 * - `node`, `browser`: runs only there.
 * - `setup`: is also put in front of every later block of its page (inside an HTML comment, a reader does not see it).
 * - `file=name.ts`: a module that other blocks of the page import as `./name.ts`; it runs when they do.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeBlocks } from './markdown.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const out = join(project, '.cache/docs');

const TSCONFIG = {
  extends: '../../tsconfig.json',
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
  include: ['**/*.ts', '../../src/**/*.d.ts'],
};

/** The pages with code, as paths within the project. */
function pages(): string[] {
  const inDocs = readdirSync(join(project, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...inDocs.map((name) => `docs/${name}`)].filter((page) => existsSync(join(project, page)));
}

/** Brings .cache/docs up to date: a folder for each page, a file for each block, named after the line it stands on. */
export function writeDocBlocks(): void {
  const wanted = new Map([['tsconfig.json', JSON.stringify(TSCONFIG)], ...pages().flatMap(modulesOf)]);
  for (const [path, text] of wanted) {
    const file = join(out, path);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const path of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    if (/\.ts$/.test(path) && !wanted.has(path)) rmSync(join(out, path));
  }
}

/** The modules a page becomes: their paths within .cache/docs and their text. */
function modulesOf(page: string): [string, string][] {
  const folder = page.replace(/^docs\//, '').replace(/\.md$/, '');
  let setup = '';
  return codeBlocks(readFileSync(join(project, page), 'utf8'), 'ts').map(({ marks, code, line }) => {
    const named = marks.find((mark) => mark.startsWith('file='))?.slice('file='.length);
    if (named !== undefined) return [`${folder}/${named}`, code];
    const place = marks.includes('node') ? '.node' : marks.includes('browser') ? '.browser' : '';
    // The marker keeps a block without imports a module, so that blocks do not share names.
    const text = `${setup}${code}\nexport {};\n`;
    if (marks.includes('setup')) setup += `${code}\n`;
    return [`${folder}/line-${line}${place}.ts`, text];
  });
}
