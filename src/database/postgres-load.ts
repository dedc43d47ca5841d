/** Loads a script, as psql would, in the place of all that is in a Postgres database. */
import { arrayText } from '../dialect/postgres/array.ts';
import { DROP_ALL, insertRows, isRun, RESTORE, SETTINGS, TARGET } from '../dialect/postgres/dump/load-parts.ts';
import { type ScriptStep, scriptSteps } from '../dialect/postgres/dump/script.ts';
import type { TransferOptions } from '../driver/driver.ts';
import { AbortedError, DataError } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import type { DriverValue, Outcome } from '../wire/statement.ts';

type Target = readonly (readonly [name: string, type: string])[];

/** Runs the script in the transaction `tx`: with it everything is replaced, or nothing. */
export async function loadSql(tx: Executor, file: Blob, { onProgress, signal }: TransferOptions = {}): Promise<void> {
  const before = new Map(await ask(tx, SETTINGS));
  for (const [statement] of await ask(tx, DROP_ALL)) await run(tx, statement);
  const insert = inserter(tx);
  let read = 0;
  const text = pieces(file, (bytes) => {
    read = bytes;
  });
  for await (const step of scriptSteps(text)) {
    if (signal?.aborted) throw new AbortedError('The import was aborted; nothing was changed.', { cause: signal.reason });
    if (step.kind === 'rows') await insert(step);
    else if (isRun(step.sql, (name) => before.has(name))) await run(tx, step.sql);
    onProgress?.(read, file.size);
  }
  // What the script set was for itself; settings outlive the transaction.
  for (const [name, value] of await ask(tx, SETTINGS)) {
    const old = before.get(name);
    if (old !== undefined && old !== value) await ask(tx, RESTORE, [name, old]);
  }
}

/** The file as text, piece by piece. */
async function* pieces(file: Blob, onRead: (bytes: number) => void): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const step = 1 << 20;
  for (let at = 0; at < file.size; at += step) {
    const bytes = await file.slice(at, at + step).arrayBuffer();
    onRead(Math.min(at + step, file.size));
    try {
      yield decoder.decode(bytes, { stream: at + step < file.size });
    } catch (cause) {
      throw new DataError('The file is not a script of SQL: it is no text in UTF-8.', { cause });
    }
  }
}

/** Inserts rows, asking for the columns of each table once. */
function inserter(tx: Executor): (step: Extract<ScriptStep, { kind: 'rows' }>) => Promise<void> {
  let known = '';
  let target: Target = [];
  return async ({ table, columns, rows }) => {
    if (known !== `${table} (${columns})`) {
      target = chosen((await ask(tx, TARGET, [table])) as unknown as Target, table, columns);
      known = `${table} (${columns})`;
    }
    const wrong = rows.find((row) => row.length !== target.length);
    if (wrong !== undefined)
      throw new DataError(
        `A row of ${table} has ${wrong.length} values for ${target.length} columns: ${wrong.join(', ').slice(0, 200)}`,
      );
    const params = target.map((_, at) =>
      arrayText(
        rows.map((row) => row[at]),
        1,
        String,
      ),
    );
    await tx.run({ statements: [{ sql: insertRows(table, target), params, mode: 'write' }] });
  };
}

/** The columns a script names, all of them when it names none. */
function chosen(all: Target, table: string, columns: string): Target {
  const names = columns.match(/"(?:[^"]|"")*"|[^\s,]+/g);
  if (names === null) return all;
  return names.map((name) => {
    const plain = name.startsWith('"') ? name : name.toLowerCase();
    const column = all.find(([known]) => known === plain || `"${known}"` === plain);
    if (column === undefined) throw new DataError(`The script has rows with a column ${name}, which ${table} has not.`);
    return column;
  });
}

async function run(tx: Executor, sql: string): Promise<void> {
  await tx.run({ statements: [{ sql, mode: 'write' }] });
}

async function ask(tx: Executor, sql: string, params: readonly DriverValue[] = []): Promise<(readonly [string, string])[]> {
  const [outcome] = await tx.run({ statements: [{ sql, params, mode: 'read' }] });
  const { length, data } = (outcome as Outcome).rows;
  return Array.from({ length }, (_, row) => data.map((column) => String(column[row])) as unknown as readonly [string, string]);
}
