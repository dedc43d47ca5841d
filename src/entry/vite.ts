/** `waxwing/vite`: everything an app built with Vite has to be told, in one plugin. */
import type { Plugin } from 'vite';

/** A file of ours that asks where an engine is, what it says, and what it shall say. */
interface Place {
  readonly file: RegExp;
  readonly asked: RegExp;
  /** The engine's package, which an app may do without. */
  readonly engine: string;
  /** Addresses the bundler gives to the package's files, by the names they get. */
  readonly files: Readonly<Record<string, string>>;
  readonly told: string;
}

/** In the place of the copy beside our driver, or of nothing, comes the installed package, whose version the app chose. */
const PLACES: readonly Place[] = [
  {
    file: /\/driver\/sqljs-place\.[jt]s(\?|$)/,
    asked: /new URL\((['"])\.\/sql-wasm\.wasm\1, import\.meta\.url\)/,
    engine: 'sql.js',
    files: { wasm: 'sql.js/dist/sql-wasm.wasm' },
    told: 'new URL(wasm, import.meta.url)',
  },
  {
    file: /\/driver\/pglite-place\.[jt]s(\?|$)/,
    asked: /(?<=\b(?:const|let|var) bundled\b[^=\n]*= )null/,
    engine: '@electric-sql/pglite',
    files: {
      wasm: '@electric-sql/pglite/pglite.wasm',
      data: '@electric-sql/pglite/pglite.data',
      initdb: '@electric-sql/pglite/initdb.wasm',
    },
    told: '{ wasm: at(wasm), data: at(data), initdb: at(initdb) };\nfunction at(url) { return new URL(url, import.meta.url).href; }',
  },
];

/** What has to be bundled for the development server, where it is installed: no modules of JavaScript by themselves. */
const ENGINES = ['sql.js'];

/** Warnings about what PGlite brings along for Node, which no page reaches: whoever builds an app can do nothing about them. */
const NOISE = /(eval|external).*pglite\/dist/s;

/** How Vite names what an installed package depends on; in our own source tree it is the project itself that does. */
const OURS = import.meta.url.includes('/node_modules/') ? 'waxwing > ' : '';

/**
 * Makes Waxwing work in an app built with Vite: `plugins: [waxwing()]` in `vite.config.ts`, and nothing else.
 * The files of the engines become assets of the app, workers are modules, and the development server leaves the files of the
 * library and of PGlite where they are, since they find their workers and their wasm by their own addresses.
 */
export function waxwing(): Plugin {
  return {
    name: 'waxwing',
    // Before TypeScript is stripped, which writes the expressions with other quotes.
    enforce: 'pre',
    config: ({ root = '.' }) => ({
      optimizeDeps: {
        exclude: ['waxwing', '@electric-sql/pglite', '@electric-sql/pglite-pgvector'],
        // What is found only when the first database opens would make the development server reload the page.
        include: [...ENGINES.filter((name) => isIn(root, name)), 'comlink', 'idb-keyval'].map((name) => OURS + name),
      },
      // A worker that loads its engine when it is needed cannot be one classic script.
      worker: { format: 'es', plugins: () => [{ name: 'waxwing:worker', enforce: 'pre', ...hooks }] },
    }),
    ...hooks,
  };
}

/** For the page's modules and for those of its workers. */
const hooks: Pick<Plugin, 'transform' | 'onLog'> = {
  transform: { filter: { id: PLACES.map(({ file }) => file) }, handler: placed },
  onLog: (_level, { message }) => (NOISE.test(message) ? false : undefined),
};

/** The code with the addresses in it, when it is such a file and the package is installed. */
async function placed(this: Resolver, code: string, id: string): Promise<{ code: string; map: null } | null> {
  const place = PLACES.find(({ file, asked }) => file.test(id) && asked.test(code));
  if (place === undefined || !(await isInstalled(this, place.engine, id))) return null;
  const imports = Object.entries(place.files).map(([name, file]) => `import ${name} from '${file}?url';\n`);
  return { code: `${imports.join('')}${code.replace(place.asked, place.told)}`, map: null };
}

/** Whether the app in the folder `root` has a package. */
function isIn(root: string, name: string): boolean {
  const [{ createRequire }, { resolve }] = [process.getBuiltinModule('node:module'), process.getBuiltinModule('node:path')];
  try {
    createRequire(resolve(root, 'package.json')).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Vite finds something for what a package may do without, even when it is not there. */
async function isInstalled(bundler: Resolver, name: string, importer: string): Promise<boolean> {
  const found = await bundler.resolve(name, importer);
  return found !== null && !found.id.includes('optional-peer-dep:');
}

/** What the hook needs of its bundler. */
interface Resolver {
  resolve(source: string, importer: string): Promise<{ readonly id: string } | null>;
}
