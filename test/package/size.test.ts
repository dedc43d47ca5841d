/** What an app downloads: each entry, and a page with SQLite and its worker, minified and gzipped, without the engine. */

import { expect, test } from 'vitest';
import { entries } from '../../vite.config.ts';
import { BERKELEY_PAGE, BERKELEY_WORKER, gzippedSize, PAGE, POSTGRES_PAGE, POSTGRES_WORKER, WORKER } from '../tools/size.ts';

/** The goal for core and SQLite driver is 30,000 bytes, which `npm run bench` tells; these hold the line until it is reached. */
const HELD = {
  sqlite: { page: 51_500, worker: 28_500 },
  berkeley: { page: 52_000, worker: 60_500 },
  postgres: { page: 62_900, worker: 40_000 },
};

test.each(entries)('$subpath fits in $budget bytes', async ({ source, budget }) => {
  const size = await gzippedSize([source]);
  console.log(`${source}: ${size} of ${budget} bytes`);
  expect(size).toBeLessThanOrEqual(budget);
});

test.each([
  ['SQLite', PAGE, WORKER, HELD.sqlite],
  ['Berkeley DB', BERKELEY_PAGE, BERKELEY_WORKER, HELD.berkeley],
  ['Postgres', POSTGRES_PAGE, POSTGRES_WORKER, HELD.postgres],
] as const)('a page with models and %s, and its worker', async (system, page, worker, held) => {
  const sizes = await Promise.all([gzippedSize(page), gzippedSize(worker)]);
  console.log(`${system}: page ${sizes[0]} bytes, worker ${sizes[1]} bytes`);
  expect(sizes[0]).toBeLessThanOrEqual(held.page);
  expect(sizes[1]).toBeLessThanOrEqual(held.worker);
});
