/** INSERT of rows, of a query's rows, of defaults; and what to do with a row that is there already. */
import type { ConflictNode, ConflictTarget, InsertNode, InsertSource } from '../ast/expression.ts';
import { DataError, ImproperlyConfigured } from '../errors.ts';
import type { ColumnInfo } from './column.ts';
import { withoutCtes } from './compound-node.ts';
import type { Executor } from './executor.ts';
import type { AnyQuery, Expr } from './expr.ts';
import { queryNode } from './query-node.ts';
import { type SelectItem, selectedOf } from './select.ts';
import { isCompilable, nodeOf, operand, Term } from './term.ts';
import { assignments, Returning, WriteQuery, type WriteTarget } from './write-query.ts';

/** A column, by its key or as an expression. */
export type ColumnRef = string | Expr<unknown>;

/** What happens to a row that breaks a uniqueness constraint. */
export interface ConflictOptions {
  /** `ignore` drops the new row, `replace` deletes the old one; left out, `update` and `preserve` change the old one. */
  readonly action?: 'ignore' | 'replace';
  /** New values of the old row; `EXCLUDED(column)` is what could not be inserted. */
  readonly update?: Readonly<Record<string, unknown>>;
  /** Columns of the old row that take the new row's values. */
  readonly preserve?: readonly ColumnRef[];
  /** Only old rows for which this holds are updated. */
  readonly where?: Expr<boolean>;
  /** Columns or expressions of the constraint that is meant. */
  readonly conflictTarget?: readonly ColumnRef[];
  /** The condition of the partial index that is meant. */
  readonly conflictWhere?: Expr<boolean>;
  /** The constraint that is meant, by name, where the engine can. */
  readonly conflictConstraint?: string;
}

/** An INSERT; awaiting it gives the number of rows. */
export class Insert extends WriteQuery<InsertNode> {
  override readonly '~node': InsertNode;
  readonly '~target': WriteTarget;

  constructor(target: WriteTarget, columns: readonly ColumnInfo[], source: InsertSource, executor?: Executor) {
    super(executor);
    this['~target'] = target;
    const named = columns.map(({ name, type }) => ({ name, type }));
    this['~node'] = { kind: 'insert', ...ctesFirst(source), into: target['~table'], columns: named, returning: [] };
  }

  /**
   * What happens to a row that breaks a uniqueness constraint.
   *
   * ```ts
   * Counter.insert({ name: 'visits', n: 1 }).onConflict({ conflictTarget: ['name'], update: { n: Counter.n.add(EXCLUDED(Counter.n)) } });
   * ```
   */
  onConflict(options: ConflictOptions): this {
    return this['~with']({ onConflict: this.conflict(options) });
  }

  /** Drops rows that are there already. */
  onConflictIgnore(): this {
    return this['~with']({ onConflict: { action: 'ignore', target: [] } });
  }

  /** Deletes rows that are in the way. */
  onConflictReplace(): this {
    return this['~with']({ onConflict: { action: 'replace' } });
  }

  /** Gives the inserted rows, their defaults and keys included, instead of their number; without arguments, all columns. */
  returning<const S extends readonly SelectItem[]>(...selection: S): Returning<S> {
    return new Returning<S>(this, selection.map(selectedOf));
  }

  private conflict(options: ConflictOptions): ConflictNode {
    const { action, update = {}, preserve = [], where, conflictTarget = [], conflictWhere, conflictConstraint } = options;
    if (action === 'replace') return { action };
    const meant: ConflictTarget = {
      target: conflictTarget.map((ref) =>
        typeof ref === 'string' ? { kind: 'column', name: this.columnName(ref) } : nodeOf(ref),
      ),
      targetWhere: conflictWhere && nodeOf(conflictWhere),
      constraint: conflictConstraint,
    };
    if (action === 'ignore') return { action, ...meant };
    const kept = preserve.map((ref) => {
      const column = this.columnName(ref);
      return { column, value: { kind: 'excluded', name: column } as const };
    });
    const set = [...kept, ...assignments(this['~target'], update)];
    if (set.length === 0) throw new ImproperlyConfigured('onConflict() needs an action, update or preserve');
    return { action: 'update', ...meant, set, where: where && nodeOf(where) };
  }

  private columnName(ref: ColumnRef): string {
    if (typeof ref === 'string') return this['~target']['~column'](ref).name;
    const node = nodeOf(ref);
    if (node.kind !== 'column') throw new ImproperlyConfigured('preserve: expected columns or their keys');
    return node.name;
  }
}

/** Rows as objects; all of them have the keys of the first one. */
export function insertRows(target: WriteTarget, rows: readonly Readonly<Record<string, unknown>>[], executor?: Executor): Insert {
  const keys = Object.keys(rows[0] ?? {});
  const columns = keys.map((key) => target['~column'](key));
  if (rows.length === 1 && keys.length === 0) return new Insert(target, [], { kind: 'defaults' }, executor);
  rows.forEach((row, at) => requireKeys(row, keys, at));
  return new Insert(
    target,
    columns,
    insertSource(
      columns,
      rows.map((row) => keys.map((key) => row[key])),
    ),
    executor,
  );
}

function requireKeys(row: object, keys: readonly string[], at: number): void {
  const missing = keys.find((key) => !Object.hasOwn(row, key));
  if (missing !== undefined) throw new DataError(`Row ${at} has no value for "${missing}", which the first row has`);
  const extra = Object.keys(row).find((key) => !keys.includes(key));
  if (extra !== undefined) throw new DataError(`Row ${at} has a value for "${extra}", which the first row has not`);
}

/** The rows of a query. */
export function insertFrom(target: WriteTarget, query: AnyQuery, keys: readonly ColumnRef[], executor?: Executor): Insert {
  const columns = keys.map((key) => (typeof key === 'string' ? target['~column'](key) : columnOf(key)));
  return new Insert(target, columns, { kind: 'query', query: queryNode(query) }, executor);
}

/** The CTEs of the query whose rows go in stand before the whole statement: only there may they write. */
function ctesFirst(source: InsertSource): Pick<InsertNode, 'with' | 'source'> {
  if (source.kind !== 'query') return { with: [], source };
  return { with: source.query.with, source: { kind: 'query', query: withoutCtes(source.query) } };
}

function columnOf(ref: Expr<unknown>): ColumnInfo {
  const node = nodeOf(ref);
  if (node.kind !== 'column') throw new ImproperlyConfigured('insertFrom: expected columns or their keys');
  return { key: node.name, name: node.name };
}

/** Rows of values in the order of `columns`, converted, column by column; rows of nodes when an expression is among them. */
export function insertSource(columns: readonly ColumnInfo[], rows: readonly (readonly unknown[])[]): InsertSource {
  const out: unknown[][] = [];
  for (const [index, column] of columns.entries()) {
    const toDb = column.convert?.toDb as ((value: unknown) => unknown) | undefined;
    const values: unknown[] = new Array(rows.length);
    for (let at = 0; at < rows.length; at++) {
      const value = (rows[at] as readonly unknown[])[index];
      if (value === undefined) throw new DataError(`Row ${at} has undefined for "${column.key}": use null`);
      if (isCompilable(value))
        return { kind: 'rows', rows: rows.map((row) => row.map((cell, i) => operand(cell, columns[i] as ColumnInfo))) };
      values[at] = toDb && value !== null ? toDb(value) : value;
    }
    out.push(values);
  }
  return { kind: 'values', length: rows.length, columns: out };
}

/**
 * A column of the row that could not be inserted, in `onConflict({ update })`. peewee: `EXCLUDED.n`.
 *
 * ```ts
 * Counter.insert({ name: 'visits', n: 1 }).onConflict({ conflictTarget: ['name'], update: { n: Counter.n.add(EXCLUDED(Counter.n)) } });
 * ```
 * @throws ImproperlyConfigured when it is no column
 */
export function EXCLUDED<T, R>(column: Expr<T, R>): Expr<T, R> {
  const node = nodeOf(column);
  if (node.kind !== 'column') throw new ImproperlyConfigured('EXCLUDED: expected a column, such as User.age');
  return new Term<T, R>({ kind: 'excluded', name: node.name }, (column as Term<T, R>)['~typing']);
}
