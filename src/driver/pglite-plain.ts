/** A PGlite of whatever version, asked in plain SQL: the one that wrote a cluster which ours cannot read. */
import type { Outcome, Rows, Statement } from '../wire/statement.ts';

/** As much of a running PGlite as reading needs; the same since its first versions. */
export interface PlainPglite {
  query(sql: string, params: unknown[], options: { rowMode: 'array' }): Promise<PlainResult>;
  exec(sql: string): Promise<unknown>;
  close(): Promise<void>;
}

interface PlainResult {
  readonly rows: readonly unknown[];
  readonly fields: readonly { readonly name: string }[];
}

/** Runs statements whose answers are all text. */
export interface PlainReader {
  run(batch: { readonly statements: readonly Statement[] }): Promise<readonly Outcome[]>;
  stream(statement: Statement, size: number): AsyncIterable<Rows>;
}

const BEGIN = 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY';
const CURSOR = 'waxwing_rows';

/** Calls `body` with a reader that sees one snapshot. */
export async function readPlainly<T>(pglite: PlainPglite, body: (reader: PlainReader) => Promise<T>): Promise<T> {
  await pglite.exec(BEGIN);
  const ask = async (sql: string): Promise<Rows> => rowsOf(await pglite.query(sql, [], { rowMode: 'array' }));
  const result = await body({
    async run({ statements }) {
      const outcomes: Outcome[] = [];
      for (const { sql } of statements) outcomes.push({ rows: await ask(sql), changes: 0, lastInsertId: null });
      return outcomes;
    },
    async *stream({ sql }, size) {
      await pglite.exec(`DECLARE ${CURSOR} NO SCROLL CURSOR FOR ${sql}`);
      for (;;) {
        const rows = await ask(`FETCH ${size} FROM ${CURSOR}`);
        if (rows.length === 0) break;
        yield rows;
      }
      await pglite.exec(`CLOSE ${CURSOR}`);
    },
  });
  await pglite.exec('ROLLBACK');
  return result;
}

function rowsOf({ rows, fields }: PlainResult): Rows {
  const data = fields.map((_, column) => rows.map((row) => (row as (string | null)[])[column] ?? null));
  return { names: fields.map(({ name }) => name), length: rows.length, data };
}
