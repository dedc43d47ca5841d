/** The rows every subject works on: an integer, a text, a real and an empty column, the same for all. */

export interface Item {
  id: number;
  name: string;
  score: number;
  note: string | null;
}

export const CREATE_ITEM =
  'CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, score REAL NOT NULL, note TEXT)';
export const INSERT_ITEM = 'INSERT INTO item (id, name, score, note) VALUES (?, ?, ?, ?)';
export const SELECT_ITEMS = 'SELECT id, name, score, note FROM item ORDER BY id';

/** `count` rows with ids from 1. */
export function items(count: number): Item[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: `item number ${index + 1}`,
    score: ((index * 7919) % 1000) / 8,
    note: index % 4 === 0 ? `note ${index}` : null,
  }));
}

/** Bytes that do not compress, for files of a wanted size: `megabytes` MiB in rows of about half a KiB. */
export const FILL_SQL =
  'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO page (id, stamp, payload) SELECT i, 0, randomblob(490) FROM n';
export const ROWS_PER_MEGABYTE = 2000;
export const CREATE_PAGE = 'CREATE TABLE page (id INTEGER NOT NULL PRIMARY KEY, stamp INTEGER NOT NULL, payload BLOB NOT NULL)';

/** A repeatable stream of keys from 1 to `most`. */
export function keys(most: number): () => number {
  let state = 12345;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state % most) + 1;
  };
}
