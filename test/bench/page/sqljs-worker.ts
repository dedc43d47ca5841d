/** Stock sql.js in a worker behind plain Comlink, as an app would do it by hand. */

import { expose } from 'comlink';
import { type Item, SELECT_ITEMS } from './data.ts';
import { type Database, emptyDatabase, filledDatabase, insertItems, selectByGet } from './sqljs.ts';

let database: Database;

const api = {
  async fill(count: number): Promise<void> {
    database = count === 0 ? await emptyDatabase() : await filledDatabase(count);
  },
  select: (): unknown[] => selectByGet(database, SELECT_ITEMS),
  insert: (rows: readonly Item[]): void => insertItems(database, rows),
  run: (sql: string, values: readonly unknown[] = []): void => database.run(sql, values),
  clear: (): void => {
    database.run('DELETE FROM item');
  },
  lookups(ids: readonly number[]): unknown[] {
    const statement = database.prepare('SELECT id, name, score, note FROM item WHERE id = ?');
    const rows = ids.map((id) => statement.getAsObject([id]));
    statement.free();
    return rows;
  },
};

export type SqlJsWorker = typeof api;
expose(api);
