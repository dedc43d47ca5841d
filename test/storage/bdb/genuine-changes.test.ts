/** Genuine files, changed page by page: rows taken out with what the indexes say of them, and put back, until the file says what it said. */
import { expect, test } from 'vitest';
import type { Entry, TreeChange, TreeOrder } from '../../../src/storage/bdb/content.ts';
import { rowidOrder } from '../../../src/storage/bdb/read/order.ts';
import { pagesOf } from '../../../src/storage/bdb/read/pages-of.ts';
import { type BdbFile, readBdb } from '../../../src/storage/bdb/read/reader.ts';
import { decodeRecord } from '../../../src/storage/bdb/read/record.ts';
import { treeName } from '../../../src/storage/bdb/read/trees.ts';
import { applyChanges } from '../../../src/storage/bdb/write/incremental.ts';
import { PageStore } from '../../../src/storage/bdb/write/page-store.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { genuineBytes, openGenuine, soundNames } from './genuine.ts';
import { HeldPages } from './held-pages.ts';
import { indexOrdersOf } from './index-orders.ts';
import { randomFrom } from './random.ts';

const ROUNDS = 5;

interface Part {
  readonly tree: string;
  readonly order: TreeOrder;
  readonly entry: Entry;
}

/** A row as all the trees that say something of it have it. */
type Row = readonly Part[];

const read = (file: HeldPages): BdbFile => readBdb(file, 'changed.db');
const copied = ({ key, data }: Entry): Entry => ({ key: key.slice(), data: data.slice() });

function said(file: BdbFile): Map<string, string[]> {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return new Map(
    [...file.trees.keys()].map((name) => [name, [...file.entries(name)].map(({ key, data }) => `${hex(key)} ${hex(data)}`)]),
  );
}

function rowsOf(file: BdbFile, orderOf: (index: string) => TreeOrder | null): Row[] {
  const rows = new Map<string, Part[]>();
  for (const { type, table, name, root } of file.schema) {
    if (root === 0 || (type === 'table' && name.startsWith('sqlite_'))) continue;
    const tree = treeName(root);
    const order = type === 'table' ? rowidOrder : orderOf(tree)!;
    for (const entry of file.entries(tree)) {
      const id = `${table} ${type === 'table' ? new DataView(entry.key.buffer, entry.key.byteOffset).getBigInt64(0, true) : rowidIn(entry)}`;
      const row = rows.get(id) ?? [];
      rows.set(id, row);
      row.push({ tree, order, entry: copied(entry) });
    }
  }
  return [...rows.values()];
}

/** The rowid of an index's entry: the data, which is a serial type and bytes, or the last value of the key. */
function rowidIn({ key, data }: Entry): bigint {
  const record = data.length === 0 ? key : Uint8Array.of(2, ...data);
  return decodeRecord(record, 1)!.at(-1) as bigint;
}

function changesFor(rows: readonly Row[], what: 'removed' | 'added'): TreeChange[] {
  const changes = new Map<string, TreeChange & { removed: Entry[]; added: Entry[] }>();
  for (const { tree, order, entry } of rows.flat()) {
    const change = changes.get(tree) ?? { name: tree, order, what: 'changed', removed: [], added: [] };
    changes.set(tree, change);
    change[what].push(entry);
  }
  return [...changes.values()];
}

test.each(soundNames)('%s', async (name) => {
  const before = openGenuine(genuineBytes(name));
  const expected = said(before);
  const file = new HeldPages(pagesOf(genuineBytes(name), name));
  const store = new PageStore(file);
  const random = randomFrom(name.length);
  const orderOf = indexOrdersOf(before);
  let inside = rowsOf(before, orderOf);
  let outside: Row[] = [];
  const change = (rows: readonly Row[], what: 'removed' | 'added'): void => {
    applyChanges(store, changesFor(rows, what));
    file.hold(store.take());
  };
  for (let round = 1; round <= ROUNDS; round++) {
    // In the last round everything goes.
    const share = round === ROUNDS ? 1 : 2 + random(3);
    const back = outside.filter(() => random(2) === 0);
    const out = inside.filter(() => random(share) === 0);
    change(back, 'added');
    change(out, 'removed');
    inside = [...inside.filter((row) => !out.includes(row)), ...back];
    outside = [...outside.filter((row) => !back.includes(row)), ...out];
    expect(read(file).requireSound()).toBe(0);
    if (hasJudges && round >= ROUNDS - 1) expect(await judge.verify(file.bytes)).toBe(undefined);
  }
  change(outside, 'added');
  if (hasJudges) expect(await judge.verify(file.bytes)).toBe(undefined);
  const after = said(read(file));
  for (const [tree, entries] of expected) {
    // Where 1 and 1.0 are one key, the one that came first stands for both.
    if (orderOf(tree) === null) expect(after.get(tree), tree).toEqual(entries);
    else expect(after.get(tree)?.length, tree).toBe(entries.length);
  }
});
