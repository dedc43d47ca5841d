/** A row of the schema's table: SQLite keeps the root page of an object in it, Berkeley DB SQL the number of its tree. */
import { decodeRecord, serialLength, varintAt, varintLength } from '../read/record.ts';

/** An object of the schema. */
export interface SchemaObject {
  /** `table`, `index`, `view` or `trigger`. */
  readonly type: string;
  readonly name: string;
  /** The name of its table. */
  readonly table: string;
  /** Root page, or number in the name of its tree; 0 for views and triggers. */
  readonly root: number;
  /** What it was made with; null for the index of a constraint. */
  readonly sql: string | null;
}

/** The column with the root. */
const ROOT = 3;

/** Reads a row, or answers null when it is none of a schema. */
export function schemaObject(record: Uint8Array, encoding: number): SchemaObject | null {
  const values = decodeRecord(record, encoding);
  if (values === null) return null;
  const [type, name, table, root, sql] = values;
  if (typeof type !== 'string' || typeof name !== 'string' || typeof table !== 'string') return null;
  if (typeof root !== 'bigint' && root !== null && root !== undefined) return null;
  if (root !== null && root !== undefined && (root < 0n || root > 0xffff_ffffn)) return null;
  return { type, name, table, root: Number(root ?? 0n), sql: typeof sql === 'string' ? sql : null };
}

/** The row with another root; the rest stays to the byte. */
export function withRoot(record: Uint8Array, root: number): Uint8Array {
  const header = varintAt(record, 0);
  let at = varintLength(record, 0);
  let body = header;
  for (let column = 0; column < ROOT; column++) {
    body += serialLength(varintAt(record, at));
    at += varintLength(record, at);
  }
  // One byte of the header in any case: it is an integer or NULL.
  const old = serialLength(record[at]!);
  const size = root < 0x80 ? 1 : root < 0x8000 ? 2 : root < 0x80_0000 ? 3 : root < 0x8000_0000 ? 4 : 6;
  const changed = new Uint8Array(record.length - old + size);
  changed.set(record.subarray(0, body));
  changed[at] = size === 6 ? 5 : size;
  for (let index = 0, rest = root; index < size; index++, rest = Math.floor(rest / 256)) changed[body + size - 1 - index] = rest;
  changed.set(record.subarray(body + old), body + size);
  return changed;
}
