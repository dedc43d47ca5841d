/** Finds the wasm of sql.js: at the address given, in the package on Node, beside the scripts else. */
import { compileFile, isNode, packagedFile } from './engine-file.ts';
import { engineAddress } from './sqljs-place.ts';

const FILE = 'sql-wasm.wasm';
const REMEDY = `Set the option wasmUrl to where ${FILE} of the package sql.js is served, or use the Vite plugin waxwing/vite.`;
const MISSING = 'The package sql.js is not installed. Install it beside waxwing: npm install sql.js@1.16.0';

/**
 * The compiled engine.
 * @throws EngineLoadError that tells what was found in its place and what to do.
 */
export async function compileEngine(url?: string): Promise<WebAssembly.Module> {
  const place = url ?? (isNode() ? packagedFile(`sql.js/dist/${FILE}`, MISSING) : engineAddress());
  return compileFile({ place, remedy: REMEDY });
}
