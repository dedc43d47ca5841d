/** Changes of the schema, run as one transaction wherever the engine can. */
import type { SchemaNode } from '../ast/schema.ts';
import { ProgrammingError } from '../errors.ts';
import type { Statement } from '../wire/statement.ts';
import { batchOf } from './batch.ts';
import type { Executor } from './executor.ts';

/**
 * Runs schema statements after those of `before`, all or none; indexes that are built concurrently come last, each by itself.
 * @throws ProgrammingError when one of those is asked for inside a transaction; nothing has run then.
 */
export async function runSchema(
  executor: Executor,
  nodes: readonly SchemaNode[],
  before: readonly Statement[] = [],
): Promise<void> {
  const compile = (some: readonly SchemaNode[]): Statement[] => some.flatMap((node) => executor.dialect.compile(node));
  const apart = compile(nodes.filter(isApart));
  const together = [...before, ...compile(nodes.filter((node) => !isApart(node)))];
  if (apart.length > 0 && executor.inTransaction)
    throw new ProgrammingError(
      'An index cannot be built or dropped concurrently inside a transaction: do it outside, or without `concurrently`',
      { sql: apart[0]?.sql },
    );
  if (together.length > 0) await executor.run(batchOf(together, executor));
  for (const statement of apart) await executor.run({ statements: [statement] });
}

function isApart(node: SchemaNode): boolean {
  return node.kind === 'createIndex' ? node.index.concurrently === true : node.kind === 'dropIndex' && node.concurrently === true;
}
