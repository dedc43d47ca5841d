/** The two IndexedDB databases of one database: the log and the chunks. */
import { deleteIdb, IdbConnection, listIdb } from './idb-connection.ts';

/** Two, because browsers that keep IndexedDB in SQLite write one transaction at a time in each: a fold must not hold up commits. */
export interface IdbStores {
  readonly log: IdbConnection;
  readonly chunks: IdbConnection;
}

/** Opens both, making them where there are none; each `group` of databases has names of its own. */
export async function openStores(group: string, name: string): Promise<IdbStores> {
  const [log, chunks] = await Promise.allSettled([
    IdbConnection.open(logName(group, name), name),
    IdbConnection.open(chunksName(group, name), name),
  ]);
  if (log.status === 'fulfilled' && chunks.status === 'fulfilled') return { log: log.value, chunks: chunks.value };
  for (const opened of [log, chunks]) if (opened.status === 'fulfilled') opened.value.close();
  throw log.status === 'rejected' ? log.reason : (chunks as PromiseRejectedResult).reason;
}

export function closeStores({ log, chunks }: IdbStores): void {
  log.close();
  chunks.close();
}

/** Deletes the stored database `name`, if there is one. */
export async function deleteStores(group: string, name: string): Promise<void> {
  // Chunks without a log are nothing; a log without its chunks would be a damaged database.
  await deleteIdb(logName(group, name), name);
  await deleteIdb(chunksName(group, name), name);
}

/** The names of the databases stored here. */
export async function listStores(group: string): Promise<string[]> {
  const prefix = logName(group, '');
  return (await listIdb()).flatMap((idbName) => (idbName.startsWith(prefix) ? [idbName.slice(prefix.length)] : []));
}

function logName(group: string, name: string): string {
  return `${group}:${name}`;
}

function chunksName(group: string, name: string): string {
  return `${group}-chunks:${name}`;
}
