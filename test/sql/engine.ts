/** Real SQLite in this thread, and an executor over it: what the tests of the language run their SQL on. */
import initSqlJs from 'sql.js';
import { sqlite } from '../../src/dialect/sqlite/dialect.ts';
import { DatabaseError, type WaxwingError } from '../../src/errors.ts';
import type { Executor } from '../../src/query/executor.ts';
import type { Batch, ColumnData, DriverValue, Expect, OnRows, Outcome, Rows, Statement } from '../../src/wire/statement.ts';

type BindParams = readonly (null | number | string | Uint8Array)[];

/** What these tests use of a database of sql.js: its own high-level interface, where the driver uses the C functions. */
export interface Database {
  run(sql: string): void;
  prepare(sql: string): Prepared;
  getRowsModified(): number;
  close(): void;
}

interface Prepared {
  bind(params: BindParams): boolean;
  run(params: BindParams): void;
  step(): boolean;
  get(params?: BindParams, config?: { useBigInt: boolean }): unknown[];
  getColumnNames(): string[];
  free(): void;
}

const { Database: Engine } = (await initSqlJs()) as unknown as { Database: new () => Database };

/** An empty database in memory, or one that `schema` made. */
export function open(schema = ''): Database {
  const database = new Engine();
  if (schema !== '') database.run(schema);
  return database;
}

/** The statements a test ran, newest last. */
export interface TestExecutor extends Executor {
  readonly ran: Statement[];
  readonly database: Database;
}

/** Runs statements on stock sql.js as a driver does, in slices of `size` rows. */
export function executor(database: Database, size = 1000): TestExecutor {
  const ran: Statement[] = [];
  const one = (statement: Statement): Outcome => {
    ran.push(statement);
    const rows = runStatement(database, statement);
    return { rows, changes: database.getRowsModified(), lastInsertId: null };
  };
  const self: TestExecutor = {
    ran,
    database,
    dialect: sqlite,
    name: 'test',
    inTransaction: false,
    async run({ statements, bracket }: Batch, onRows?: OnRows) {
      if (bracket) one(bracket.begin);
      try {
        const outcomes = statements.map((statement, index) => {
          const outcome = one(statement);
          if (onRows && outcome.rows.data.length > 0) for (const slice of slices(outcome.rows, size)) onRows(index, slice);
          return outcome;
        });
        if (bracket) one(bracket.commit);
        return outcomes;
      } catch (error) {
        if (bracket) one(bracket.rollback);
        throw sqlite.error(error);
      }
    },
    async *stream(statement, each = size) {
      yield* slices(one(statement).rows, each);
    },
    atomic: (body) => body(self),
  };
  return self;
}

/** Prepares and runs one statement; a parser's complaint is an error like any other. */
export function runStatement(database: Database, { sql, params = [], many, expects }: Statement): Rows {
  try {
    const prepared = database.prepare(sql);
    try {
      if (!many) return read(prepared, bindable(params), expects);
      let changes = 0;
      for (let row = 0; row < many.length; row++) {
        prepared.run(bindable(many.data.map((column) => column[row] as DriverValue)));
        changes += database.getRowsModified();
      }
      database.getRowsModified = () => {
        delete (database as Partial<Database>).getRowsModified;
        return changes;
      };
      return { names: [], length: 0, data: [] };
    } finally {
      prepared.free();
    }
  } catch (error) {
    throw engineError(error, sql);
  }
}

function bindable(params: readonly DriverValue[]): BindParams {
  return params.map((value) => (typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : value));
}

function read(prepared: Prepared, params: BindParams, expects: readonly Expect[] | undefined): Rows {
  prepared.bind(params);
  const columns: DriverValue[][] = [];
  let length = 0;
  while (prepared.step()) {
    const row = prepared.get(undefined, { useBigInt: true }) as DriverValue[];
    row.forEach((value, at) => (columns[at] ??= []).push(told(value, expects?.[at] ?? 'any')));
    length++;
  }
  const names = prepared.getColumnNames();
  return { names, length, data: names.map((_, at): ColumnData => columns[at] ?? []) };
}

function told(value: DriverValue, expect: Expect): DriverValue {
  if (typeof value !== 'bigint') return expect === 'bigint' && typeof value === 'number' ? BigInt(value) : value;
  if (expect === 'bigint') return value;
  return Number.isSafeInteger(Number(value)) || expect === 'number' ? Number(value) : value;
}

function* slices({ names, length, data }: Rows, size: number): Generator<Rows> {
  for (let at = 0; at < length; at += size) {
    yield { names, length: Math.min(size, length - at), data: data.map((column) => column.slice(at, at + size)) };
  }
}

// sql.js tells the message only; the codes its messages belong to are those of sqlite3.h.
function engineError(error: unknown, sql: string): WaxwingError {
  const message = error instanceof Error ? error.message : String(error);
  const code = /constraint failed|^cannot store/.test(message) ? 19 : /datatype mismatch/.test(message) ? 20 : 1;
  return new DatabaseError(message, { code, sql });
}
