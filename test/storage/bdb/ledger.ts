/** A small database kept as plain rows, from which every tree of its Berkeley DB file can be told: what the writers are held against. */
import type { Entry, TreeChange, TreeOrder } from '../../../src/storage/bdb/content.ts';
import { compareBytes, indexOrder, rowidOrder } from '../../../src/storage/bdb/read/order.ts';

export type LedgerValue = null | number | string | Uint8Array;
export type LedgerRow = readonly [a: LedgerValue, b: LedgerValue, c: LedgerValue];

/** One tree as it has to be. */
export interface LedgerTree {
  readonly name: string;
  readonly order: TreeOrder;
  readonly entries: readonly Entry[];
}

const BINARY = indexOrder({ collations: ['BINARY'], descending: [false], encoding: 1, format: 1 });
const BOTH = indexOrder({ collations: ['BINARY', 'BINARY'], descending: [false, false], encoding: 1, format: 1 });
const NOCASE = indexOrder({ collations: ['NOCASE'], descending: [false], encoding: 1, format: 1 });

/** The indexes of each table: the columns `a`, `b`, and both; the number is added to that of the table. */
const INDEXES = [
  { name: 'a', sql: '(a)', order: BINARY, number: 1, columns: ([a]: LedgerRow) => [a], split: true },
  { name: 'b', sql: '(b COLLATE NOCASE)', order: NOCASE, number: 3, columns: ([, b]: LedgerRow) => [b], split: false },
  { name: 'ab', sql: '(a, b)', order: BOTH, number: 5, columns: ([a, b]: LedgerRow) => [a, b], split: true },
] as const;

/** Numbers between one table and the next: its indexes have even ones. */
const STEP = 8;

/** Tables `t3`, `t11`, …, each with three indexes. A row is not changed: another takes its place. */
export class Ledger {
  readonly #tables: Map<number, Map<number, LedgerRow>> = new Map();
  /** The entries of a row in its table and in each index: what is the same row has the same entries. */
  readonly #made: WeakMap<LedgerRow, readonly Entry[]> = new WeakMap();
  readonly #schema: Map<string, Entry> = new Map();
  #trees: readonly LedgerTree[] = [];

  get tables(): readonly number[] {
    return [...this.#tables.keys()];
  }

  rows(table: number): Map<number, LedgerRow> {
    return this.#tables.get(table)!;
  }

  create(): number {
    let table = 3;
    while (this.#tables.has(table)) table += STEP;
    this.#tables.set(table, new Map());
    return table;
  }

  drop(table: number): void {
    this.#tables.delete(table);
  }

  /** Every tree but `metadb`, as `changes` left them. */
  get trees(): readonly LedgerTree[] {
    return this.#trees;
  }

  /** What was done to the trees since this was last called. */
  changes(): TreeChange[] {
    const before = new Map(this.#trees.map((tree) => [tree.name, tree]));
    this.#trees = this.#told();
    const names = new Set(this.#trees.map(({ name }) => name));
    const dropped = [...before.values()].filter(({ name }) => !names.has(name));
    return [
      ...dropped.map(({ name, order }): TreeChange => ({ name, order, what: 'dropped', removed: [], added: [] })),
      ...this.#trees.flatMap((tree) => changeOf(before.get(tree.name), tree)),
    ];
  }

  #told(): LedgerTree[] {
    const schema: Entry[] = [];
    const trees: LedgerTree[] = [];
    for (const [table, rows] of this.#tables) {
      const made = [...rows].map(([rowid, row]) => this.#entriesOf(rowid, row));
      const add = (name: string, number: number, sql: string, order: TreeOrder, which: number): void => {
        const type = which === 0 ? 'table' : 'index';
        schema.push(this.#schemaEntry(schema.length + 1, [type, name, `t${table}`, number, sql]));
        const entries = made.map((entries) => entries[which]!);
        entries.sort((a, b) => order.compare(a.key, b.key) || compareBytes(a.data, b.data));
        trees.push({ name: treeName(number), order, entries });
      };
      add(`t${table}`, table, `CREATE TABLE t${table}(a, b, c)`, rowidOrder, 0);
      for (const [i, { name, sql, number, order }] of INDEXES.entries())
        add(`t${table}_${name}`, table + number, `CREATE INDEX t${table}_${name} ON t${table}${sql}`, order, i + 1);
    }
    return [{ name: treeName(1), order: rowidOrder, entries: schema }, ...trees];
  }

  #entriesOf(rowid: number, row: LedgerRow): readonly Entry[] {
    const known = this.#made.get(row);
    if (known !== undefined) return known;
    const made = [
      { key: rowidKey(rowid), data: encodeRecord(row) },
      ...INDEXES.map(({ columns, split }) => indexEntry(columns(row), rowid, split)),
    ];
    this.#made.set(row, made);
    return made;
  }

  #schemaEntry(rowid: number, record: readonly LedgerValue[]): Entry {
    const text = JSON.stringify([rowid, record]);
    const entry = this.#schema.get(text) ?? { key: rowidKey(rowid), data: encodeRecord(record) };
    this.#schema.set(text, entry);
    return entry;
  }
}

function changeOf(before: LedgerTree | undefined, { name, order, entries }: LedgerTree): TreeChange[] {
  const had = new Set(before?.entries ?? []);
  const has = new Set(entries);
  const gone = new Map([...had].filter((entry) => !has.has(entry)).map((entry) => [textOf(entry), entry]));
  const come = new Map([...has].filter((entry) => !had.has(entry)).map((entry) => [textOf(entry), entry]));
  // Where a column stays as it was, its index does.
  const removed = [...gone].flatMap(([text, entry]) => (come.has(text) ? [] : [entry]));
  const added = [...come].flatMap(([text, entry]) => (gone.has(text) ? [] : [entry]));
  if (before === undefined) return [{ name, order, what: 'created', removed, added }];
  return removed.length + added.length === 0 ? [] : [{ name, order, what: 'changed', removed, added }];
}

/** A record of SQLite. */
function encodeRecord(values: readonly LedgerValue[]): Uint8Array {
  const parts = values.map(encodeValue);
  const types = parts.flatMap(([type]) => varint(type));
  const head = types.length + 1 > 127 ? varint(types.length + 2) : [types.length + 1];
  return Uint8Array.from([...head, ...types, ...parts.flatMap(([, bytes]) => [...bytes])]);
}

function rowidKey(rowid: number): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigInt64(0, BigInt(rowid), true);
  return key;
}

function indexEntry(columns: readonly LedgerValue[], rowid: number, split: boolean): Entry {
  if (!split) return { key: encodeRecord([...columns, rowid]), data: new Uint8Array() };
  const [type, bytes] = encodeValue(rowid);
  return { key: encodeRecord(columns), data: Uint8Array.of(type, ...bytes) };
}

function treeName(number: number): string {
  return `table${String(number).padStart(5, '0')}`;
}

function textOf({ key, data }: Entry): string {
  return `${Buffer.from(key).toString('latin1')} ${Buffer.from(data).toString('latin1')}`;
}

/** The serial type and the bytes of a value, integers as SQLite 3.7 has them in file format 1. */
function encodeValue(value: LedgerValue): [number, Uint8Array] {
  if (value === null) return [0, new Uint8Array()];
  if (typeof value === 'string') {
    const bytes = new TextEncoder().encode(value);
    return [13 + 2 * bytes.length, bytes];
  }
  if (typeof value !== 'number') return [12 + 2 * value.length, value];
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  if (!Number.isInteger(value)) {
    view.setFloat64(0, value);
    return [7, bytes];
  }
  view.setBigInt64(0, BigInt(value));
  const type = [1, 2, 3, 4, 6, 8].findIndex((size) => Math.abs(value) < 2 ** (8 * size - 1)) + 1;
  return [type, bytes.subarray(8 - [1, 2, 3, 4, 6, 8][type - 1]!)];
}

function varint(value: number): number[] {
  const bytes = [value & 127];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 127) | 128);
  return bytes;
}
