/** A Berkeley database under write load, in a worker. */
import wasmUrl from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { openJournaledOpfs } from '../../../../src/storage/bdb/file/opfs-journaled.ts';
import { openIndexedDb } from '../../../../src/storage/indexeddb.ts';
import { berkeleyLoad } from './berkeley-load.ts';
import { expose } from './load.ts';
import { openUnprotected } from './unprotected.ts';

const name = 'killed.db';

expose(
  berkeleyLoad({
    name,
    wasmUrl,
    openFile: ({ storage, durability }) => {
      if (storage === 'unprotected') return openUnprotected('database');
      if (storage === 'opfs') return openJournaledOpfs({ name, durability });
      return openIndexedDb({ name, durability }, 'waxwing-berkeley');
    },
  }),
);
