/** Reads 10 MB from IndexedDB by `getAll`: from opening the store to the bytes. The first visit stores them. */

import { getAll, noise, openStore, put } from './storage.ts';
import { timed } from './subject.ts';

const name = 'bench-cold-getall';
if (location.search === '?make') {
  const store = await openStore(name);
  for (let chunk = 0; chunk < 10; chunk++) await put(store, chunk, noise(1024 * 1024), 'strict');
  document.title = 'ready';
} else {
  const taken = await timed(async () => getAll(await openStore(name)));
  document.title = `ready ${taken}`;
}
