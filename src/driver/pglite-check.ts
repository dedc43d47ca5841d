/** Tries a cluster out before it takes the place of another. */
import { CorruptDatabaseError, InternalError } from '../errors.ts';
import type { WholeFile } from '../storage/cluster.ts';
import { openMemoryCluster } from '../storage/memory-cluster.ts';
import { Running, type Start } from './pglite-running.ts';
import { READ_ALL_CATALOGS } from './pglite-sql.ts';

/**
 * Starts Postgres on a copy of the files, in memory, and lets it read its catalogs.
 * @throws CorruptDatabaseError when it does not start or cannot read them.
 */
export async function checkCluster(files: readonly WholeFile[], start: Start): Promise<void> {
  const backend = await openMemoryCluster({ name: 'imported', durability: 'deferred' });
  await backend.replaceAll(
    files.map(({ name, bytes }) => ({ name, bytes: bytes.slice() })),
    null,
  );
  try {
    const running = await Running.start({ ...start, backend, setup: [], extensions: [], onProgress: undefined }, false);
    running.session.query(READ_ALL_CATALOGS);
    await running.close();
  } catch (cause) {
    if (!(cause instanceof InternalError) && (cause as { code?: unknown }).code === undefined) throw cause;
    throw new CorruptDatabaseError(`Postgres cannot use the imported database: ${(cause as Error).message}`, { cause });
  }
}
