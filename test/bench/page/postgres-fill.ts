/** What lies in the stored database of 50 MB. */

import { ROWS_PER_MEGABYTE } from './data.ts';
import { CREATE_PAGES, FILL_PAGES } from './postgres.ts';

/** Makes the table and fills it. */
export async function fill(run: (sql: string, params?: unknown[]) => Promise<unknown>): Promise<void> {
  await run(CREATE_PAGES);
  await run(FILL_PAGES, [50 * ROWS_PER_MEGABYTE]);
  await run('CHECKPOINT');
}
