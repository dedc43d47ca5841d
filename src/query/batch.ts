/** How statements that belong together are run. */
import type { Batch, Statement } from '../wire/statement.ts';
import type { Executor } from './executor.ts';

/** Statements that belong together: one transaction, unless they are in one already. */
export function batchOf(statements: readonly Statement[], executor: Executor): Batch {
  const several = statements.length > 1 || statements[0]?.many !== undefined;
  return several && !executor.inTransaction ? { statements, bracket: executor.dialect.bracket } : { statements };
}
