/** What an app downloads: each entry, and a page with SQLite and its worker, minified and gzipped, without the engine. */

import { expect, test } from 'vitest';
import { entries, workers } from '../../vite.config.ts';
import { gzippedSize } from '../tools/size.ts';

/** Core, SQLite driver and bridge, on the page and in the worker. */
const PAGE_AND_WORKER = 30_000;

test.each(entries)('$subpath fits in $budget bytes', async ({ source, budget }) => {
  const size = await gzippedSize([source]);
  console.log(`${source}: ${size} of ${budget} bytes`);
  expect(size).toBeLessThanOrEqual(budget);
});

test('a page with models and SQLite, and its worker', async () => {
  const [page, worker] = await Promise.all([gzippedSize(['src/index.ts', 'src/entry/sqlite.ts']), gzippedSize(workers)]);
  console.log(`page ${page} + worker ${worker} = ${page + worker} of ${PAGE_AND_WORKER} bytes`);
  expect(page + worker).toBeLessThanOrEqual(PAGE_AND_WORKER);
});
