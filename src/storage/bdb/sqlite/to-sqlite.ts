/** Makes a SQLite file of a Berkeley DB SQL file: tables with all rows, indexes empty until the engine fills them. */
import type { MemoryFile } from '../../volume.ts';
import type { Entry } from '../content.ts';
import type { BdbFile } from '../read/reader.ts';
import { treeName } from '../read/trees.ts';
import { withRoot } from './schema-record.ts';
import { SqliteBuilder } from './sqlite-builder.ts';
import { putSqliteHeader } from './sqlite-header.ts';
import { SCHEMA_NUMBER } from './sqlite-schema.ts';

/** A SQLite file whose indexes have to be filled (`REINDEX`) before anybody reads by them. */
export interface SqliteFile {
  readonly file: MemoryFile;
  /** The number of the Berkeley DB tree for each root page, as in `SqliteContent`. */
  readonly numbers: ReadonlyMap<number, number>;
  /** How many indexes are waiting. */
  readonly indexes: number;
}

/**
 * @param pageSize of the SQLite file: a power of two from 512 to 65536
 * @throws CorruptDatabaseError when the file is damaged where only reading all of it shows it.
 */
export function toSqlite(file: BdbFile, pageSize = 4096): SqliteFile {
  const builder = new SqliteBuilder(pageSize);
  const roots = new Map([[SCHEMA_NUMBER, 1]]);
  for (const { root } of file.schema) if (root !== 0) roots.set(root, builder.allocate());
  const filled = new Set<string>();
  for (const { type, name, root } of file.schema) {
    if (type === 'index') builder.index(roots.get(root)!);
    if (type === 'table' && root !== 0 && builder.table(roots.get(root)!, file.entries(treeName(root))) > 0)
      filled.add(name.toLowerCase());
  }
  builder.table(1, schemaRows(file, roots));
  putSqliteHeader(builder.page(1), pageSize, builder.count, file.header);
  return {
    file: builder.finish(),
    numbers: new Map([...roots].map(([number, root]) => [root, number])),
    indexes: file.schema.filter(({ type, table }) => type === 'index' && filled.has(table.toLowerCase())).length,
  };
}

function* schemaRows(file: BdbFile, roots: ReadonlyMap<number, number>): Generator<Entry> {
  let index = 0;
  for (const { key, data } of file.entries(treeName(SCHEMA_NUMBER))) {
    const { root } = file.schema[index++]!;
    yield { key, data: root === 0 ? data : withRoot(data, roots.get(root)!) };
  }
}
