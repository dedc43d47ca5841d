/** The rows of a query on a server in slices, through a cursor: the server keeps what was not asked for yet. */
import type { Outcome, Rows, Statement } from '../wire/statement.ts';

/** Runs statements together. */
type Send = (statements: readonly Statement[]) => Promise<readonly Outcome[]>;

const BEGIN: Statement = { sql: 'BEGIN', mode: 'begin' };
const COMMIT: Statement = { sql: 'COMMIT', mode: 'end' };

/**
 * Slices of at most `size` rows, in the transaction that is open. Leaving early closes the cursor.
 * Postgres manual: DECLARE, FETCH.
 */
export async function* readCursor(send: Send, name: string, statement: Statement, size: number): AsyncGenerator<Rows, void> {
  const { sql, params = [], expects } = statement;
  const declare: Statement = { sql: `DECLARE ${name} NO SCROLL CURSOR FOR ${sql}`, params, mode: 'read' };
  const fetch: Statement = { sql: `FETCH FORWARD ${size} FROM ${name}`, mode: 'read', ...(expects ? { expects } : {}) };
  let [, outcome] = await send([declare, fetch]);
  let open = true;
  try {
    for (;;) {
      const { rows } = outcome!;
      if (rows.length > 0) yield rows;
      if (rows.length < size) break;
      open = false;
      [outcome] = await send([fetch]);
      open = true;
    }
  } finally {
    // A transaction that failed, or ended, has closed it; whatever is wrong, the next statement will meet it and tell.
    if (open) await send([{ sql: `CLOSE ${name}`, mode: 'read' }]).catch(() => {});
  }
}

/** Slices in a transaction of their own. */
export async function* readSnapshot(send: Send, statement: Statement, size: number): AsyncGenerator<Rows, void> {
  await send([BEGIN]);
  yield* readCursor(send, 'waxwing', statement, size);
  await send([COMMIT]);
}

/** Rows that are there already, in slices. */
export function* slices(rows: Rows, size: number): Generator<Rows, void> {
  for (let start = 0; start < rows.length; start += size) {
    const end = Math.min(start + size, rows.length);
    yield { ...rows, length: end - start, data: rows.data.map((column) => column.slice(start, end)) };
  }
}
