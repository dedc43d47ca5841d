/** Questions about what a database holds: the statements that ask, and how to read the answers. */
import type { ReferentialAction } from '../ast/schema.ts';
import type { Rows, Statement } from '../wire/statement.ts';

/** Run the statements in one batch and give `read` the rows of each. */
export interface Question<T> {
  readonly statements: readonly Statement[];
  read(results: readonly Rows[]): T;
}

/** A view and the query behind it. */
export interface ViewMetadata {
  /** Without its schema. */
  readonly name: string;
  /** The statement that makes it, as it was written in SQLite, as the server writes it in Postgres. */
  readonly sql: string;
}

/** One column of a table. */
export interface ColumnMetadata {
  /** As it is in the database: the `columnName` of a field. */
  readonly name: string;
  /** The type as declared. */
  readonly dataType: string;
  /** Whether it takes NULL. */
  readonly null: boolean;
  /** Whether it is the primary key, or a part of it. */
  readonly primaryKey: boolean;
  /** The table that was asked about. */
  readonly table: string;
  /** The default as SQL. */
  readonly default: string | null;
}

/** One index of a table. */
export interface IndexMetadata {
  /** Without its schema. */
  readonly name: string;
  /** As it was created; null for one the engine made for a constraint. */
  readonly sql: string | null;
  /** Column names; null stands for an expression. */
  readonly columns: readonly (string | null)[];
  /** Whether no two rows may have the same values in it. */
  readonly unique: boolean;
  /** The table that was asked about. */
  readonly table: string;
}

/** One column of a foreign key. */
export interface ForeignKeyMetadata {
  /** The column that refers to another table. */
  readonly column: string;
  /** The table it refers to. */
  readonly destTable: string;
  /** Null when the key refers to the table's primary key without naming it. */
  readonly destColumn: string | null;
  /** The table that was asked about. */
  readonly table: string;
  /** What becomes of the row when the one it refers to is deleted. */
  readonly onDelete: ReferentialAction;
  /** What becomes of it when the key it refers to changes. */
  readonly onUpdate: ReferentialAction;
  /** Where the other table is, when that is another schema than this one's. */
  readonly destSchema?: string;
}

/** What can be asked. */
export interface Introspection {
  /** Names of tables, in order. */
  tables(schema?: string): Question<string[]>;
  views(schema?: string): Question<ViewMetadata[]>;
  columns(table: string, schema?: string): Question<ColumnMetadata[]>;
  indexes(table: string, schema?: string): Question<IndexMetadata[]>;
  /** Column names of the primary key, in order. */
  primaryKeys(table: string, schema?: string): Question<string[]>;
  foreignKeys(table: string, schema?: string): Question<ForeignKeyMetadata[]>;
  /** Names of sequences, those that belong to a column included; an engine without sequences has none. */
  sequences(schema?: string): Question<string[]>;
  /** Names of schemas: in SQLite of the files attached. */
  schemas(): Question<string[]>;
}
