/** From an empty page to the first answer: Waxwing in its worker. Time runs from the navigation. */

import { IntegerField, Model } from 'waxwing';
import { SqliteDatabase } from 'waxwing/sqlite';

const database = new SqliteDatabase('bench-cold', { storage: 'memory' });
class Item extends Model.define('item', { number: IntegerField() }) {
  static meta = { database };
}
await database.createTables([Item]);
await Item.create({ number: 1 });
await Item.select();
document.title = `ready ${performance.now()}`;
