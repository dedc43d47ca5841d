/** One prepared statement of one connection to the engine. */
import { ProgrammingError, type WaxwingError } from '../errors.ts';
import type { ColumnData, Columns, DriverValue, Expect, Rows, Statement } from '../wire/statement.ts';
import { bindValue } from './sqljs-bind.ts';
import type { Engine } from './sqljs-engine.ts';
import { engineError } from './sqljs-error.ts';
import { ROW, RowReader } from './sqljs-rows.ts';
import { COUNTS, INSERTS, MOVES_TRANSACTION } from './sqljs-sql.ts';

const OK = 0;
const DONE = 101;
const OUT_OF_RANGE = 25;
/** The most placeholders SQLite takes. */
const MOST_PARAMETERS = 32_766;
const NO_VALUES: readonly DriverValue[] = [];

/** Receives rows in slices. */
export type Sink = (rows: Rows) => void;

export class Prepared {
  readonly sql: string;
  /** True for statements after which SQLite tells how many rows they changed. */
  readonly counts: boolean;
  readonly inserts: boolean;
  /** True for statements that can begin or end a transaction. */
  readonly movesTransaction: boolean;
  readonly #engine: Engine;
  readonly #database: number;
  readonly #pointer: number;
  #width: number;
  #names: readonly string[] = [];
  #lastName = 0;
  #parameters = -1;

  /** `pointer` is a `sqlite3_stmt*`. */
  constructor(engine: Engine, database: number, pointer: number, sql: string) {
    this.#engine = engine;
    this.#database = database;
    this.#pointer = pointer;
    this.sql = sql;
    this.counts = COUNTS.test(sql);
    this.inserts = INSERTS.test(sql);
    this.movesTransaction = MOVES_TRANSACTION.test(sql);
    this.#width = engine.c._sqlite3_column_count(pointer);
    this.#readNames();
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** Runs to the end; rows come as the result, or in slices of `size` where there is a sink. */
  run({ params, expects, packed }: Statement, sink: Sink | undefined, size: number): Rows {
    try {
      this.bind(params ?? NO_VALUES);
      let reader: RowReader | undefined;
      let code = this.#firstStep();
      while (code === ROW) {
        reader ??= this.#reader(expects, packed === true && sink !== undefined);
        code = reader.read(sink === undefined ? Infinity : size);
        if (sink !== undefined) sink(this.#take(reader));
      }
      if (code !== DONE) throw this.error(code);
      return reader === undefined ? this.#none() : this.#take(reader);
    } finally {
      this.reset();
    }
  }

  /** Runs once per row of `values`; returns the rows of all runs and the changes of all. */
  runMany(values: Columns, expects: readonly Expect[] | undefined): { readonly rows: Rows; readonly changes: number } {
    const { c } = this.#engine;
    const pointer = this.#pointer;
    const { data, length } = values;
    this.#requireCount(data.length);
    let changes = 0;
    let reader: RowReader | undefined;
    try {
      for (let row = 0; row < length; row++) {
        for (let i = 0; i < data.length; i++) this.#bindOne(i + 1, data[i]![row]!);
        let code = c._sqlite3_step(pointer);
        if (code === ROW) {
          reader ??= this.#reader(expects, false);
          code = reader.read(Infinity);
        }
        if (code !== DONE) throw this.error(code);
        changes += c._sqlite3_changes(this.#database);
        c._sqlite3_reset(pointer);
      }
      return { rows: reader === undefined ? this.#none() : this.#take(reader), changes: this.counts ? changes : 0 };
    } finally {
      this.reset();
    }
  }

  bind(params: readonly DriverValue[]): void {
    this.#requireCount(params.length);
    for (let i = 0; i < params.length; i++) this.#bindOne(i + 1, params[i]!);
  }

  /** Rows as they are asked for. The caller resets the statement afterwards. */
  *slices({ expects, packed = false }: Statement, size: number): Generator<Rows, void> {
    let code = this.#firstStep();
    if (code !== ROW) {
      if (code !== DONE) throw this.error(code);
      return;
    }
    const reader = this.#reader(expects, packed);
    while (code === ROW) {
      code = reader.read(size);
      if (code !== ROW && code !== DONE) throw this.error(code);
      yield this.#take(reader);
    }
  }

  reset(): void {
    this.#engine.c._sqlite3_reset(this.#pointer);
  }

  finalize(): void {
    this.#engine.c._sqlite3_finalize(this.#pointer);
  }

  /** Why the engine refused; a failure of a file comes out as it was thrown. */
  error(code: number): WaxwingError {
    return engineError(this.#engine, this.#database, code, this.sql);
  }

  /** A changed schema makes SQLite prepare the statement anew in its first step, perhaps with other columns. */
  #firstStep(): number {
    const { c } = this.#engine;
    const code = c._sqlite3_step(this.#pointer);
    if (code !== ROW) return code;
    const width = c._sqlite3_column_count(this.#pointer);
    if (width === this.#width && c._sqlite3_column_name(this.#pointer, width - 1) === this.#lastName) return code;
    this.#width = width;
    this.#readNames();
    return code;
  }

  #readNames(): void {
    const { c, heap } = this.#engine;
    const pointers = Array.from({ length: this.#width }, (_, index) => c._sqlite3_column_name(this.#pointer, index));
    this.#names = pointers.map((pointer) => heap.text(pointer));
    this.#lastName = pointers.at(-1) ?? 0;
  }

  #reader(expects: readonly Expect[] | undefined, packed: boolean): RowReader {
    return new RowReader(this.#engine, this.#pointer, this.#width, expects, packed);
  }

  #take(reader: RowReader): Rows {
    const { length } = reader;
    // Buffers are among the columns only where the statement asked for them.
    return { names: this.#names, length, data: reader.take() as readonly ColumnData[] };
  }

  #none(): Rows {
    return { names: this.#names, length: 0, data: this.#names.map(() => []) };
  }

  #bindOne(index: number, value: DriverValue): void {
    const code = bindValue(this.#engine, this.#pointer, index, value);
    if (code !== OK) throw this.error(code);
  }

  #requireCount(count: number): void {
    if (count === this.#parameters) return;
    if (this.#parameters < 0) this.#parameters = this.#countParameters();
    if (count === this.#parameters) return;
    throw new ProgrammingError(`The statement has ${this.#parameters} placeholders and got ${count} values.`, { sql: this.sql });
  }

  /** How many placeholders there are: sql.js does not tell, but refuses a value for one too many. */
  #countParameters(): number {
    const { c } = this.#engine;
    let least = 0;
    let most = MOST_PARAMETERS;
    while (least < most) {
      const middle = least === 0 ? Math.min(most, 8) : Math.ceil((least + most) / 2);
      if (c._sqlite3_bind_int(this.#pointer, middle, 0) === OUT_OF_RANGE) most = middle - 1;
      else least = middle;
    }
    return least;
  }
}
