/** Random commits, applied to a Berkeley DB file page by page: afterwards every tree has to be what the rows say. */
import { describe, expect, test } from 'vitest';
import type { Entry, Pages } from '../../../src/storage/bdb/content.ts';
import { FILE_ID_BYTES } from '../../../src/storage/bdb/read/layout.ts';
import { readBdb } from '../../../src/storage/bdb/read/reader.ts';
import { headerTree } from '../../../src/storage/bdb/write/header-tree.ts';
import { applyChanges } from '../../../src/storage/bdb/write/incremental.ts';
import { PageStore } from '../../../src/storage/bdb/write/page-store.ts';
import { writeBdb } from '../../../src/storage/bdb/write/writer.ts';
import { hasJudges, judge } from '../../tools/berkeley.ts';
import { HeldPages } from './held-pages.ts';
import { Ledger, type LedgerRow, type LedgerValue } from './ledger.ts';
import { randomFrom } from './random.ts';

/** A longer run: BERKELEY_SEEDS=20 BERKELEY_ROUNDS=100. */
const SEEDS = Number(process.env.BERKELEY_SEEDS ?? 1);
const ROUNDS = Number(process.env.BERKELEY_ROUNDS ?? 20);
const HEADER = new Map([
  [1, 1],
  [2, 1],
  [5, 1],
]);

type Random = (below: number) => number;

/** A file with what the ledger has. */
function fileOf(ledger: Ledger, pageSize: number): HeldPages {
  ledger.changes();
  return new HeldPages(
    writeBdb([headerTree(HEADER), ...ledger.trees], { pageSize, fileId: new Uint8Array(FILE_ID_BYTES).fill(9) }),
  );
}

/** A ledger with one table of so many rows. */
function ledgerOf(rows: number, rowOf: (rowid: number) => LedgerRow): { ledger: Ledger; rows: Map<number, LedgerRow> } {
  const ledger = new Ledger();
  const table = ledger.rows(ledger.create());
  for (let rowid = 1; rowid <= rows; rowid++) table.set(rowid, rowOf(rowid));
  return { ledger, rows: table };
}

/** Stores what was done to the ledger, and says how many pages were written. */
function commit(file: HeldPages, ledger: Ledger): number {
  const store = new PageStore(file);
  applyChanges(store, ledger.changes());
  return file.hold(store.take());
}

function requireSame(file: Pages, ledger: Ledger): void {
  const read = readBdb(file, 'ledger.db');
  const orders = new Map(ledger.trees.map(({ name, order }) => [name, order]));
  expect(read.requireSound((name) => orders.get(name) ?? null)).toBe(0);
  expect([...read.trees.keys()]).toEqual(['metadb', ...ledger.trees.map(({ name }) => name).sort()]);
  for (const { name, order, entries } of ledger.trees) {
    const found = [...read.entries(name)];
    const isSame = ({ key, data }: Entry, i: number): boolean =>
      order.compare(key, entries[i]!.key) === 0 && Buffer.compare(data, entries[i]!.data) === 0;
    expect(found.length, name).toBe(entries.length);
    expect(found.every(isSame), name).toBe(true);
  }
}

/** One step of a history. */
function step(ledger: Ledger, random: Random): void {
  const { tables } = ledger;
  const what = random(24);
  if (tables.length === 0 || (what === 0 && tables.length < 6)) return void ledger.create();
  const table = tables[random(tables.length)]!;
  if (what === 1) return ledger.drop(table);
  const rows = ledger.rows(table);
  const rowids = [...rows.keys()].sort((a, b) => a - b);
  if (what === 2) return rows.clear();
  if (what < 6) {
    const from = random(rowids.length + 1);
    for (const rowid of rowids.slice(from, from + random(rowids.length + 1))) rows.delete(rowid);
  } else if (what < 13) {
    for (const rowid of rowids)
      if (random(4) === 0) {
        if (what < 9) rows.delete(rowid);
        else rows.set(rowid, randomRow(random));
      }
  } else {
    const next = (rowids.at(-1) ?? 0) + 1;
    for (let i = random(120); i >= 0; i--) rows.set(what < 18 ? next + i : random(100_000) - 50_000, randomRow(random));
  }
}

function randomRow(random: Random): LedgerRow {
  const blob = new Uint8Array(random(20_000)).fill(random(256));
  return [randomValue(random), randomValue(random), random(12) === 0 ? blob : 'c'.repeat(random(60))];
}

function randomValue(random: Random): LedgerValue {
  const kind = random(20);
  if (kind === 0) return null;
  if (kind === 1) return random(1000) / 8;
  if (kind === 2) return `${'Long'.repeat(random(1200))}${random(50)}`;
  if (kind < 5) return `name ${random(10_000)}`;
  if (kind < 8) return random(2) === 0 ? 'Same' : 'same';
  return kind < 14 ? random(6) : random(100_000);
}

describe.each([512, 1024, 4096, 16384, 32768])('pages of %i bytes', (pageSize) => {
  test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
    'a random history, seed %i',
    async (seed) => {
      const random = randomFrom(seed * 7919 + pageSize);
      const ledger = new Ledger();
      const file = fileOf(ledger, pageSize);
      for (let round = 1; round <= ROUNDS; round++) {
        for (let steps = random(3); steps >= 0; steps--) step(ledger, random);
        commit(file, ledger);
        requireSame(file, ledger);
        if (hasJudges && round % 10 === 0) expect(await judge.verify(file.bytes)).toBe(undefined);
      }
    },
    ROUNDS * 4000,
  );

  test('all rows under one key, and all of them gone again', async () => {
    const { ledger, rows } = ledgerOf(0, () => [null, null, null]);
    const file = fileOf(ledger, pageSize);
    const random = randomFrom(pageSize);
    for (let size = 1; size <= 4096; size *= 4) {
      for (let i = 0; i < size; i++) rows.set(random(1 << 20), [7, 'seven', null]);
      commit(file, ledger);
    }
    requireSame(file, ledger);
    if (hasJudges) expect(await judge.verify(file.bytes)).toBe(undefined);
    const most = file.count;
    const rowids = [...rows.keys()];
    while (rowids.length > 0) {
      for (const rowid of rowids.splice(0, 2000)) rows.delete(rowid);
      commit(file, ledger);
      requireSame(file, ledger);
    }
    if (hasJudges) expect(await judge.verify(file.bytes)).toBe(undefined);
    for (let i = 0; i < 5000; i++) rows.set(i, [7, 'seven', null]);
    commit(file, ledger);
    requireSame(file, ledger);
    // The pages that became free were used again.
    expect(file.count).toBeLessThanOrEqual(most);
  });
});

describe('what is written', () => {
  const make = () => ledgerOf(4000, (rowid) => [(rowid * 7919) % 4001, `name ${(rowid * 104_729) % 4001}`, 'c'.repeat(40)]);

  test('one row changes the page it is on in each tree, and hardly any other', () => {
    const { ledger, rows } = make();
    const file = fileOf(ledger, 4096);
    // The table's last leaf is full, so that there is one more, what refers to it, and page 0.
    rows.set(4001, [5, 'name 5', 'more']);
    expect(commit(file, ledger)).toBeLessThanOrEqual(7);
    rows.set(4002, [2500, 'name 2500', 'more']);
    expect(commit(file, ledger)).toBe(4);
    rows.set(2000, [77, 'name 77', 'other']);
    expect(commit(file, ledger)).toBeLessThanOrEqual(7);
    rows.set(2000, [77, 'name 77', 'third']);
    expect(commit(file, ledger)).toBe(1);
    rows.delete(3000);
    expect(commit(file, ledger)).toBe(4);
    requireSame(file, ledger);
  });

  test('rows that are added at the end fill their pages', () => {
    const { ledger, rows } = make();
    const file = fileOf(ledger, 4096);
    const before = file.count;
    for (let rowid = 4001; rowid <= 6000; rowid += 50) {
      for (let i = 0; i < 50; i++) rows.set(rowid + i, [rowid + i, null, 'c'.repeat(200)]);
      commit(file, ledger);
    }
    requireSame(file, ledger);
    // The rows alone take 2,000 · 228 bytes, about 112 pages; the indexes about 40.
    expect(file.count - before).toBeLessThan(180);
  });

  test('nothing when nothing changed', () => {
    const { ledger } = make();
    const file = fileOf(ledger, 4096);
    expect(commit(file, ledger)).toBe(0);
  });

  test('nothing of a commit that does not fit the file', () => {
    const { ledger, rows } = make();
    const file = fileOf(ledger, 4096);
    const before = file.bytes.slice();
    rows.delete(5);
    rows.set(30_000, [1, 'a', 'b']);
    const changes = ledger.changes();
    const store = new PageStore(file);
    applyChanges(store, changes);
    const again = changes.map((change) => ({ ...change, removed: [] }));
    expect(() => applyChanges(store, again)).toThrow('holds an entry already that a commit adds');
    expect(() => applyChanges(store, changes)).toThrow('does not hold an entry that a commit removes');
    expect(() => applyChanges(store, [{ ...changes[0]!, name: 'table00099' }])).toThrow('has no tree "table00099"');
    store.discard();
    expect(store.take().pages.length).toBe(0);
    expect(file.bytes).toEqual(before);
  });
});
