/** Which Postgres a cluster is of: its files are only for one major version, and for one version of the system's tables. */
import { CorruptDatabaseError, EngineMismatchError } from '../../errors.ts';
import type { ClusterFiles } from '../cluster.ts';

export interface ClusterVersion {
  /** Postgres's major version, 18 say. */
  readonly postgres: number;
  /** The version of the system's tables, which changes between test releases of one major version too. */
  readonly catalog: number;
}

/** The engine this version of Waxwing is made for, and what it reads. A test holds this against what is installed. */
export const ENGINE: ClusterVersion & { readonly pglite: string } = { pglite: '0.5.16', postgres: 18, catalog: 202506291 };

/** A file that each cluster has, and the one that says its major version. */
export const CONTROL_FILE = 'global/pg_control';
export const VERSION_FILE = 'PG_VERSION';

/**
 * The version of a stored cluster, or null when there is none.
 * @throws CorruptDatabaseError when what is stored is no cluster.
 */
export function clusterVersion(files: Pick<ClusterFiles, 'exists' | 'open'>): ClusterVersion | null {
  if (!files.exists(VERSION_FILE)) return null;
  if (!files.exists(CONTROL_FILE)) throw new CorruptDatabaseError(`The cluster has no file ${CONTROL_FILE}.`);
  return versionIn(wholeFile(files, VERSION_FILE), wholeFile(files, CONTROL_FILE));
}

/**
 * The version that the two files tell.
 * @throws CorruptDatabaseError when they tell none.
 */
export function versionIn(version: Uint8Array, control: Uint8Array): ClusterVersion {
  const postgres = Number.parseInt(new TextDecoder().decode(version), 10);
  if (!(postgres > 0) || control.length < 16) throw new CorruptDatabaseError('The files are not those of a Postgres cluster.');
  // Behind the system's identifier and the version of this very file.
  const catalog = new DataView(control.buffer, control.byteOffset).getUint32(12, true);
  return { postgres, catalog };
}

/** Whether the engine reads clusters of this version. */
export function isReadable({ postgres, catalog }: ClusterVersion): boolean {
  return postgres === ENGINE.postgres && catalog === ENGINE.catalog;
}

/**
 * Nothing, when the engine reads clusters of this version.
 * @throws EngineMismatchError that says which version it is and what to do.
 */
export function assertReadable(version: ClusterVersion): void {
  if (isReadable(version)) return;
  const { postgres, catalog } = version;
  const found = postgres === ENGINE.postgres ? `a preliminary Postgres ${postgres} (catalog ${catalog})` : `Postgres ${postgres}`;
  throw new EngineMismatchError(
    `The database was written by ${found}; PGlite ${ENGINE.pglite} is Postgres ${ENGINE.postgres} and cannot read its files. ` +
      `Bring it up to date with PostgresqlDatabase.upgrade() and the PGlite that wrote it; an archive is loaded by that PGlite, dumped as SQL and loaded with importSql().`,
    { code: postgres },
  );
}

function wholeFile(files: Pick<ClusterFiles, 'open'>, name: string): Uint8Array {
  const file = files.open(name);
  try {
    const bytes = new Uint8Array(file.size());
    file.read(bytes, 0);
    return bytes;
  } finally {
    file.close();
  }
}
