/** A worker of an app, with one database open before the stored one is. */

import { SqliteDatabase } from 'waxwing/sqlite';
import { firstRow, makeStored } from './cold-open-waxwing.ts';
import { timed } from './subject.ts';

const name = 'bench-open-running';

globalThis.onmessage = async ({ data: make }: MessageEvent<boolean>) => {
  if (make) return void postMessage(await makeStored(name));
  await new SqliteDatabase(':memory:').connect();
  postMessage(await timed(() => firstRow(name)));
};
