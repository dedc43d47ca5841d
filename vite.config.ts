/** How everything is bundled: `vite build` makes the library, `vite` serves the playground, `vite build --mode demo` builds it. */

import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig, type Plugin, type UserConfig } from 'vite';
import { waxwing } from './src/entry/vite.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface Entry {
  /** What users import, as `exports` in package.json says it. */
  readonly subpath: string;
  readonly source: string;
  /** Most bytes, minified and gzipped with everything of ours that it loads at once, without engines. */
  readonly budget: number;
}

/** THE table of entries. test/architecture.test.ts holds it against package.json; test/package measures the budgets. */
export const entries: readonly Entry[] = [
  { subpath: '.', source: 'src/index.ts', budget: 28_300 },
  { subpath: './sqlite', source: 'src/entry/sqlite.ts', budget: 30_600 },
  { subpath: './berkeley', source: 'src/entry/berkeley.ts', budget: 31_200 },
  { subpath: './postgresql', source: 'src/entry/postgresql.ts', budget: 41_000 },
  { subpath: './postgresql-ext', source: 'src/entry/postgresql-ext.ts', budget: 47_300 },
  { subpath: './worker', source: 'src/entry/worker.ts', budget: 9_300 },
  { subpath: './vite', source: 'src/entry/vite.ts', budget: 900 },
];

/** Scripts that start as workers: built beside the entries, imported by nobody. */
export const workers: readonly string[] = ['worker/dedicated.ts', 'worker/berkeley.ts', 'worker/postgresql.ts'];

/** What `bin` in package.json names. */
export const programs: readonly string[] = ['src/cli/waxwing.ts'];

/** What `imports` in package.json names. */
const stands: readonly string[] = ['src/driver/no-pg.ts'];

/** `waxwing` and its subpaths as the sources they are built from, for the playground, the tests and the docs. */
export const sourceAliases: { find: RegExp; replacement: string }[] = entries.map(({ subpath, source }) => ({
  find: new RegExp(`^waxwing${subpath.slice(1)}$`),
  replacement: here(source),
}));

/** What a page has in the place of the package pg, likewise as its source; `imports` in package.json names what is built. */
const noPg = { find: '#pg', replacement: here('src/driver/no-pg.ts') };

/**
 * Leaves `new URL('…', import.meta.url)` to the user's bundler: Vite would bundle the worker and inline the engine here
 * and write addresses no other bundler recognises. What is built lies where its source lies, so only endings change.
 */
function keepUrls(): Plugin {
  const address = /new URL\(\s*(['"])(\.[^'"]+)\1\s*,\s*import\.meta\.url\s*\)/g;
  const kept: string[] = [];
  // A bare name, so that the expression may also stand in a string.
  const hide = (path: string): string => `__KEPT_URL_${kept.push(path) - 1}__`;
  // `worker/` lies beside `src/`, but in dist/ beside what was in `src/`.
  const built = (path = ''): string => path.replace('../../', '../').replace(/\.ts$/, '.js');
  return {
    name: 'waxwing:keep-urls',
    enforce: 'pre',
    transform: (code) =>
      code.includes('import.meta.url') ? { code: code.replace(address, (_, __, path) => hide(path)), map: null } : null,
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        chunk.code = chunk.code.replace(/__KEPT_URL_(\d+)__/g, (_, index) => `new URL('${built(kept[index])}', import.meta.url)`);
      }
    },
  };
}

const library: UserConfig = {
  plugins: [keepUrls()],
  publicDir: false,
  build: {
    outDir: 'dist',
    target: 'es2022',
    minify: false,
    sourcemap: true,
    lib: { entry: [...entries.map((entry) => entry.source), ...workers, ...programs, ...stands].map(here), formats: ['es'] },
    rolldownOptions: {
      external: [/^node:/, /^[a-z@#]/],
      output: { preserveModules: true, preserveModulesRoot: here('src'), entryFileNames: '[name].js' },
    },
  },
};

const demo: UserConfig = {
  root: here('demo'),
  base: './',
  plugins: [waxwing()],
  resolve: { alias: [...sourceAliases, noPg] },
  build: {
    outDir: here('dist-demo'),
    emptyOutDir: true,
    target: 'es2022',
    // The playground shows models by the names of their classes.
    rolldownOptions: { output: { keepNames: true } },
  },
};

export default defineConfig(async ({ command, mode }) => {
  if (command === 'build' && mode !== 'demo') return library;
  if (command === 'serve') return demo;
  const { app } = await import('./demo/pwa.ts');
  return mergeConfig(demo, app());
});
