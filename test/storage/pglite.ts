/** PGlite on the files of a cluster, as its driver starts it, for tests that look at the files below it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { amcheck } from '@electric-sql/pglite/contrib/amcheck';
import type { Change, ClusterBackend, ClusterFiles } from '../../src/storage/cluster.ts';
import { openMemoryCluster } from '../../src/storage/memory-cluster.ts';
import { PgliteFilesystem } from '../../src/storage/pglite/filesystem.ts';
import { prepareCluster } from '../../src/storage/pglite/prepare.ts';
import { INITDB_PARAMETERS, START_PARAMETERS } from '../../src/storage/pglite/settings.ts';

export interface Opened {
  readonly fs: PgliteFilesystem;
  readonly pglite: PGlite;
}

const IMAGE = fileURLToPath(new URL('../../src/driver/pglite-cluster.bin', import.meta.url));

/** The prepared cluster as it is stored. */
export function imageStream(bytes: Uint8Array = readFileSync(IMAGE)): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([new Uint8Array(bytes)]).stream();
}

/** A fresh cluster in memory. */
export async function freshCluster(): Promise<ClusterBackend> {
  const backend = await openMemoryCluster({ name: 'fresh', durability: 'strict' });
  await prepareCluster(backend, async () => imageStream());
  return backend;
}

export async function openPglite(files: ClusterFiles): Promise<Opened> {
  const fs = new PgliteFilesystem(files);
  const pglite = await PGlite.create({
    fs,
    initDbStartParams: [...INITDB_PARAMETERS],
    startParams: [...PGlite.defaultStartParams, ...START_PARAMETERS],
    extensions: { amcheck },
  });
  return { fs, pglite };
}

/** What a backend has to make of changes. */
export function applyChanges(files: ClusterFiles, changes: readonly Change[]): void {
  for (const change of changes) {
    if ('removed' in change) {
      files.remove(change.file);
      continue;
    }
    const { pageSize, size, pages, images } = change;
    const file = files.open(change.file);
    file.truncate(size);
    for (const [index, page] of Array.from(pages).entries()) {
      const at = page * pageSize;
      file.write(images.slice(index * pageSize, index * pageSize + Math.min(pageSize, size - at)), at);
    }
  }
}
