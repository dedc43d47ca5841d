/** Which kind of thread this is. */

/** True on a page that can start workers. */
export function isPage(): boolean {
  return typeof window !== 'undefined' && typeof document !== 'undefined' && typeof Worker !== 'undefined';
}

/** True on Node and what calls itself so; not by `process` alone, for bundlers put one into pages and workers. */
export function isNode(): boolean {
  const browser = typeof window !== 'undefined' || 'WorkerGlobalScope' in globalThis;
  return !browser && typeof process === 'object' && typeof process?.versions?.node === 'string';
}
