/** Opens a stored database of 10 MB: from the call to its first row. The first visit makes it. */

import { timed } from './subject.ts';
import { bigDatabase } from './waxwing.ts';

const name = 'bench-cold-open';
if (location.search === '?make') {
  const { database } = await bigDatabase(name, 10, { storage: 'indexeddb', durability: 'strict' });
  await database.close();
  document.title = 'ready';
} else {
  const { IntegerField, Model } = await import('waxwing');
  const { SqliteDatabase } = await import('waxwing/sqlite');
  const taken = await timed(async () => {
    const database = new SqliteDatabase(name, { storage: 'indexeddb' });
    class Page extends Model.define('page', { id: IntegerField({ primaryKey: true }), stamp: IntegerField() }) {
      static meta = { database };
    }
    await Page.getById(1);
  });
  document.title = `ready ${taken}`;
}
