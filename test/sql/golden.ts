/** Goldens: what a query is on each dialect, proved to be SQL by that dialect's own engine. */
import { expect } from 'vitest';
import type { Node } from '../../src/ast/node.ts';
import { sqlite } from '../../src/dialect/sqlite/dialect.ts';
import type { DriverValue } from '../../src/wire/statement.ts';
import { type Database, open, runStatement } from './engine.ts';

/** SQL and its values on each dialect. */
export interface Golden {
  readonly sqlite: readonly [sql: string, params?: readonly DriverValue[]];
}

/** The tables goldens are about. */
export const TABLES = `
  CREATE TABLE user (id INTEGER PRIMARY KEY, username TEXT UNIQUE, age INTEGER, joined DATETIME, active INTEGER, meta TEXT, big INTEGER);
  CREATE TABLE tweet (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user (id), message TEXT, created TEXT);
  CREATE TABLE category (id INTEGER PRIMARY KEY, parent_id INTEGER, name TEXT);
  CREATE TABLE kv (key TEXT PRIMARY KEY, value INTEGER, extra TEXT);
`;

/** Expects these statements, one after the other, and that the engine takes them. */
export function expectSql(query: { readonly '~node': Node }, golden: Golden, database: Database = open(TABLES)): void {
  const [statement, ...others] = sqlite.compile(query['~node']);
  expect(others).toEqual([]);
  const [sql, params = []] = golden.sqlite;
  expect([statement?.sql, statement?.params ?? []]).toEqual([sql, params]);
  // Plain data: a copy made for another thread says the same.
  expect(sqlite.compile(structuredClone(query['~node']))).toEqual([statement]);
  runStatement(database, statement as NonNullable<typeof statement>);
}
