/** The genuine Berkeley DB SQL files beside this file, and what is known of them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pagesOf } from '../../../src/storage/bdb/read/pages-of.ts';
import { type BdbFile, readBdb } from '../../../src/storage/bdb/read/reader.ts';
import { decodeRecord, type RecordValue } from '../../../src/storage/bdb/read/record.ts';
import { treeName } from '../../../src/storage/bdb/read/trees.ts';

/** A value as the JSON beside a file has it. */
export type KnownValue = null | { i: string } | { r: number | string } | { t: string } | { b: string } | { bytes: number };

/** What the JSON beside a file says. */
export interface Known {
  readonly page_size: number;
  readonly meta: Readonly<Record<string, number>>;
  readonly schema: readonly Readonly<{ type: string; name: string; tbl_name: string; rootpage: number; sql: string | null }>[];
  readonly index_entries: Readonly<Record<string, number>>;
  readonly tables: Readonly<
    Record<string, { columns: readonly string[]; rowid_alias: string | null; rows: readonly [string, ...KnownValue[]][] }>
  >;
}

const FOLDER = new URL('corpus/', import.meta.url);
/** Longer values are known by their hash. */
const MOST_BYTES = 300;

/** The names of the files, without their ends: `01-empty`, … */
export const genuineNames: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.db'))
  .map((name) => basename(name, '.db'))
  .sort();

/** The names without the files that are refused. */
export const soundNames: readonly string[] = genuineNames.filter((name) => !name.startsWith('9'));

export function genuineBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`${name}.db`, FOLDER)));
}

export function known(name: string): Known {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Known;
}

export function openGenuine(bytes: Uint8Array, name = 'genuine.db'): BdbFile {
  return readBdb(pagesOf(bytes, name), name);
}

/** The rows of a table in the form of the JSON. */
export function rowsOf(file: BdbFile, root: number, rowidAlias: number): [string, ...KnownValue[]][] {
  const encoding = file.header.get(5) || 1;
  return [...file.entries(treeName(root))].map(({ key, data }) => {
    const rowid = new DataView(key.buffer, key.byteOffset).getBigInt64(0, true);
    const values = decodeRecord(data, encoding)!;
    return [String(rowid), ...values.map((value, column) => knownForm(column === rowidAlias ? rowid : value))];
  });
}

function knownForm(value: RecordValue): KnownValue {
  if (value === null) return null;
  if (typeof value === 'bigint') return { i: String(value) };
  if (typeof value === 'number') return { r: Number.isFinite(value) ? value : String(value) };
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  const kind = typeof value === 'string' ? 't' : 'b';
  if (bytes.length > MOST_BYTES)
    return { [`${kind}_sha256`]: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  return typeof value === 'string' ? { t: value } : { b: Buffer.from(value).toString('hex') };
}
