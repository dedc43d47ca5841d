/** The two IndexedDB databases of one database: the log and the chunks. */
import { deleteIdb, IdbConnection, listIdb } from './idb-connection.ts';

/** Two, because browsers that keep IndexedDB in SQLite write one transaction at a time in each: a fold must not hold up commits. */
export interface IdbStores {
  readonly log: IdbConnection;
  readonly chunks: IdbConnection;
}

const LOG = 'waxwing:';
const CHUNKS = 'waxwing-chunks:';

/** Opens both, making them where there are none. */
export async function openStores(name: string): Promise<IdbStores> {
  const [log, chunks] = await Promise.allSettled([IdbConnection.open(LOG + name, name), IdbConnection.open(CHUNKS + name, name)]);
  if (log.status === 'fulfilled' && chunks.status === 'fulfilled') return { log: log.value, chunks: chunks.value };
  for (const opened of [log, chunks]) if (opened.status === 'fulfilled') opened.value.close();
  throw log.status === 'rejected' ? log.reason : (chunks as PromiseRejectedResult).reason;
}

export function closeStores({ log, chunks }: IdbStores): void {
  log.close();
  chunks.close();
}

/** Deletes the stored database `name`, if there is one. */
export async function deleteStores(name: string): Promise<void> {
  // Chunks without a log are nothing; a log without its chunks would be a damaged database.
  await deleteIdb(LOG + name, name);
  await deleteIdb(CHUNKS + name, name);
}

/** The names of the databases stored here. */
export async function listStores(): Promise<string[]> {
  return (await listIdb()).flatMap((idbName) => (idbName.startsWith(LOG) ? [idbName.slice(LOG.length)] : []));
}
