/** What stands at the beginning of a dump: how its text is to be read. */

/** Lines of SQL that every Postgres understands. */
export const HEADER = `-- A Postgres database, written by Waxwing: load it with psql, or with importSql().

SET statement_timeout = 0;
SET lock_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET client_min_messages = warning;
SET row_security = off;

`;

/** Names come qualified when nothing is searched. */
export const SEARCH_NOTHING = "SELECT pg_catalog.set_config('search_path', '', true)";

/** How far a sequence has counted. */
export function askSequence(sequence: string): string {
  return `SELECT format('SELECT pg_catalog.setval(%L, %s, %L);', '${sequence.replaceAll("'", "''")}', last_value, is_called) FROM ${sequence}`;
}

/** The rows of a table as text; of the table alone, not of those that inherit from it. */
export function askRows(table: string, texts: string): string {
  return `SELECT ${texts} FROM ONLY ${table}`;
}

export function askCount(table: string): string {
  return `SELECT count(*)::text FROM ONLY ${table}`;
}

export function copyHead(table: string, columns: string): string {
  return `COPY ${table} (${columns}) FROM stdin;\n`;
}
