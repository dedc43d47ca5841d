/** Makes the prepared cluster: what initdb leaves, once Postgres has put it in order and shut down. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import type { WholeFile } from '../../src/storage/cluster.ts';
import { openMemoryCluster } from '../../src/storage/memory-cluster.ts';
import { PgliteFilesystem } from '../../src/storage/pglite/filesystem.ts';
import { writeImage } from '../../src/storage/pglite/image.ts';
import { INITDB_PARAMETERS, START_PARAMETERS } from '../../src/storage/pglite/settings.ts';
import { ENGINE } from '../../src/storage/pglite/version.ts';

/** The image as `src/driver/pglite-cluster.bin` has it. */
export async function makeCluster(): Promise<Uint8Array> {
  const image = Buffer.concat([...writeImage(ENGINE.pglite, await makeFiles(), sha)]);
  return gzipSync(image, { level: 9 });
}

/** The files of a fresh cluster, sorted by name. */
export async function makeFiles(): Promise<WholeFile[]> {
  const { files } = await openMemoryCluster({ name: 'cluster', durability: 'strict' });
  const fs = new PgliteFilesystem(files);
  const pglite = await PGlite.create({
    fs,
    initDbStartParams: [...INITDB_PARAMETERS],
    startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS],
  });
  // initdb leaves logs made ahead from old ones. They are used up one by one, and what comes after them is new and empty.
  for (let log = 0; log < 8; log++) await pglite.exec('SELECT pg_switch_wal(); CHECKPOINT');
  await pglite.close();
  fs.takeChanges();
  return [...files.list()].sort().map((name) => {
    const file = files.open(name);
    const bytes = new Uint8Array(file.size());
    file.read(bytes, 0);
    return { name, bytes };
  });
}

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
