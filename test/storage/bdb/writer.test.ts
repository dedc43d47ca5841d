/** Every genuine file written anew, at every page size: the same entries, and Berkeley DB's own programs have nothing to say against it. */
import { describe, expect, test } from 'vitest';
import { FILE_ID_BYTES } from '../../../src/storage/bdb/read/layout.ts';
import { rowidOrder } from '../../../src/storage/bdb/read/order.ts';
import { type BdbFile, readBdb } from '../../../src/storage/bdb/read/reader.ts';
import { HEADER_TREE } from '../../../src/storage/bdb/read/trees.ts';
import { headerTree } from '../../../src/storage/bdb/write/header-tree.ts';
import { writeBdb } from '../../../src/storage/bdb/write/writer.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { genuineBytes, openGenuine, soundNames } from './genuine.ts';
import { bytesOf } from './held-pages.ts';
import { indexOrdersOf } from './index-orders.ts';

function entriesOf(file: BdbFile, name: string): string[] {
  return [...file.entries(name)].map(
    ({ key, data }) => `${Buffer.from(key).toString('hex')} ${Buffer.from(data).toString('hex')}`,
  );
}

describe.each(soundNames)('%s', (name) => {
  test.each([512, 4096, 16384, 32768])('in pages of %i bytes', async (pageSize) => {
    const file = openGenuine(genuineBytes(name));
    const orderOf = indexOrdersOf(file);
    const names = [...file.trees.keys()].filter((tree) => tree !== HEADER_TREE);
    const trees = names.map((tree) => ({ name: tree, order: orderOf(tree) ?? rowidOrder, entries: file.entries(tree) }));
    const fileId = new Uint8Array(FILE_ID_BYTES).fill(7);
    const written = writeBdb([headerTree(file.header, file.sequences), ...trees], { pageSize, fileId });
    const again = readBdb(written, 'written.db');
    expect(again.requireSound(orderOf)).toBe(0);
    expect(again.header).toEqual(file.header);
    for (const tree of file.trees.keys()) expect(entriesOf(again, tree), tree).toEqual(entriesOf(file, tree));
    if (hasJudges) expect(await judge.verify(bytesOf(written))).toBe(undefined);
  });
});
