/** Converts a file of Berkeley DB to one of SQLite, and back. */
import { existsSync, openAsBlob, readdirSync } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { toBerkeley, toSqlite } from '../entry/berkeley.ts';
import { OperationalError } from '../errors.ts';
import type { OnProgress } from '../storage/backend.ts';
import { ProgressLine } from './progress-line.ts';

export interface Conversion {
  readonly from: string;
  readonly to: string;
  /** Bytes of a page of a file of Berkeley DB. */
  readonly pageSize: number | undefined;
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  readonly quiet: boolean;
}

const SQLITE = 'SQLite format 3\0';
/** Behind the name of a file that is being written. */
const NEW = '-new';

/**
 * Reads one file and writes the other, whole or not at all.
 * @throws OperationalError when a file cannot be read or written.
 */
export async function convert({ from, to, pageSize, force, quiet }: Conversion): Promise<void> {
  if (existsSync(to) && !force) throw new OperationalError(`"${to}" is there already: name another file, or add --force.`);
  const file = await opened(from);
  const isSqlite = (await file.slice(0, SQLITE.length).text()) === SQLITE;
  const line = new ProgressLine(quiet ? null : process.stderr);
  const onProgress: OnProgress = (done, total, step) => line.show(step ?? 'write', done, total);
  const converted = isSqlite
    ? await toBerkeley(file, { onProgress, ...(pageSize === undefined ? {} : { pageSize }) })
    : await toSqlite(file, { onProgress });
  await write(converted, to, onProgress);
  line.end(`${from} (${size(file)}) is now ${to} (${size(converted)}), ${isSqlite ? 'Berkeley DB' : 'SQLite'}.`);
  const beside = besideOf(isSqlite ? to : from, isSqlite);
  if (beside !== null) console.error(beside);
}

async function opened(path: string): Promise<Blob> {
  try {
    if ((await stat(path)).isFile()) return await openAsBlob(path);
  } catch (cause) {
    throw new OperationalError(`"${path}" cannot be read: ${(cause as Error).message}.`, { cause });
  }
  throw new OperationalError(`"${path}" is not a file.`);
}

/** Writes beside the place, then puts it there: nobody finds half a file. */
async function write(content: Blob, path: string, onProgress: OnProgress): Promise<void> {
  const fresh = path + NEW;
  let target: FileHandle | undefined;
  try {
    target = await open(fresh, 'w');
    let done = 0;
    for await (const piece of content.stream()) {
      await target.writeFile(piece);
      done += piece.length;
      onProgress(done, content.size, 'write');
    }
    await target.sync();
    await target.close();
    await rename(fresh, path);
  } catch (cause) {
    await target?.close().catch(() => {});
    await rm(fresh, { force: true });
    throw new OperationalError(`"${path}" cannot be written: ${(cause as Error).message}.`, { cause });
  }
}

/** What to say of the directory that Berkeley DB keeps beside a file, or null. */
function besideOf(path: string, isWritten: boolean): string | null {
  const directory = `${path}-journal`;
  if (!existsSync(directory)) return null;
  if (isWritten) return `${directory} is of another file that had this name: delete it.`;
  if (!readdirSync(directory).some((name) => name.startsWith('log.'))) return null;
  return (
    `${directory} may hold changes that are not in ${path} yet. If rows are missing, close what has it open, run\n` +
    `  echo 'select count(*) from sqlite_master;' | db5.3_sql ${path}\nand convert again.`
  );
}

function size({ size: bytes }: Blob): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
