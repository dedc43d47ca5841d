/** Queries that change rows. */
import type { CteNode, Expression, QueryNode, Source, TableNode } from './expression.ts';
import type { ColumnType } from './type.ts';

/** A column that is written to. */
export interface TargetColumn {
  readonly name: string;
  readonly type?: ColumnType | undefined;
}

/** What an insert puts in. */
export type InsertSource =
  /** Plain values, column by column, so that many rows cost no node each. */
  | { readonly kind: 'values'; readonly length: number; readonly columns: readonly (readonly unknown[])[] }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly Expression[])[] }
  | { readonly kind: 'query'; readonly query: QueryNode }
  /** One row of nothing but defaults. */
  | { readonly kind: 'defaults' };

export interface Assignment {
  readonly column: string;
  readonly value: Expression;
}

/** The uniqueness constraint that is meant. */
export interface ConflictTarget {
  /** Its columns or expressions; empty for any constraint. */
  readonly target: readonly Expression[];
  readonly targetWhere?: Expression | undefined;
  readonly constraint?: string | undefined;
}

/** What happens to a row that breaks a uniqueness constraint. */
export type ConflictNode =
  | (ConflictTarget & { readonly action: 'ignore' })
  | { readonly action: 'replace' }
  | (ConflictTarget & {
      readonly action: 'update';
      readonly set: readonly Assignment[];
      readonly where?: Expression | undefined;
    });

export interface InsertNode {
  readonly kind: 'insert';
  readonly with: readonly CteNode[];
  readonly into: TableNode;
  readonly columns: readonly TargetColumn[];
  readonly source: InsertSource;
  readonly onConflict?: ConflictNode | undefined;
  readonly returning: readonly Expression[];
}

export interface UpdateNode {
  readonly kind: 'update';
  readonly with: readonly CteNode[];
  readonly table: TableNode;
  readonly set: readonly Assignment[];
  readonly from: readonly Source[];
  readonly where?: Expression | undefined;
  readonly returning: readonly Expression[];
}

export interface DeleteNode {
  readonly kind: 'delete';
  readonly with: readonly CteNode[];
  readonly from: TableNode;
  readonly where?: Expression | undefined;
  readonly returning: readonly Expression[];
}

export type WriteNode = InsertNode | UpdateNode | DeleteNode;
