/** Runs a batch and tells about each of its statements; only called while somebody listens. */
import type { Connection } from '../driver/driver.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { QueryEvent } from './events.ts';

type Tell = (event: QueryEvent) => void;

/** As `connection.run`, with one event per statement afterwards. */
export async function observe(
  connection: Connection,
  batch: Batch,
  onRows: OnRows | undefined,
  tell: Tell,
): Promise<readonly Outcome[]> {
  const start = performance.now();
  const sliced: number[] = [];
  const count: OnRows | undefined =
    onRows &&
    ((index, rows) => {
      sliced[index] = (sliced[index] ?? 0) + rows.length;
      onRows(index, rows);
    });
  let outcomes: readonly Outcome[] = [];
  let failure: Error | null = null;
  try {
    outcomes = await connection.run(batch, count);
    return outcomes;
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    const duration = performance.now() - start;
    for (const [index, statement] of batch.statements.entries()) {
      const outcome = outcomes[index];
      tell(queryEvent(statement, duration, sliced[index] ?? outcome?.rows.length ?? 0, outcome?.changes ?? 0, failure));
    }
  }
}

/** As `connection.stream`, with one event when it ends. */
export async function* observeStream(
  connection: Connection,
  statement: Statement,
  size: number,
  tell: Tell,
): AsyncGenerator<Rows> {
  const start = performance.now();
  let rows = 0;
  let failure: Error | null = null;
  try {
    for await (const slice of connection.stream(statement, size)) {
      rows += slice.length;
      yield slice;
    }
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    tell(queryEvent(statement, performance.now() - start, rows, 0, failure));
  }
}

function queryEvent(statement: Statement, duration: number, rows: number, changes: number, error: Error | null): QueryEvent {
  return { sql: statement.sql, params: statement.params ?? [], duration, rows, changes, error };
}
