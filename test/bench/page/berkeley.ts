/** Commits to a Berkeley database and to a SQLite database of the same rows, on the same storage. */

import { BlobField, IntegerField, Model } from 'waxwing';
import { BerkeleyDatabase } from 'waxwing/berkeley';
import { SqliteDatabase } from 'waxwing/sqlite';
import { FILL_SQL, keys, ROWS_PER_MEGABYTE } from './data.ts';
import { averaged, type Subject, type Subjects } from './subject.ts';

const MEGABYTES = 10;
/** One-row commits one after the other in a sample. */
const COMMITS = 10;

/** With an index on what changes, so that a commit is one to two trees. */
class PageModel extends Model.define('page', {
  id: IntegerField({ primaryKey: true }),
  stamp: IntegerField({ index: true }),
  payload: BlobField(),
}) {}

async function commits(Kind: typeof SqliteDatabase | typeof BerkeleyDatabase, storage: 'indexeddb' | 'opfs'): Promise<Subject> {
  const database = new Kind(`bench-${crypto.randomUUID()}`, { storage, durability: 'strict' });
  class Page extends PageModel {
    static meta = { database, tableName: 'page' };
  }
  const count = MEGABYTES * ROWS_PER_MEGABYTE;
  await database.createTables([Page]);
  await database.executeSql(FILL_SQL, [count]);
  await database.flush();
  const next = keys(count);
  let stamp = 0;
  const commit = () => Page.update({ stamp: ++stamp }).where(Page.id.eq(next()));
  return { sample: () => averaged(COMMITS, commit), finish: async () => void (await database.close()) };
}

/** Subjects of the page, by row. */
export const berkeleyRows = {
  'Berkeley commit on IndexedDB, 10 MB': {
    waxwing: () => commits(BerkeleyDatabase, 'indexeddb'),
    reference: () => commits(SqliteDatabase, 'indexeddb'),
  },
  'Berkeley commit on OPFS, 10 MB': {
    waxwing: () => commits(BerkeleyDatabase, 'opfs'),
    reference: () => commits(SqliteDatabase, 'opfs'),
  },
} satisfies Record<string, Subjects>;
