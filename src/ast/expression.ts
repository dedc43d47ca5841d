/** What queries are made of: expressions, the sources they read from, selects and writes; plain data that nobody changes. */
// Expressions hold queries, queries hold expressions and each other, as CTEs: one file, so that no two files import each other.
import type { EngineOp } from './operator.ts';
import type { ColumnType } from './type.ts';

export type BinaryOp =
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'is'
  | 'isNot'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | 'concat';

/**
 * How text is compared with a pattern. `like` and `regexp` mind the case, `ilike` and `iregexp` do not;
 * `contains`, `startsWith` and `endsWith` take plain text and do not.
 */
export type MatchOp = 'like' | 'ilike' | 'regexp' | 'iregexp' | 'contains' | 'startsWith' | 'endsWith';

/** `set` puts a value whether there is one or not, `replace` only where there is one; `insert` moves what follows it in an array. */
export type JsonChange = 'set' | 'insert' | 'replace' | 'append' | 'remove';

export type DatePart = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

export type Expression =
  /** A bound value; its type's codec encodes it. Without a type, the value's own JavaScript type decides. */
  | { readonly kind: 'value'; readonly value: unknown; readonly type?: ColumnType | undefined }
  /** `table` is the name the source goes by in the query: the table's or its alias. */
  | ColumnNode
  /** All columns, of one source or of every one. */
  | { readonly kind: 'star'; readonly table?: string | undefined }
  | { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'unary'; readonly op: 'not' | 'neg' | 'bitNot'; readonly operand: Expression }
  | { readonly kind: 'logic'; readonly op: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'isNull'; readonly operand: Expression; readonly not: boolean }
  | { readonly kind: 'between'; readonly operand: Expression; readonly low: Expression; readonly high: Expression }
  /** `right` is a list or a subquery. */
  | { readonly kind: 'in'; readonly left: Expression; readonly right: Expression; readonly not: boolean }
  | { readonly kind: 'match'; readonly op: MatchOp; readonly left: Expression; readonly pattern: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | FunctionNode
  /** With an `operand` its value is compared with each `when`, without one each `when` is a condition. */
  | {
      readonly kind: 'case';
      readonly operand?: Expression | undefined;
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise?: Expression | undefined;
    }
  /** `type` is a logical type, or the engine's own name for one. */
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: ColumnType | string }
  | { readonly kind: 'collate'; readonly operand: Expression; readonly collation: string }
  | { readonly kind: 'distinct'; readonly operand: Expression }
  | { readonly kind: 'alias'; readonly operand: Expression; readonly name: string }
  | {
      readonly kind: 'order';
      readonly operand: Expression;
      readonly descending: boolean;
      readonly nulls?: 'first' | 'last' | undefined;
    }
  | { readonly kind: 'subquery'; readonly query: QueryNode }
  | { readonly kind: 'exists'; readonly query: QueryNode; readonly not: boolean }
  /** SQL as written; each `?` outside quotes and comments stands for the next param. */
  | { readonly kind: 'sql'; readonly text: string; readonly params: readonly Expression[] }
  /** A literal written into the text, not bound. */
  | { readonly kind: 'literal'; readonly value: unknown }
  /** A part of a date, time or date and time; `type` says how the operand is kept. */
  | { readonly kind: 'datePart'; readonly part: DatePart; readonly operand: Expression; readonly type: ColumnType }
  /** A date and time with everything below `part` set to its start. */
  | { readonly kind: 'truncate'; readonly part: DatePart; readonly operand: Expression; readonly type: ColumnType }
  /** What is at a path of a JSON document: as JSON, or as the SQL value it stands for. */
  | {
      readonly kind: 'jsonPath';
      readonly operand: Expression;
      readonly path: readonly (string | number)[];
      readonly as: 'json' | 'value';
    }
  | { readonly kind: 'jsonContains'; readonly outer: Expression; readonly inner: Expression }
  /** A JSON document with something changed at a path; `value`, where one belongs, is JSON. */
  | {
      readonly kind: 'jsonChange';
      readonly change: JsonChange;
      /** insert: behind what is there, not before it. */
      readonly after?: boolean | undefined;
      readonly operand: Expression;
      readonly path: readonly (string | number)[];
      readonly value?: Expression | undefined;
    }
  /** What only some engines have. */
  | { readonly kind: 'operator'; readonly op: EngineOp; readonly operands: readonly Expression[] }
  /** The row that could not be inserted, inside `on conflict … update`. */
  | { readonly kind: 'excluded'; readonly name: string }
  /** A CHECK constraint of a column or table. */
  | { readonly kind: 'check'; readonly condition: Expression; readonly name?: string | undefined }
  /** A DEFAULT constraint of a column. */
  | { readonly kind: 'default'; readonly value: Expression }
  /** What the engine keeps in a column by itself. */
  | { readonly kind: 'generated'; readonly value: Expression };

export interface ColumnNode {
  readonly kind: 'column';
  readonly table?: string | undefined;
  readonly name: string;
  readonly schema?: string | undefined;
  readonly type?: ColumnType | undefined;
}

export interface FunctionNode {
  readonly kind: 'function';
  readonly name: string;
  readonly args: readonly Expression[];
  readonly distinct?: boolean | undefined;
  /** Order of the values an aggregate sees. */
  readonly orderBy?: readonly Expression[] | undefined;
  readonly filter?: Expression | undefined;
  /** A window, or the name of one of the select's windows. */
  readonly over?: WindowNode | string | undefined;
}

export type FrameBound =
  | { readonly kind: 'current' }
  | { readonly kind: 'preceding' | 'following'; readonly offset?: Expression | undefined };

export interface WindowNode {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly Expression[];
  readonly extends?: string | undefined;
  readonly frame?:
    | {
        readonly unit: 'rows' | 'range' | 'groups';
        readonly start: FrameBound;
        readonly end?: FrameBound | undefined;
        readonly exclude?: 'current row' | 'group' | 'ties' | 'no others' | undefined;
      }
    | undefined;
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'cross' | 'natural';

export type Source =
  | TableNode
  | { readonly kind: 'derived'; readonly query: QueryNode; readonly alias: string; readonly lateral?: boolean | undefined }
  | {
      readonly kind: 'valuesList';
      readonly rows: readonly (readonly Expression[])[];
      readonly alias: string;
      readonly columns: readonly string[];
    }
  /** A function that yields rows: `json_each(…)`. */
  | {
      readonly kind: 'tableFunction';
      readonly call: FunctionNode;
      readonly alias?: string | undefined;
      readonly lateral?: boolean | undefined;
    }
  | {
      readonly kind: 'join';
      readonly type: JoinType;
      readonly left: Source;
      readonly right: Source;
      readonly on?: Expression | undefined;
    };

/** A table, view or CTE. */
export interface TableNode {
  readonly kind: 'table';
  readonly name: string;
  readonly schema?: string | undefined;
  readonly alias?: string | undefined;
}

export interface CteNode {
  readonly name: string;
  readonly columns: readonly string[];
  /** One that writes gives what it returns. */
  readonly query: QueryNode | WriteNode;
  readonly recursive: boolean;
  readonly materialized?: boolean | undefined;
}

/** A query that yields rows and changes nothing. */
export type QueryNode = SelectNode | CompoundNode;

export interface SelectNode {
  readonly kind: 'select';
  readonly with: readonly CteNode[];
  /** True, or the expressions rows must differ in. */
  readonly distinct: boolean | readonly Expression[];
  readonly columns: readonly Expression[];
  readonly from: readonly Source[];
  readonly where?: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having?: Expression | undefined;
  readonly windows: readonly { readonly name: string; readonly window: WindowNode }[];
  readonly orderBy: readonly Expression[];
  readonly limit?: Expression | undefined;
  readonly offset?: Expression | undefined;
  readonly forUpdate?: ForUpdateNode | undefined;
}

export interface ForUpdateNode {
  /** How much others may still do with the rows; `update` unless told: nothing but read. */
  readonly strength?: 'update' | 'no key update' | 'share' | 'key share' | undefined;
  readonly of: readonly string[];
  readonly wait: 'wait' | 'nowait' | 'skip locked';
}

export interface CompoundNode {
  readonly kind: 'compound';
  readonly with: readonly CteNode[];
  readonly op: 'union' | 'unionAll' | 'intersect' | 'except';
  readonly left: QueryNode;
  readonly right: QueryNode;
  readonly orderBy: readonly Expression[];
  readonly limit?: Expression | undefined;
  readonly offset?: Expression | undefined;
}

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
