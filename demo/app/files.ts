/** The database as a file, out and in. */
import { database } from './database.ts';
import type { AnyDatabase } from './engines.ts';
import { startKeeping } from './offline.ts';
import type { System } from './where.ts';

export type OnProgress = (done: number, total: number | null) => void;
type Make = (onProgress: OnProgress, signal: AbortSignal) => Promise<Blob>;

/** A kind of file a database goes out as. */
export interface FileKind {
  readonly label: string;
  readonly name: string;
  /** What progress counts. */
  readonly unit: 'bytes' | 'rows';
  readonly make: Make;
}

const own: Make = (onProgress, signal) => database.exportFile({ onProgress, signal });

const script: Make = async (onProgress, signal) =>
  'exportSql' in database ? database.exportSql({ onProgress, signal }) : new Blob();

const toSqlite: Make = async (onProgress, signal) =>
  'exportSqlite' in database ? database.exportSqlite({ onProgress, signal }) : new Blob();

const toBerkeley: Make = async (onProgress, signal) => {
  await startKeeping();
  const { toBerkeley: convert } = await import('waxwing/berkeley');
  return convert(await own(onProgress, signal), { onProgress, signal });
};

const SQLITE = { label: 'Export SQLite', name: 'waxwing-playground.db', unit: 'bytes' } as const;
const BERKELEY = { label: 'Export Berkeley DB', name: 'waxwing-playground-berkeley.db', unit: 'bytes' } as const;

/** What the database of each engine can go out as. */
export const FILE_KINDS: Readonly<Record<System, readonly FileKind[]>> = {
  sqlite: [
    { ...SQLITE, make: own },
    { ...BERKELEY, make: toBerkeley },
  ],
  postgresql: [
    { label: 'Export SQL', name: 'waxwing-playground.sql', unit: 'rows', make: script },
    { label: 'Export the cluster', name: 'waxwing-playground.tar.gz', unit: 'bytes', make: own },
  ],
  berkeley: [
    { ...BERKELEY, make: own },
    { ...SQLITE, make: toSqlite },
  ],
};

/** Replaces a database by a file; one that is not sound is refused and changes nothing. `isScript`: it is text, SQL perhaps. */
export async function importInto(db: AnyDatabase, file: Blob, isScript: boolean, onProgress: OnProgress, signal: AbortSignal) {
  if (isScript && 'importSql' in db) await db.importSql(file, { onProgress, signal });
  else await db.importFile(file, { onProgress, signal });
}
