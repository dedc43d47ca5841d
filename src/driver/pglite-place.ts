/** Where PGlite's files are served, and the compilation of its wasm ahead of time by a thread that does not run it. */

/** The addresses of PGlite's files. An extension's archive lies beside the others. */
export interface PglitePlace {
  readonly wasm: string;
  readonly data: string;
  readonly initdb: string;
}

/**
 * The files beside `url`, the address of `pglite.wasm`, when the app says where that is; else where the bundler put them.
 * Null when nobody knows but the package itself, which finds them beside its scripts.
 */
export function pglitePlace(url?: string): PglitePlace | null {
  if (url === undefined) return bundled;
  return { wasm: url, data: beside(url, 'pglite.data'), initdb: beside(url, 'initdb.wasm') };
}

/** The address of `file` in the folder of `url`, which may be a path on Node. */
export function beside(url: string, file: string): string {
  return url.replace(/[^/\\?#]*([?#].*)?$/, file);
}

/** The plugin `waxwing/vite` puts the addresses in the place of this null. */
const bundled: PglitePlace | null = null;

/** One compilation for all workers of a page, which share its code. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();

/**
 * The engine compiled in the background, while the worker that will run it starts; null where nobody knows its address
 * yet, and rejects when it cannot be done here. The worker then tries by itself, and tells what is wrong.
 */
export function compileAhead(url?: string): Promise<WebAssembly.Module> | null {
  const address = pglitePlace(url)?.wasm;
  if (address === undefined) return null;
  const known = compiled.get(address);
  if (known !== undefined) return known;
  const module = WebAssembly.compileStreaming(fetch(address));
  compiled.set(address, module);
  module.catch(() => compiled.delete(address));
  return module;
}
