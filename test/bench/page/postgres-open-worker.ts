/** PGlite by itself in a worker, opened and asked once. */

import { type PgliteStorage, pglite } from './postgres.ts';
import { fill } from './postgres-fill.ts';

interface Job {
  readonly storage: PgliteStorage;
  readonly name: string;
  readonly isNew: boolean;
  readonly make: boolean;
}

globalThis.onmessage = async ({ data: { storage, name, isNew, make } }: MessageEvent<Job>) => {
  const pg = await pglite(name, storage);
  if (make) {
    await fill((sql, params) => pg.query(sql, params));
    await pg.close();
  } else if (isNew) await pg.query('SELECT 1');
  else await pg.query('SELECT id, stamp FROM page WHERE id = $1', [1]);
  postMessage('ready');
};
