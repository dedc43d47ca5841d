/** Stock sql.js as its manual shows it: the reference of most rows. */

import initSqlJs from 'sql.js';
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { CREATE_ITEM, INSERT_ITEM, type Item, items } from './data.ts';

/** As much of sql.js as is used here. */
export interface Statement {
  run(values: readonly unknown[]): void;
  step(): boolean;
  get(): unknown[];
  getAsObject(values?: readonly unknown[]): Record<string, unknown>;
  getColumnNames(): string[];
  free(): void;
}
export interface Database {
  run(sql: string, values?: readonly unknown[]): void;
  exec(sql: string): unknown[];
  prepare(sql: string): Statement;
  export(): Uint8Array;
  close(): void;
}
interface SqlJs {
  readonly Database: new (file?: Uint8Array) => Database;
}

const initialize = initSqlJs as unknown as (options: { locateFile: () => string }) => Promise<SqlJs>;
let engine: Promise<SqlJs> | undefined;

export function loadSqlJs(): Promise<SqlJs> {
  engine ??= initialize({ locateFile: () => wasmUrl });
  return engine;
}

/** An empty database with the table `item`. */
export async function emptyDatabase(): Promise<Database> {
  const { Database } = await loadSqlJs();
  const database = new Database();
  database.run(CREATE_ITEM);
  return database;
}

export async function filledDatabase(count: number): Promise<Database> {
  const database = await emptyDatabase();
  insertItems(database, items(count));
  return database;
}

/** A prepared statement in a loop, in one transaction: the fastest the library offers. */
export function insertItems(database: Database, rows: readonly Item[]): void {
  database.run('BEGIN');
  const statement = database.prepare(INSERT_ITEM);
  for (const row of rows) statement.run([row.id, row.name, row.score, row.note]);
  statement.free();
  database.run('COMMIT');
}

/** Rows as objects the way the library makes them. */
export function selectAsObjects(database: Database, sql: string): unknown[] {
  const statement = database.prepare(sql);
  const rows: unknown[] = [];
  while (statement.step()) rows.push(statement.getAsObject());
  statement.free();
  return rows;
}

/** Rows as objects from `get()`, which is the faster way by hand. */
export function selectByGet(database: Database, sql: string): unknown[] {
  const statement = database.prepare(sql);
  const names = statement.getColumnNames();
  const rows: unknown[] = [];
  while (statement.step()) {
    const values = statement.get();
    const row: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index++) row[names[index] as string] = values[index];
    rows.push(row);
  }
  statement.free();
  return rows;
}
