/** The same number of bytes in chunks of the same size. */

import { getAll, noise, openStore, put } from './storage.ts';
import { timed } from './subject.ts';

const name = 'bench-open-getall';

globalThis.onmessage = async ({ data: make }: MessageEvent<boolean>) => {
  if (!make) return postMessage(await timed(async () => getAll(await openStore(name))));
  const store = await openStore(name);
  for (let chunk = 0; chunk < 10; chunk++) await put(store, chunk, noise(1024 * 1024), 'strict');
  postMessage(0);
};
