/** Waxwing as its manual shows it. */

import { BlobField, FloatField, IntegerField, Model, TextField } from 'waxwing';
import { SqliteDatabase } from 'waxwing/sqlite';
import { FILL_SQL, items, ROWS_PER_MEGABYTE } from './data.ts';

type Options = ConstructorParameters<typeof SqliteDatabase>[1];

class ItemModel extends Model.define('item', {
  id: IntegerField({ primaryKey: true }),
  name: TextField(),
  score: FloatField(),
  note: TextField({ null: true }),
}) {}

class PageModel extends Model.define('page', {
  id: IntegerField({ primaryKey: true }),
  stamp: IntegerField(),
  payload: BlobField(),
}) {}

/** A database with an empty table `item`, and the model bound to it. */
export async function emptyItems(name: string, options: Options) {
  const database = new SqliteDatabase(name, options);
  class Item extends ItemModel {
    static meta = { database, tableName: 'item' };
  }
  await database.createTables([Item]);
  await Item.delete();
  return { database, Item };
}

export async function filledItems(name: string, count: number, options: Options) {
  const made = await emptyItems(name, options);
  await made.Item.insertMany(items(count));
  return made;
}

/** A database of about `megabytes` MiB. */
export async function bigDatabase(name: string, megabytes: number, options: Options) {
  const database = new SqliteDatabase(name, options);
  class Page extends PageModel {
    static meta = { database, tableName: 'page' };
  }
  await database.createTables([Page]);
  const count = megabytes * ROWS_PER_MEGABYTE;
  if ((await Page.select().count()) === 0) await database.executeSql(FILL_SQL, [count]);
  await database.flush();
  return { database, Page, count };
}
