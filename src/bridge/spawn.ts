/** The one place where a worker of ours is started. Bundlers look for exactly this expression. */

/** A worker that hosts databases and nothing else. */
export function spawn(): Worker {
  return new Worker(new URL('../../worker/dedicated.ts', import.meta.url), { type: 'module' });
}
