/** Tables, indexes and constraints as data. */
import type { Expression } from './expression.ts';
import type { ColumnType } from './type.ts';

export type ReferentialAction = 'CASCADE' | 'SET NULL' | 'SET DEFAULT' | 'RESTRICT' | 'NO ACTION';

/** The name of a table, or of anything else that lives in a schema. */
export interface QualifiedName {
  /** As it is written in the database, without quotes. */
  readonly name: string;
  /** The schema it is in; left out, the first one of the search path, in SQLite the file that is open. */
  readonly schema?: string | undefined;
}

/** One column of a table. */
export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
  readonly null: boolean;
  readonly unique: boolean;
  /** A single-column primary key; composite keys are in `TableSchema.primaryKey`. */
  readonly primaryKey: boolean;
  /** A key the database counts up: it refuses values given by hand (`GENERATED ALWAYS`). */
  readonly generateAlways?: boolean;
  /** A key the database counts up: the sequence it counts with, in the table's schema, created and dropped with the table. */
  readonly sequence?: string;
  readonly collation?: string;
  /** Further constraints as expressions, raw SQL mostly: `SQL("DEFAULT 7")`. */
  readonly constraints: readonly Expression[];
  readonly references?: ForeignKeySchema;
}

/** When a constraint that may be broken for a while is checked: at COMMIT, or after each statement unless told otherwise. */
export type Deferrable = 'INITIALLY DEFERRED' | 'INITIALLY IMMEDIATE';

export interface ForeignKeySchema {
  readonly table: string;
  readonly schema?: string;
  readonly column: string;
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
  readonly deferrable?: Deferrable;
  readonly constraintName?: string;
}

/** How an index is built. Postgres: "Index Types"; an extension may bring more. */
export type IndexMethod = 'btree' | 'hash' | 'gin' | 'gist' | 'brin' | 'spgist' | (string & {});

/** How an index is built, and the operators it is for. */
export interface IndexKind {
  /** The method, where it is not a b-tree: `'gin'`. Postgres: "Index Types". */
  readonly using?: IndexMethod;
  /** The operator class, where the method's usual one is not meant: `'jsonb_path_ops'`. Postgres: "Operator Classes". */
  readonly opclass?: string;
}

export interface IndexSchema {
  readonly name: string;
  readonly table: string;
  readonly schema?: string;
  readonly unique: boolean;
  /** Columns or any expressions, with an ordering where one is wanted. */
  readonly on: readonly Expression[];
  readonly where?: Expression;
  readonly using?: IndexMethod;
  /** For each of `on` its operator class, where it is not the usual one. */
  readonly opclasses?: readonly (string | undefined)[];
  /** Columns kept in the index without being part of its key. */
  readonly include?: readonly string[];
  /** False: NULL equals NULL, so that a unique index takes one of them. */
  readonly nullsDistinct?: boolean;
  /** Nobody asked for it, and not every engine has such indexes: one that has not leaves it out. */
  readonly optional?: boolean;
  /** Built without keeping writers waiting; never in a transaction. */
  readonly concurrently?: boolean;
}

/** A uniqueness that may be broken until it is checked: no index can say that, only a constraint. */
export interface UniqueSchema {
  readonly name: string;
  readonly columns: readonly string[];
  readonly include: readonly string[];
  readonly nullsDistinct: boolean;
  readonly deferrable: Deferrable;
}

/** Everything needed to create a table and to know what it depends on. */
export interface TableSchema extends QualifiedName {
  /** In the order of the fields, as they are in the table. */
  readonly columns: readonly ColumnSchema[];
  /** Column names of a composite primary key; empty when a column is the key or there is none. */
  readonly primaryKey: readonly string[];
  /** Constraints that are checked later than at once; every other uniqueness is an index. */
  readonly uniques?: readonly UniqueSchema[];
  /** Those of the whole table, as expressions. */
  readonly constraints: readonly Expression[];
  /** Also those of single columns. */
  readonly indexes: readonly IndexSchema[];
  /** Tables that must exist first, besides those referenced. */
  readonly dependsOn: readonly QualifiedName[];
  /** Only the connection that creates it sees the table. */
  readonly temporary: boolean;
  /** SQLite: "Clustered Indexes and the WITHOUT ROWID Optimization". */
  readonly withoutRowid: boolean;
  /** SQLite: "STRICT Tables". */
  readonly strict: boolean;
  /** Not in the log, and empty after a crash. */
  readonly unlogged?: boolean;
  /** What follows the columns: `SQL('WITH (fillfactor = 70)')`. */
  readonly settings?: readonly Expression[];
}

/** Schema statements. */
export type SchemaNode =
  /** Tables in an order in which each finds those it refers to, but for circles; without their indexes. */
  | { readonly kind: 'createTables'; readonly tables: readonly TableSchema[]; readonly safe: boolean }
  /** Tables in an order in which none is referred to any more, but for circles; with their indexes and sequences. */
  | { readonly kind: 'dropTables'; readonly tables: readonly TableSchema[]; readonly safe: boolean; readonly cascade: boolean }
  | {
      readonly kind: 'truncateTables';
      readonly tables: readonly TableSchema[];
      /** Keys count from the start again. */
      readonly restartIdentity: boolean;
      /** Tables that refer to these are emptied too. */
      readonly cascade: boolean;
    }
  | { readonly kind: 'createIndex'; readonly index: IndexSchema; readonly safe: boolean }
  | (QualifiedName & { readonly kind: 'dropIndex'; readonly safe: boolean; readonly concurrently?: boolean })
  | { readonly kind: 'createSchema'; readonly name: string; readonly safe: boolean }
  | { readonly kind: 'dropSchema'; readonly name: string; readonly safe: boolean; readonly cascade: boolean }
  | (QualifiedName & { readonly kind: 'createSequence'; readonly safe: boolean })
  | (QualifiedName & { readonly kind: 'dropSequence'; readonly safe: boolean })
  /** Lets the next key the database counts be above all keys in the table. */
  | { readonly kind: 'syncSequence'; readonly table: QualifiedName; readonly column: ColumnSchema };
