/** The one database the models know: a stand-in that the playground points at IndexedDB, OPFS or memory. */
import { DatabaseProxy } from 'waxwing';
import type { SqliteDatabase } from 'waxwing/sqlite';

export const database = new DatabaseProxy<SqliteDatabase>();
