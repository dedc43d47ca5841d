/** The one database the models know: a stand-in that the playground points at SQLite or Postgres, kept in IndexedDB, OPFS or memory. */
import { DatabaseProxy } from 'waxwing';
import type { PostgresqlDatabase } from 'waxwing/postgresql';
import type { SqliteDatabase } from 'waxwing/sqlite';

export const database = new DatabaseProxy<SqliteDatabase | PostgresqlDatabase>();

/** The database as Postgres, for what only that can do; null when it is SQLite. */
export function postgres(): PostgresqlDatabase | null {
  return database.dialect.name === 'postgres' ? (database as unknown as PostgresqlDatabase) : null;
}
