/** Keeps what a killed browser left half written from becoming the end of everything that is stored. */
import { deleteIdb, IdbConnection } from './idb-connection.ts';

const NAME = 'waxwing-fresh-log';

/**
 * Has the browser begin a new file for what is stored from now on. Chromium's IndexedDB goes on writing to the log of a process
 * that was killed, behind a record that may be torn; the start after that takes the log for corrupt and deletes everything of
 * the site. Deleting a database makes it write out what the log holds and begin another one, in a few milliseconds; other
 * browsers take as little notice of it as of any database. Nothing may be acknowledged before this resolves, which it always does.
 */
export async function freshLog(): Promise<void> {
  try {
    (await IdbConnection.open(NAME, NAME)).close();
    await deleteIdb(NAME, NAME);
  } catch {
    // Another tab is doing the same, or nothing can be stored here: then the database itself cannot be opened either, and tells.
  }
}
