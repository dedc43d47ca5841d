/** Starts sql.js, then reads the chunks of an exported database, puts them together and selects a row: one after the other. */

import { CREATE_PAGE, FILL_SQL, ROWS_PER_MEGABYTE } from './data.ts';
import { loadSqlJs } from './sqljs.ts';
import { getAll, openStore, put } from './storage.ts';

const name = 'bench-open-sqljs';
const CHUNK = 1024 * 1024;

globalThis.onmessage = async ({ data: make }: MessageEvent<boolean>) => {
  const { Database } = await loadSqlJs();
  const store = await openStore(name);
  if (make) {
    const database = new Database();
    database.run(CREATE_PAGE);
    database.run(FILL_SQL, [10 * ROWS_PER_MEGABYTE]);
    const file = database.export();
    for (let at = 0; at < file.length; at += CHUNK) await put(store, at / CHUNK, file.slice(at, at + CHUNK), 'strict');
    return postMessage(null);
  }
  const chunks = (await getAll(store)) as Uint8Array[];
  const file = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  for (const [index, chunk] of chunks.entries()) file.set(chunk, index * CHUNK);
  const database = new Database(file);
  postMessage(database.exec('SELECT id, stamp FROM page WHERE id = 1'));
};
