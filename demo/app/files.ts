/** The database as a file, out and in. */
import { database, postgres } from './database.ts';
import { tell } from './session.ts';

export type OnProgress = (done: number, total: number | null) => void;

/** A kind of file a database goes out as. */
export interface FileKind {
  readonly label: string;
  readonly name: string;
  /** What progress counts. */
  readonly unit: 'bytes' | 'rows';
  make(onProgress: OnProgress, signal: AbortSignal): Promise<Blob>;
}

const SQLITE: FileKind = {
  label: 'Export',
  name: 'waxwing-playground.db',
  unit: 'bytes',
  make: (onProgress, signal) => database.exportFile({ onProgress, signal }),
};

const SCRIPT: FileKind = {
  label: 'Export SQL',
  name: 'waxwing-playground.sql',
  unit: 'rows',
  make: async (onProgress, signal) => {
    const db = postgres();
    return db === null ? new Blob() : db.exportSql({ onProgress, signal });
  },
};

const CLUSTER: FileKind = {
  label: 'Export the cluster',
  name: 'waxwing-playground.tar.gz',
  unit: 'bytes',
  make: (onProgress, signal) => database.exportFile({ onProgress, signal }),
};

/** What the open database can go out as. */
export const fileKinds = (): readonly FileKind[] => (postgres() ? [SCRIPT, CLUSTER] : [SQLITE]);

/** Replaces the database by a file; one that is not sound, or is another engine's, is refused and changes nothing. */
export async function importFile(file: Blob, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
  const db = postgres();
  if (db && !(await isArchive(file))) await db.importSql(file, { onProgress, signal });
  else await database.importFile(file, { onProgress, signal });
  tell('swapped');
}

/** A cluster is packed by gzip, or is a tar file; anything else is taken for a script, and refused if it is none. */
async function isArchive(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  return (head[0] === 0x1f && head[1] === 0x8b) || new TextDecoder().decode(head.subarray(257, 262)) === 'ustar';
}
