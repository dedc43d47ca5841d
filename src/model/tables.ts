/** Creates, drops and empties the tables of single models. */
import type { SchemaNode } from '../ast/schema.ts';
import type { Executor } from '../query/executor.ts';
import { batchOf } from '../query/row-query.ts';
import { executorOf } from './executor.ts';
import type { Metadata } from './metadata.ts';
import { tableSchema } from './schema.ts';

/** Creates the table and its indexes. */
export async function createTable(meta: Metadata, executor: Executor | null, safe: boolean): Promise<void> {
  const table = tableSchema(meta);
  const indexes = table.indexes.map((index): SchemaNode => ({ kind: 'createIndex', index, safe }));
  await run(meta, executor, [{ kind: 'createTable', table, safe }, ...indexes]);
}

export async function dropTable(meta: Metadata, executor: Executor | null, safe: boolean, cascade: boolean): Promise<void> {
  await run(meta, executor, [{ kind: 'dropTable', ...nameOf(meta), safe, cascade }]);
}

/** Deletes all rows. */
export async function truncateTable(meta: Metadata, executor: Executor | null): Promise<void> {
  await run(meta, executor, [{ kind: 'truncateTable', ...nameOf(meta) }]);
}

export async function tableExists(meta: Metadata, bound: Executor | null): Promise<boolean> {
  const executor = await executorOf(meta, bound);
  const { statements, read } = executor.dialect.introspect.tables(meta.schemaName);
  const outcomes = await executor.run({ statements });
  return read(outcomes.map((outcome) => outcome.rows)).includes(meta.tableName);
}

function nameOf(meta: Metadata): { name: string; schema?: string } {
  return meta.schemaName === undefined ? { name: meta.tableName } : { name: meta.tableName, schema: meta.schemaName };
}

async function run(meta: Metadata, bound: Executor | null, nodes: readonly SchemaNode[]): Promise<void> {
  const executor = await executorOf(meta, bound);
  const statements = nodes.flatMap((node) => executor.dialect.compile(node));
  await executor.run(batchOf(statements, executor));
}
