/** Both engines, for what must be the same on either. */
import type { Executor } from '../../src/query/executor.ts';
import { executor, open } from './engine.ts';
import { openPostgres } from './postgres.ts';

/** An empty database of each. */
export async function bothEngines(): Promise<readonly (readonly [name: string, on: Executor])[]> {
  return [
    ['SQLite', executor(open())],
    ['Postgres', await openPostgres()],
  ];
}
