/** The schema of a Berkeley DB SQL file: the rows of its first table. */
import type { Entry } from '../content.ts';
import { type SchemaObject, schemaObject } from '../sqlite/schema-record.ts';
import type { PageReader } from './page-reader.ts';
import { type Tree, treeName } from './trees.ts';

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
): SchemaObject[] {
  const rows: SchemaObject[] = [];
  const taken = new Set([SCHEMA_TREE]);
  for (const { data } of entries) {
    const row = schemaObject(data, encoding);
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
