/** The only place where SQL is spelled: nodes to text, values to what an engine binds, and back. */
import type { Node } from '../ast/node.ts';
import type { ColumnType } from '../ast/type.ts';
import type { Bracket, DriverValue, Expect, Statement } from '../wire/statement.ts';
import type { Introspection } from './introspection.ts';

/** What differs between engines and is asked for by name. */
export interface Capabilities {
  readonly returning: boolean;
  /** Tells the key of the row inserted last without being asked. */
  readonly lastInsertId: boolean;
  /** The most values one statement may bind. */
  readonly maxParams: number;
  readonly forUpdate: boolean;
  /** INSERT, UPDATE and DELETE as CTEs. */
  readonly writingCtes: boolean;
  readonly distinctOn: boolean;
  readonly lateral: boolean;
}

/** How a transaction starts. `write` takes the write lock at once; `read` never writes. */
export type TransactionMode = 'write' | 'read';

/** What a column or value is turned into and back. */
export interface Codec {
  readonly expect: Expect;
  /** @throws DataError when the value does not fit the type. */
  encode(value: unknown): DriverValue;
  /** Never called with null. Null when the value can be used as it comes. */
  readonly decode: ((value: Exclude<DriverValue, null>) => unknown) | null;
}

export interface Dialect {
  readonly name: 'sqlite' | 'postgres' | 'mysql';
  readonly can: Capabilities;
  /**
   * A query or schema node as statements: usually one; inserting many rows, and some schema changes, take several.
   * @throws NotSupportedError naming the engine and the construct.
   */
  compile(node: Node): readonly Statement[];
  codec(type: ColumnType): Codec;
  /** What reads a column of which only the engine's own number for its type is known (see `Rows.types`); null: it stays as it comes. */
  decoder?(type: number): Codec['decode'];
  begin(mode: TransactionMode, isolation?: string): Statement;
  readonly commit: Statement;
  readonly rollback: Statement;
  savepoint(name: string): Statement;
  releaseSavepoint(name: string): Statement;
  rollbackTo(name: string): Statement;
  /** begin, commit and rollback of one writing batch. */
  readonly bracket: Bracket;
  /** Raw text as a statement: `read` only when the text certainly changes nothing. */
  raw(sql: string, params: readonly DriverValue[]): Statement;
  quote(identifier: string): string;
  /** What the driver throws, as the class its code and message stand for; anything else as it is. */
  error(error: unknown): unknown;
  /** Questions about what the database holds. */
  readonly introspect: Introspection;
}
