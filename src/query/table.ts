/** Tables without models: names of columns are all that is known. */
import type { Source, TableNode } from '../ast/expression.ts';
import { ProgrammingError } from '../errors.ts';
import { type ColumnInfo, column, type KeyedExpr } from './column.ts';
import { Delete } from './delete.ts';
import type { Executor } from './executor.ts';
import type { AnyQuery, Selected } from './expr.ts';
import { type Insert, insertFrom, insertRows } from './insert.ts';
import { Select, type SelectItem, selectedOf } from './select.ts';
import { columnsByName, type FromItem } from './source.ts';
import { Update } from './update.ts';
import type { WriteTarget } from './write-query.ts';

/** The columns of a table; what they hold is not known. */
export type TableColumns<C extends string> = { readonly [K in C]: KeyedExpr<unknown, K> & Selected };

/** A table, and the queries that read and write it. */
class TableSource<C extends string = string> implements FromItem, WriteTarget {
  /** Its columns: `user.c.name`. */
  readonly c: TableColumns<C>;
  readonly '~table': TableNode;
  private readonly columns: readonly C[];
  private readonly executor: Executor | undefined;

  constructor(table: TableNode, columns: readonly C[], executor?: Executor) {
    this['~table'] = table;
    this.columns = columns;
    this.executor = executor;
    this.c = columnsByName((key) => column(table.alias ?? table.name, this['~column'](key))) as unknown as TableColumns<C>;
  }

  get '~source'(): Source {
    return this['~table'];
  }

  /** The same table on a database or transaction. */
  bind(executor: Executor): TableSource<C> {
    return new TableSource(this['~table'], this.columns, executor);
  }

  /** The same table under another name, to join it to itself. */
  alias(name: string): TableSource<C> {
    return new TableSource({ ...this['~table'], alias: name }, this.columns, this.executor);
  }

  /** Selects these; without arguments, all columns. */
  select(): Select<readonly TableColumns<C>[C][]>;
  select<const S extends readonly SelectItem[]>(...selection: S): Select<S>;
  select(...selection: SelectItem[]): unknown {
    const items = selection.length > 0 ? selection.map(selectedOf) : this.columns.map((key) => this.c[key]);
    return new Select(items, [this['~source']], this.executor);
  }

  /** Inserts one row or several; all have the keys of the first. */
  insert(rows: Readonly<Partial<Record<C, unknown>>> | readonly Readonly<Partial<Record<C, unknown>>>[]): Insert {
    return insertRows(this, (Array.isArray(rows) ? rows : [rows]) as readonly Record<string, unknown>[], this.executor);
  }

  /** Inserts the rows of a query into these columns. */
  insertFrom(query: AnyQuery, columns: readonly C[]): Insert {
    return insertFrom(this, query, columns, this.executor);
  }

  /** Updates the rows the query's `where` chooses. */
  update(values: Readonly<Partial<Record<C, unknown>>>): Update {
    return new Update(this, values as Record<string, unknown>, this.executor);
  }

  /** Deletes the rows the query's `where` chooses. */
  delete(): Delete {
    return new Delete(this, this.executor);
  }

  '~column'(key: string): ColumnInfo & { readonly key: string } {
    if (this.columns.length > 0 && !this.columns.includes(key as C)) {
      throw new ProgrammingError(`The table "${this['~table'].name}" has no column "${key}"; it has ${this.columns.join(', ')}`);
    }
    return { key, name: key };
  }
}

/**
 * A table without a model. Without a list of columns every name is taken to be one.
 *
 * ```ts
 * const user = Table('user', ['id', 'name']).bind(database);
 * await user.select(user.c.name).where(user.c.id.eq(1)).dicts();
 * ```
 */
export function Table<const C extends string = string>(
  name: string,
  columns: readonly C[] = [],
  options: { readonly schema?: string; readonly alias?: string } = {},
): TableSource<C> {
  return new TableSource<C>({ kind: 'table', name, ...options }, columns);
}
