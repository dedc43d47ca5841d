/** Tables, indexes and constraints as data. */
import type { Expression } from './expression.ts';
import type { ColumnType } from './type.ts';

export type ReferentialAction = 'CASCADE' | 'SET NULL' | 'SET DEFAULT' | 'RESTRICT' | 'NO ACTION';

/** One column of a table. */
export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
  readonly null: boolean;
  readonly unique: boolean;
  /** A single-column primary key; composite keys are in `TableSchema.primaryKey`. */
  readonly primaryKey: boolean;
  readonly collation?: string;
  /** Further constraints as expressions, raw SQL mostly: `SQL("DEFAULT 7")`. */
  readonly constraints: readonly Expression[];
  readonly references?: ForeignKeySchema;
}

export interface ForeignKeySchema {
  readonly table: string;
  readonly column: string;
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
  readonly deferrable?: 'INITIALLY DEFERRED' | 'INITIALLY IMMEDIATE';
  readonly constraintName?: string;
}

export interface IndexSchema {
  readonly name: string;
  readonly table: string;
  readonly schema?: string;
  readonly unique: boolean;
  /** Columns or any expressions, with an ordering where one is wanted. */
  readonly on: readonly Expression[];
  readonly where?: Expression;
}

/** Everything needed to create a table and to know what it depends on. */
export interface TableSchema {
  readonly name: string;
  readonly schema?: string;
  readonly columns: readonly ColumnSchema[];
  /** Column names of a composite primary key; empty when a column is the key or there is none. */
  readonly primaryKey: readonly string[];
  readonly constraints: readonly Expression[];
  readonly indexes: readonly IndexSchema[];
  /** Names of tables that must exist first, besides those referenced. */
  readonly dependsOn: readonly string[];
  readonly temporary: boolean;
  readonly withoutRowid: boolean;
  readonly strict: boolean;
}

/** Schema statements. */
export type SchemaNode =
  | { readonly kind: 'createTable'; readonly table: TableSchema; readonly safe: boolean }
  | {
      readonly kind: 'dropTable';
      readonly name: string;
      readonly schema?: string;
      readonly safe: boolean;
      readonly cascade: boolean;
    }
  | { readonly kind: 'createIndex'; readonly index: IndexSchema; readonly safe: boolean }
  | { readonly kind: 'dropIndex'; readonly name: string; readonly schema?: string; readonly safe: boolean }
  | { readonly kind: 'truncateTable'; readonly name: string; readonly schema?: string };
