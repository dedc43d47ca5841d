/** The schema of a Berkeley DB SQL file: the rows of its first table. */
import type { Entry } from './content.ts';
import type { PageReader } from './page-reader.ts';
import { decodeRecord, type RecordValue } from './record.ts';
import { type Tree, treeName } from './trees.ts';

/** A row of the schema. */
export interface SchemaRow {
  /** `table`, `index`, `view` or `trigger`. */
  readonly type: string;
  readonly name: string;
  /** The table it belongs to. */
  readonly table: string;
  /** The number in the name of its tree; 0 for views and triggers. */
  readonly root: number;
  /** How it was declared; null for the index of a constraint. */
  readonly sql: string | null;
}

/** The tree of the schema's rows. */
export const SCHEMA_TREE: string = treeName(1);

/**
 * The rows, in their order.
 * @throws CorruptDatabaseError when a row makes no sense, or tells of a tree that is not there or another row's.
 */
export function readSchema(
  reader: PageReader,
  entries: Iterable<Entry>,
  encoding: number,
  trees: ReadonlyMap<string, Tree>,
): SchemaRow[] {
  const rows: SchemaRow[] = [];
  const taken = new Set([SCHEMA_TREE]);
  for (const { data } of entries) {
    const row = rowOf(decodeRecord(data, encoding));
    if (row === null) throw reader.damaged(`row ${rows.length + 1} of its schema makes no sense`);
    rows.push(row);
    if (row.root === 0) continue;
    const tree = trees.get(treeName(row.root));
    if (tree === undefined || taken.has(tree.name) || tree.kind !== row.type)
      throw reader.damaged(
        `the ${row.type} "${row.name}" has the tree number ${row.root}, which ${tree === undefined ? 'is not there' : `is not for it`}`,
      );
    taken.add(tree.name);
  }
  return rows;
}

function rowOf(values: readonly RecordValue[] | null): SchemaRow | null {
  if (values?.length !== 5) return null;
  const [type, name, table, root, sql] = values as [RecordValue, RecordValue, RecordValue, RecordValue, RecordValue];
  if (typeof type !== 'string' || typeof name !== 'string' || typeof table !== 'string') return null;
  if ((typeof root !== 'bigint' && root !== null) || (typeof sql !== 'string' && sql !== null)) return null;
  if (root !== null && (root < 0n || root > 0xffff_ffffn)) return null;
  return { type, name, table, root: Number(root ?? 0n), sql };
}
