/** Where the worker for Postgres is started: a file of its own, so that an app without Postgres does not bundle it. */

/** A worker that hosts Postgres databases and nothing else. */
export function spawnPostgresql(): Worker {
  return new Worker(new URL('../../worker/postgresql.ts', import.meta.url), { type: 'module' });
}
