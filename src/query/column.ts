/** A column of a source, as an expression. */
import type { ColumnType } from '../ast/type.ts';
import type { Converter, Expr } from './expr.ts';
import { Term } from './term.ts';

/** What is known of a column. */
export interface ColumnInfo {
  /** The key under which rows hold it. */
  readonly key: string;
  /** Its name in the database. */
  readonly name: string;
  readonly type?: ColumnType | undefined;
  readonly convert?: Converter | undefined;
}

/** A column expression whose key is `K`. */
export interface KeyedExpr<T, K extends string, R = T> extends Expr<T, R> {
  readonly '~key': K;
}

/** The expression behind a column of a table or model. */
export class ColumnTerm<T, K extends string = string, R = T> extends Term<T, R> implements KeyedExpr<T, K, R> {
  readonly '~key': K;
  /** What it is a column of and what it is called there. */
  readonly '~info': ColumnInfo;

  constructor(source: string | undefined, info: ColumnInfo & { readonly key: K }, schema?: string) {
    super({ kind: 'column', table: source, name: info.name, schema, type: info.type }, info, info.key);
    this['~key'] = info.key;
    this['~info'] = info;
  }
}

/**
 * The column `info.name` of `source`, the name a table or its alias goes by in the query.
 * Its operands are converted by `info.convert` and encoded as `info.type`, its results the other way round.
 */
export function column<T, K extends string, R = T>(
  source: string | undefined,
  info: ColumnInfo & { readonly key: K },
  schema?: string,
): ColumnTerm<T, K, R> {
  return new ColumnTerm<T, K, R>(source, info, schema);
}
