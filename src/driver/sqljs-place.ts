/** Where the engine's wasm is served, and its compilation ahead of time by a thread that does not run it. */

/** The address beside the scripts, where bundlers and the build put the file. */
export function engineAddress(): string {
  // Written out: bundlers look for exactly this.
  return new URL('./sql-wasm.wasm', import.meta.url).href;
}

/** One compilation for all workers of a page, which share its code. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();

/**
 * The engine compiled in the background, while the worker that will run it starts; rejects when that cannot be done here.
 * The worker then tries by itself, and tells what is wrong.
 */
export function compileAhead(address: string = engineAddress()): Promise<WebAssembly.Module> {
  const known = compiled.get(address);
  if (known !== undefined) return known;
  const module = compile(address);
  compiled.set(address, module);
  module.catch(() => compiled.delete(address));
  return module;
}

async function compile(address: string): Promise<WebAssembly.Module> {
  return WebAssembly.compileStreaming(fetch(address));
}
