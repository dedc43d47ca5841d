/** Damaged files are read or refused with an error of our own, with no more work and memory than the file is worth. */
import { describe, expect, it } from 'vitest';
import { CorruptDatabaseError, NotSupportedError } from '../../../src/errors.ts';
import type { Pages, TreeOrder } from '../../../src/storage/bdb/content.ts';
import { pagesOf } from '../../../src/storage/bdb/read/pages-of.ts';
import { readBdb } from '../../../src/storage/bdb/read/reader.ts';
import { genuineBytes, genuineNames, openGenuine, soundNames } from './genuine.ts';
import { indexOrdersOf } from './index-orders.ts';
import { mutated } from './mutations.ts';
import { randomFrom } from './random.ts';

const MUTATIONS = 10_000;
/** A walk reads a page once, and reading a file to the end walks the directory, the header, and every tree twice. */
const READS_PER_PAGE = 6;

describe.each(genuineNames)('mutations of %s', (name) => {
  const bytes = genuineBytes(name);
  const share = Math.ceil(MUTATIONS / genuineNames.length);

  it(`${share} times: read, or refused with our own error`, () => {
    const orders = soundNames.includes(name) ? indexOrdersOf(openGenuine(bytes)) : () => null;
    const random = randomFrom(name.charCodeAt(1) + 1);
    let read = 0;
    for (let count = 0; count < share; count++) if (isReadable(mutated(bytes, 4096, random), orders)) read++;
    // Else the damage would be none, or always the same.
    if (soundNames.includes(name)) expect(read).toBeGreaterThan(share / 20);
    expect(read).toBeLessThan(share * 0.9);
  });
});

/** Reads everything in the file; false when it is refused. Whatever else is thrown is the failure of the test. */
function isReadable(bytes: Uint8Array, orders: (index: string) => TreeOrder | null): boolean {
  let reads = 0;
  let entries = 0;
  let data = 0;
  try {
    const pages = pagesOf(bytes, 'damaged.db');
    const counted: Pages = {
      ...pages,
      page: (number) => {
        reads++;
        return pages.page(number);
      },
    };
    const file = readBdb(counted, 'damaged.db');
    for (const name of file.trees.keys()) {
      for (const entry of file.entries(name)) {
        entries++;
        data += entry.data.length;
      }
    }
    file.requireSound(orders);
    return true;
  } catch (error) {
    if (!(error instanceof CorruptDatabaseError || error instanceof NotSupportedError)) throw error;
    expect(error.message).toMatch(/"damaged\.db"/);
    expect(error.database).toBe('damaged.db');
    return false;
  } finally {
    expect(reads).toBeLessThanOrEqual(READS_PER_PAGE * (bytes.length / 512 + 1));
    expect(entries).toBeLessThanOrEqual(bytes.length / 2);
    expect(data).toBeLessThanOrEqual(bytes.length);
  }
}
