/** SQLite under write load. */
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { openSqlJs } from '../../../../src/driver/open-with.ts';
import type { Backend } from '../../../../src/storage/backend.ts';
import { openBackend } from '../../../../src/storage/open.ts';
import { expose } from './load.ts';
import { sqliteLoad } from './sqlite-load.ts';
import { openUnprotected } from './unprotected.ts';

const NAME = 'killed.db';

expose({
  open: async ({ storage, durability }) => {
    const options = { name: NAME, durability, lockTimeout: 60_000, setup: [], wasmUrl };
    const backend: Backend = storage === 'unprotected' ? await openUnprotected(NAME) : await openBackend(storage, options);
    return openSqlJs({ ...options, storage: backend.kind }, backend);
  },
  ...sqliteLoad(6_000),
});
