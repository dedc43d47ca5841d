/** What crosses between a query and an engine: SQL text, bound values and columns of results. Data only. */

/** A value an engine can bind or return. */
export type DriverValue = null | number | bigint | string | boolean | Uint8Array;

/**
 * One column of values. A `Float64Array` holds no null and only numbers;
 * it is transferred, not copied, between threads.
 */
export type ColumnData = Float64Array | readonly DriverValue[];

/** A table of values, column by column; every column has `length` entries. */
export interface Columns {
  readonly length: number;
  readonly data: readonly ColumnData[];
}

/**
 * What a statement does to locks and transactions.
 * - `read`: changes nothing; also the start of a read-only transaction.
 * - `write`: holds the write lock while it runs, unless its connection holds it already.
 * - `begin`: takes the write lock and keeps it.
 * - `end`: commits or rolls back, and gives the write lock back.
 */
export type Mode = 'read' | 'write' | 'begin' | 'end';

/**
 * What a result column is known to hold, so that an engine need not ask for the type of each value.
 * `number` is any number that fits a double; `integer` a 64-bit integer that must be exact
 * (a number when safe, a bigint when not); `bigint` always a bigint; null may occur in all of them.
 */
export type Expect = 'number' | 'integer' | 'bigint' | 'text' | 'blob' | 'any';

/** One SQL statement with its bound values. */
export interface Statement {
  readonly sql: string;
  readonly mode: Mode;
  readonly params?: readonly DriverValue[];
  /** Runs the statement once per row of these columns instead of once with `params`: one column per placeholder. */
  readonly many?: Columns;
  /** One per result column, in order; left out, every value's own type is asked for. */
  readonly expects?: readonly Expect[];
  /**
   * For a receiver in another thread: slices of rows hold columns that are expected to be text as buffers, which
   * `unpackTexts` of util/packed-texts.ts reads. An engine need not.
   */
  readonly packed?: boolean;
}

/** Several statements in one call and one message. */
export interface Batch {
  readonly statements: readonly Statement[];
  /**
   * Statements around the batch that make it one transaction: `begin` first, `commit` last,
   * `rollback` instead when a statement fails. Left out, each statement stands for itself;
   * a failing one ends the batch either way.
   */
  readonly bracket?: Bracket;
}

export interface Bracket {
  readonly begin: Statement;
  readonly commit: Statement;
  readonly rollback: Statement;
}

/** A slice of a statement's result. */
export interface Rows extends Columns {
  /** The names of the result columns, as the engine gives them. */
  readonly names: readonly string[];
  /** The engine's own numbers for the types of the columns, where it has such numbers: Postgres's OIDs. */
  readonly types?: readonly number[] | undefined;
}

/** What a statement did. `rows` is empty when its rows were delivered in slices. */
export interface Outcome {
  readonly rows: Rows;
  /** Rows inserted, updated or deleted. */
  readonly changes: number;
  /** The key of the last row inserted by this connection, when the engine tells. */
  readonly lastInsertId: number | bigint | null;
}

/** Receives the rows of statement `index` of a batch in slices, in order, before `run` resolves. */
export type OnRows = (index: number, rows: Rows) => void;
