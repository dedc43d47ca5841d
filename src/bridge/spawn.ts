/** Where the worker for SQLite is started. Bundlers look for exactly this expression. */

/** A worker that hosts SQLite databases and nothing else. */
export function spawn(): Worker {
  return new Worker(new URL('../../worker/dedicated.ts', import.meta.url), { type: 'module' });
}
