/** What the driver says to its engine about a database that is stored as Berkeley DB SQL keeps it. */

import { START } from './sqljs-sql.ts';

/** Fills the indexes, of which the stored file has its own. */
export const FILL_INDEXES = 'REINDEX';
/** What is thrown away anyhow needs no journal. */
export const KEEP_NO_JOURNAL = 'PRAGMA journal_mode=OFF';
/** The last row of the schema, and how many there are. */
export const LAST_OBJECT = 'SELECT max(rowid), count(*) FROM sqlite_schema';
/** The objects of the schema behind a row. */
export const objectsBehind = (row: number): string => `SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE rowid > ${row}`;

/** Rows of what stands in a FROM, none of them. */
export const columnsIn = (source: string): string => `SELECT * FROM ${source} LIMIT 0`;

/** Sentences around a statement that may have to be undone as a whole. */
export interface Bracket {
  readonly begin: string;
  readonly keep: readonly string[];
  readonly undo: readonly string[];
}

/** Outside of a transaction. */
export const ALONE: Bracket = { begin: 'BEGIN', keep: ['COMMIT'], undo: ['ROLLBACK'] };
const NAME = '"waxwing schema"';
/** Within one. */
export const WITHIN: Bracket = {
  begin: `SAVEPOINT ${NAME}`,
  keep: [`RELEASE ${NAME}`],
  undo: [`ROLLBACK TO ${NAME}`, `RELEASE ${NAME}`],
};

/** Statements that add objects, all behind those that are there. */
export const ADDS_OBJECTS: RegExp = new RegExp(`${START}create\\b`, 'i');
/** Statements that change objects, also by hand (`writable_schema`). */
export const CHANGES_OBJECTS: RegExp = new RegExp(
  `${START}(?:alter\\b|(?:insert|replace|update|with)\\b[^]*\\bsqlite_(?:schema|master)\\b)`,
  'i',
);
/** Statements that change rows, and run triggers. */
export const CHANGES_ROWS: RegExp = new RegExp(`${START}(?:insert|replace|update|delete|with)\\b`, 'i');
/** The pragma after which the schema can be written by hand. */
export const OPENS_SCHEMA: RegExp = new RegExp(`${START}pragma\\b[^]*\\bwritable_schema\\b`, 'i');
