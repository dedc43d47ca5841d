/** A Postgres database as a script that psql loads: everything in it, from one snapshot. */
import { copyLine } from '../dialect/postgres/dump/copy-text.ts';
import { askCount, askRows, askSequence, copyHead, HEADER, SEARCH_NOTHING } from '../dialect/postgres/dump/header.ts';
import { AFTER_ROWS, BEFORE_ROWS, NOT_DUMPED, SEQUENCES, TABLES } from '../dialect/postgres/dump/parts.ts';
import type { TransferOptions } from '../driver/driver.ts';
import { AbortedError, NotSupportedError } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import type { Outcome, Rows, Statement } from '../wire/statement.ts';

/** What the script is read from. */
export type DumpSource = Pick<Executor, 'run'> & { stream(statement: Statement, size: number): AsyncIterable<Rows> };

/** Rows fetched together. */
const SOME = 1000;
/** Characters put together before they leave memory as part of a Blob, where the platform keeps those on disk. */
const LONG = 1 << 20;

/** A table with its columns, all as SQL. */
interface Table {
  readonly name: string;
  readonly columns: string;
  readonly texts: string;
}

/**
 * The script, made in the transaction `tx`, which sees one snapshot.
 * @throws NotSupportedError naming what is in the database that the script could not make again.
 */
export async function dumpSql(tx: DumpSource, { onProgress, signal }: TransferOptions = {}): Promise<Blob> {
  await ask(tx, SEARCH_NOTHING);
  await refuseUnknown(tx);
  const parts: Blob[] = [];
  let text = HEADER;
  const write = (more: string): void => {
    if (signal?.aborted) throw new AbortedError('The export was aborted.', { cause: signal.reason });
    text += more;
    if (text.length < LONG) return;
    parts.push(new Blob([text]));
    text = '';
  };
  const statements = async (questions: readonly string[]): Promise<void> => {
    for (const question of questions) for (const [statement] of await ask(tx, question)) write(`${statement}\n\n`);
  };
  await statements(BEFORE_ROWS);
  const tables = (await ask(tx, TABLES)).map(([name, columns, texts]): Table => ({ name, columns, texts }) as Table);
  const counts = await Promise.all(tables.map(({ name }) => count(tx, name)));
  const total = counts.reduce((sum, rows) => sum + rows, 0);
  let done = 0;
  for (const table of tables) {
    for await (const [lines, rows] of rowsOf(tx, table)) {
      write(lines);
      done += rows;
      onProgress?.(done, total, table.name);
    }
  }
  for (const [sequence] of await ask(tx, SEQUENCES)) await statements([askSequence(sequence as string)]);
  await statements(AFTER_ROWS);
  return new Blob([...parts, text], { type: 'application/sql' });
}

async function* rowsOf(tx: DumpSource, { name, columns, texts }: Table): AsyncGenerator<readonly [lines: string, rows: number]> {
  // A table without columns has nothing that a row could hold.
  if (columns === '') return;
  yield [copyHead(name, columns), 0];
  for await (const { length, data } of tx.stream({ sql: askRows(name, texts), mode: 'read' }, SOME)) {
    let lines = '';
    for (let row = 0; row < length; row++) lines += copyLine(data.map((column) => column[row] as string | null));
    yield [lines, length];
  }
  yield ['\\.\n\n', 0];
}

async function refuseUnknown(tx: DumpSource): Promise<void> {
  const unknown = await ask(tx, NOT_DUMPED);
  if (unknown.length === 0) return;
  const names = unknown.map(([name]) => name).join(', ');
  throw new NotSupportedError(
    `The database holds what exportSql() cannot write as SQL: ${names.slice(0, 500)}. Use exportFile(), or pg_dump on a server.`,
  );
}

async function count(tx: DumpSource, table: string): Promise<number> {
  const [row] = await ask(tx, askCount(table));
  return Number(row?.[0] ?? 0);
}

/** The rows of a question whose answers are all text. */
async function ask(tx: DumpSource, sql: string): Promise<(string | null)[][]> {
  const [outcome] = await tx.run({ statements: [{ sql, mode: 'read' }] });
  const { length, data } = (outcome as Outcome).rows;
  return Array.from({ length }, (_, row) => data.map((column) => column[row] as string | null));
}
