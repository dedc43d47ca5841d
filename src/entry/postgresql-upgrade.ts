/** Brings a stored cluster of an older Postgres to the one of today, by way of SQL. */
import { dumpSql } from '../database/postgres-dump.ts';
import type { Postgresql } from '../database/postgresql.ts';
import { type PlainPglite, readPlainly } from '../driver/pglite-plain.ts';
import { OperationalError } from '../errors.ts';
import type { OnProgress, StorageKind } from '../storage/backend.ts';
import { openCluster } from '../storage/open-cluster.ts';
import { archiveCluster, readArchive } from '../storage/pglite/archive.ts';
import { clusterVersion, isReadable } from '../storage/pglite/version.ts';

/** How a stored database of an older Postgres is brought to the one of today. */
export interface UpgradeOptions {
  /** Starts the engine that wrote the database, on this archive of it: `(cluster) => PGlite.create({ loadDataDir: cluster })`. */
  readonly engine: (cluster: Blob) => Promise<PlainPglite>;
  /** `indexeddb` unless told; on Node `file`. */
  readonly storage?: StorageKind;
  /** Called while tables are read from the old one, and again while they are written. */
  readonly onProgress?: OnProgress;
}

/** Reads `name` with its own engine, makes it anew in `fresh`, a database in memory, and puts that in the old one's place; nothing when it is of today. */
export async function upgradeCluster(
  name: string,
  fresh: Postgresql,
  { engine, storage, onProgress }: UpgradeOptions & { readonly storage: StorageKind },
): Promise<void> {
  const cluster = await openCluster(storage, { name, durability: 'strict', onProgress });
  try {
    const version = clusterVersion(cluster.files);
    if (version === null) throw new OperationalError(`There is no database "${name}" to upgrade.`, { database: name });
    if (isReadable(version)) return;
    const old = await engine(await archiveCluster(cluster.files));
    const script = await readPlainly(old, (reader) => dumpSql(reader, { onProgress })).finally(() => old.close());
    await fresh.importSql(script, { onProgress });
    const files = await readArchive(await fresh.exportFile());
    // Until here nothing was changed; here everything is, at once.
    await cluster.replaceAll(files, null, onProgress);
  } finally {
    await Promise.allSettled([cluster.close(), fresh.close()]);
  }
}
