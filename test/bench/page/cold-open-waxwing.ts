/** A stored database of 10 MB and its first row. */

import { IntegerField, Model } from 'waxwing';
import { SqliteDatabase } from 'waxwing/sqlite';

/** Opens the database and reads a row by its key. */
export async function firstRow(name: string): Promise<void> {
  const database = new SqliteDatabase(name, { storage: 'indexeddb' });
  class Page extends Model.define('page', { id: IntegerField({ primaryKey: true }), stamp: IntegerField() }) {
    static meta = { database };
  }
  await Page.getById(1);
}

/** Stores the database, as it lies there once its log is folded: every visit would begin to fold ten megabytes and leave else. */
export async function makeStored(name: string): Promise<void> {
  const { bigDatabase } = await import('./waxwing.ts');
  const { database } = await bigDatabase(name, 10, { storage: 'indexeddb', durability: 'strict' });
  await database.importFile(await database.exportFile());
  await database.close();
}
