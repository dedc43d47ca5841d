/** The libraries Waxwing is compared with, each used as its manual shows it. */

import sqlite3InitModule from '@sqlite.org/sqlite-wasm';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sql-js';
import { integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { CompiledQuery, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { DataSource, EntitySchema } from 'typeorm';
import { loadSqlJs } from './sqljs.ts';

/** The most rows of four columns that one statement of 32,766 placeholders takes. */
const ROWS_PER_STATEMENT = 8000;

function* slices(rows) {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) yield rows.slice(at, at + ROWS_PER_STATEMENT);
}

async function drizzlePeer(database) {
  const item = sqliteTable('item', {
    id: integer('id').primaryKey(),
    name: text('name').notNull(),
    score: real('score').notNull(),
    note: text('note'),
  });
  const page = sqliteTable('page', { id: integer('id').primaryKey(), stamp: integer('stamp').notNull() });
  const db = drizzle(database);
  return {
    select: async () => db.select().from(item).orderBy(item.id).all(),
    insert: async (rows) =>
      db.transaction((tx) => {
        for (const slice of slices(rows)) tx.insert(item).values(slice).run();
      }),
    touch: async (id, stamp) => void db.update(page).set({ stamp }).where(eq(page.id, id)).run(),
  };
}

/** Kysely names no sql.js dialect of its own: the smallest connection that its interface asks for. */
class SqlJsConnection {
  constructor(database) {
    this.database = database;
  }

  async executeQuery({ sql, parameters }) {
    const statement = this.database.prepare(sql);
    statement.bind(parameters);
    const rows = [];
    while (statement.step()) rows.push(statement.getAsObject());
    statement.free();
    return { rows, numAffectedRows: BigInt(this.database.getRowsModified()) };
  }

  async *streamQuery(query) {
    yield await this.executeQuery(query);
  }
}

async function kyselyPeer(database) {
  const connection = new SqlJsConnection(database);
  const command = (sql) => connection.executeQuery(CompiledQuery.raw(sql));
  const db = new Kysely({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createDriver: () => ({
        init: async () => {},
        acquireConnection: async () => connection,
        beginTransaction: () => command('BEGIN'),
        commitTransaction: () => command('COMMIT'),
        rollbackTransaction: () => command('ROLLBACK'),
        releaseConnection: async () => {},
        destroy: async () => {},
      }),
    },
  });
  return {
    select: () => db.selectFrom('item').selectAll().orderBy('id').execute(),
    insert: (rows) =>
      db.transaction().execute(async (trx) => {
        for (const slice of slices(rows)) await trx.insertInto('item').values(slice).execute();
      }),
    touch: async (id, stamp) => void (await db.updateTable('page').set({ stamp }).where('id', '=', id).execute()),
  };
}

async function typeormPeer(database) {
  const Item = new EntitySchema({
    name: 'item',
    columns: {
      id: { type: 'integer', primary: true },
      name: { type: 'text' },
      score: { type: 'real' },
      note: { type: 'text', nullable: true },
    },
  });
  const Page = new EntitySchema({
    name: 'page',
    columns: { id: { type: 'integer', primary: true }, stamp: { type: 'integer' } },
  });
  const source = new DataSource({ type: 'sqljs', driver: await loadSqlJs(), entities: [Item, Page] });
  await source.initialize();
  source.driver.databaseConnection = database;
  return {
    select: () => source.getRepository(Item).find({ order: { id: 'ASC' } }),
    insert: (rows) =>
      source.transaction(async (manager) => {
        for (const slice of slices(rows)) await manager.insert(Item, slice);
      }),
    touch: async (id, stamp) => void (await source.getRepository(Page).update(id, { stamp })),
  };
}

export const peers = { drizzle: drizzlePeer, kysely: kyselyPeer, typeorm: typeormPeer };

export async function openSahPool(name) {
  const sqlite3 = await sqlite3InitModule({ print: () => {}, printErr: () => {} });
  const pool = await sqlite3.installOpfsSAHPoolVfs({ name, directory: `/${name}`, clearOnInit: true, initialCapacity: 6 });
  const database = new pool.OpfsSAHPoolDb(`/${name}.db`);
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  return {
    run: (sql, params = []) => void database.exec({ sql, bind: params.length === 0 ? undefined : params }),
    select: (sql) => database.exec({ sql, rowMode: 'object', returnValue: 'resultRows' }),
  };
}
