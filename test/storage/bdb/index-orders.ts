/** How the indexes of a Berkeley DB SQL file are sorted, as an engine of today tells it from the schema. */
import type { TreeOrder } from '../../../src/storage/bdb/content.ts';
import { indexOrder } from '../../../src/storage/bdb/read/order.ts';
import type { BdbFile } from '../../../src/storage/bdb/read/reader.ts';
import { treeName } from '../../../src/storage/bdb/read/trees.ts';
import { open } from '../../sql/engine.ts';

/** The order of an index by the name of its tree. */
export function indexOrdersOf(file: BdbFile): (index: string) => TreeOrder | null {
  const engine = open();
  for (const type of ['table', 'index'])
    for (const row of file.schema)
      if (row.type === type && row.sql !== null && !row.name.startsWith('sqlite_')) engine.run(row.sql);
  const orders = new Map<string, TreeOrder>();
  for (const { type, name, root } of file.schema) {
    if (type !== 'index') continue;
    const collations: string[] = [];
    const descending: boolean[] = [];
    const columns = engine.prepare(`select coll, "desc" from pragma_index_xinfo(${quoted(name)}) where key order by seqno`);
    while (columns.step()) {
      const [collation, isDescending] = columns.get();
      collations.push(String(collation));
      descending.push(isDescending === 1);
    }
    columns.free();
    const [encoding, format] = [file.header.get(5) || 1, file.header.get(2) ?? 1];
    orders.set(treeName(root), indexOrder({ collations, descending, encoding, format }));
  }
  engine.close();
  return (index) => orders.get(index) ?? null;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
