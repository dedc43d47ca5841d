/** Where nobody serves the prepared cluster, initdb makes one in the page, and it is stored like any other. */
import { PGlite } from '@electric-sql/pglite';
import { expect, test } from 'vitest';
import { openCluster, removeCluster } from '../../src/storage/open-cluster.ts';
import { PgliteFilesystem } from '../../src/storage/pglite/filesystem.ts';
import { prepareCluster } from '../../src/storage/pglite/prepare.ts';
import { INITDB_PARAMETERS, START_PARAMETERS } from '../../src/storage/pglite/settings.ts';

const options = { name: 'made-by-initdb', durability: 'strict' } as const;

async function open() {
  const backend = await openCluster('indexeddb', options);
  const prepared = await prepareCluster(backend, async () => null);
  const fs = new PgliteFilesystem(backend.files);
  const pglite = await PGlite.create({
    fs,
    initDbStartParams: [...INITDB_PARAMETERS],
    startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS],
  });
  const store = async (): Promise<void> => {
    backend.commit(fs.takeChanges());
    await backend.durable();
  };
  return { backend, prepared, pglite, store };
}

test('a cluster that initdb made is stored and opened again', { timeout: 120_000 }, async () => {
  const first = await open();
  expect(first.prepared).toBe('none');
  await first.store();
  await first.pglite.exec('CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
  await first.store();
  // Not shut down: what is stored is what a crash leaves.
  await first.backend.close();

  const again = await open();
  expect(again.prepared).toBe('found');
  expect((await again.pglite.query('SELECT count(*)::int AS count FROM kept')).rows).toEqual([{ count: 1000 }]);
  await again.pglite.close();
  await again.store();
  await again.backend.close();
  await first.pglite.close();
  await removeCluster('indexeddb', options.name);
});
