/** Creates, drops and empties the tables of single models. */
import type { QualifiedName, SchemaNode } from '../ast/schema.ts';
import type { Executor } from '../query/executor.ts';
import { runSchema } from '../query/run-schema.ts';
import { executorOf } from './executor.ts';
import type { Metadata } from './metadata.ts';
import { tableSchema } from './schema.ts';

/** Creates the table and its indexes. */
export async function createTable(meta: Metadata, executor: Executor | null, safe: boolean): Promise<void> {
  const table = tableSchema(meta);
  const indexes = table.indexes.map((index): SchemaNode => ({ kind: 'createIndex', index, safe }));
  await run(meta, executor, [{ kind: 'createTables', tables: [table], safe }, ...indexes]);
}

export async function dropTable(meta: Metadata, executor: Executor | null, safe: boolean, cascade: boolean): Promise<void> {
  await run(meta, executor, [{ kind: 'dropTables', tables: [tableSchema(meta)], safe, cascade }]);
}

/** Deletes all rows. */
export async function truncateTable(
  meta: Metadata,
  executor: Executor | null,
  restartIdentity: boolean,
  cascade: boolean,
): Promise<void> {
  await run(meta, executor, [{ kind: 'truncateTables', tables: [tableSchema(meta)], restartIdentity, cascade }]);
}

/** Lets the next key the database counts be above all that are there. */
export async function syncSequence(meta: Metadata, executor: Executor | null): Promise<void> {
  const column = tableSchema(meta).columns.find(({ name }) => name === meta.autoKey?.columnName);
  if (column) await run(meta, executor, [{ kind: 'syncSequence', table: nameOf(meta), column }]);
}

export async function tableExists(meta: Metadata, bound: Executor | null): Promise<boolean> {
  const executor = await executorOf(meta, bound);
  const { statements, read } = executor.dialect.introspect.tables(meta.schemaName);
  const outcomes = await executor.run({ statements });
  return read(outcomes.map((outcome) => outcome.rows)).includes(meta.tableName);
}

function nameOf(meta: Metadata): QualifiedName {
  return { name: meta.tableName, schema: meta.schemaName };
}

async function run(meta: Metadata, bound: Executor | null, nodes: readonly SchemaNode[]): Promise<void> {
  await runSchema(await executorOf(meta, bound), nodes);
}
