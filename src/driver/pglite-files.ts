/** PGlite's own files: its wasm and the data it brings, fetched and compiled once in this thread. */
import { compileFile, type EngineFile, isNode, packagedFile, readEngineFile } from './engine-file.ts';
import { type PglitePlace, pglitePlace } from './pglite-place.ts';

const REMEDY =
  'Set the option wasmUrl to where pglite.wasm of the package @electric-sql/pglite is served, with the other files of its ' +
  'folder beside it, or use the Vite plugin waxwing/vite.';
export const MISSING: string =
  'The package @electric-sql/pglite is not installed. Install it beside waxwing: npm install @electric-sql/pglite@0.5.16';

/** What PGlite is started with. */
export interface PgliteFiles {
  readonly wasm: WebAssembly.Module;
  readonly data: Uint8Array<ArrayBuffer>;
  /** What makes a new cluster, where there is no prepared one. */
  initdb(): Promise<WebAssembly.Module>;
}

const loaded = new Map<string, Promise<PgliteFiles>>();

/**
 * The files at `url`, in the package on Node, or where the bundler put them; null where only the package itself
 * knows. What failed is tried again by the next call.
 * @throws EngineLoadError
 */
export async function loadPgliteFiles(
  url: string | undefined,
  compiled: Promise<WebAssembly.Module | null> | undefined,
): Promise<PgliteFiles | null> {
  const place = url === undefined && isNode() ? packaged() : pglitePlace(url);
  if (place === null) return null;
  const known = loaded.get(place.wasm);
  if (known !== undefined) return known;
  const files = load(place, compiled);
  loaded.set(place.wasm, files);
  files.catch(() => loaded.delete(place.wasm));
  return files;
}

async function load(place: PglitePlace, compiled: Promise<WebAssembly.Module | null> | undefined): Promise<PgliteFiles> {
  const at = (address: string): EngineFile => ({ place: address, remedy: REMEDY });
  const ahead = compiled?.catch(() => null) ?? null;
  const [wasm, data] = await Promise.all([
    Promise.resolve(ahead).then((module) => module ?? compileFile(at(place.wasm))),
    readEngineFile(at(place.data)),
  ]);
  return { wasm, data, initdb: () => compileFile(at(place.initdb)) };
}

function packaged(): PglitePlace {
  const path = (file: string): string => packagedFile(`@electric-sql/pglite/${file}`, MISSING);
  return { wasm: path('pglite.wasm'), data: path('pglite.data'), initdb: path('initdb.wasm') };
}
