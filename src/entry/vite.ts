/** `waxwing/vite`: everything an app built with Vite has to be told, in one plugin. */
import type { Plugin } from 'vite';

/** The engine's file as the package names it, and how our source asks for it. */
const PACKAGED = 'sql.js/dist/sql-wasm.wasm?url';
const ASKED = "new URL('./sql-wasm.wasm', import.meta.url)";
/** How Vite names what an installed package depends on; in our own source tree it is the project itself that does. */
const OURS = import.meta.url.includes('/node_modules/') ? 'waxwing > ' : '';

/**
 * Makes Waxwing work in an app built with Vite: `plugins: [waxwing()]` in `vite.config.ts`, and nothing else.
 * The engine's wasm becomes an asset of the app, workers are modules, and the development server leaves the library's
 * files where they are, since they find their worker and the wasm by their own address.
 */
export function waxwing(): Plugin {
  return {
    name: 'waxwing',
    // Before TypeScript is stripped, which writes the expression with other quotes.
    enforce: 'pre',
    config: () => ({
      optimizeDeps: {
        exclude: ['waxwing'],
        // What is found only when the first database opens would make the development server reload the page.
        include: ['sql.js', 'comlink', 'idb-keyval'].map((name) => OURS + name),
      },
      // A worker that loads its engine when it is needed cannot be one classic script.
      worker: { format: 'es', plugins: () => [{ name: 'waxwing:worker', enforce: 'pre', transform: wasmFromPackage }] },
    }),
    transform: wasmFromPackage,
  };
}

/** Takes the wasm of the installed sql.js, whose version the app chose, instead of the copy beside our driver. */
function wasmFromPackage(code: string, id: string): { code: string; map: null } | null {
  if (!/\/driver\/sqljs-place\.[jt]s(\?|$)/.test(id) || !code.includes(ASKED)) return null;
  return {
    code: `import waxwingWasm from '${PACKAGED}';\n${code.replace(ASKED, 'new URL(waxwingWasm, import.meta.url)')}`,
    map: null,
  };
}
