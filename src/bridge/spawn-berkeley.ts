/** Where the worker for Berkeley DB is started: a file of its own, so that SQLite's worker stays as small as it is. */

/** A worker that hosts Berkeley databases and nothing else. */
export function spawnBerkeley(): Worker {
  return new Worker(new URL('../../worker/berkeley.ts', import.meta.url), { type: 'module' });
}
