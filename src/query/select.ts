/** SELECT, built step by step; every step gives a new query. */
import type { JoinType, SelectNode, Source } from '../ast/expression.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { also, joined } from './conditions.ts';
import type { Executor } from './executor.ts';
import type { Aliased, AnyQuery, Expr, Selected, WindowOptions } from './expr.ts';
import { ReadQuery, selectNode } from './read-query.ts';
import type { Query } from './row-query.ts';
import { asDicts, asTuples, type RowBuilder } from './rows.ts';
import type { FromItem } from './source.ts';
import { isCompilable, nodeOf } from './term.ts';
import type { DictRow, TupleRow } from './types.ts';
import { windowNode } from './window.ts';

/** How a source is joined. */
export interface JoinOptions {
  /** `inner` unless told. */
  readonly type?: JoinType;
  readonly on?: Expr<boolean>;
  /** The joined query may use columns of the sources before it. */
  readonly lateral?: boolean;
}

/** Which rows are locked, how, and what happens when another has locked them. */
export interface ForUpdateOptions {
  /** What others may still do with the rows: `share`, read and share them; `key share`, all but change their keys; `update`, nothing. */
  readonly strength?: 'update' | 'no key update' | 'share' | 'key share';
  /** The sources whose rows are locked, or the names they go by in the query; all of them when left out. */
  readonly of?: readonly (string | FromItem)[];
  readonly nowait?: boolean;
  readonly skipLocked?: boolean;
}

/** A SELECT over any sources; models have one of their own. */
export class Select<S extends readonly unknown[] = readonly unknown[], Row = DictRow<S>>
  extends ReadQuery<Row>
  implements Query<Row>
{
  override readonly '~node': SelectNode;
  override readonly '~selection': readonly Selected[] | undefined;

  /** An empty selection stands for all columns. */
  constructor(selection: readonly Selected[], from: readonly Source[] = [], executor?: Executor) {
    super(executor);
    const columns = selection.length > 0 ? selection.map((selected) => selected['~node']) : [{ kind: 'star' } as const];
    this['~node'] = selectNode(columns, from);
    this['~selection'] = selection.length > 0 ? selection : undefined;
  }

  /** Reads from these instead. */
  from(...items: FromItem[]): this {
    return this['~with']({ from: items.map((item) => item['~source']) });
  }

  /** Joins another source to those before it. */
  join(item: FromItem, options: JoinOptions = {}): this {
    return this['~join'](item['~source'], options);
  }

  /** Keeps rows of the sources before it that have no match; peewee: `left_outer_join`. */
  leftJoin(item: FromItem, on: Expr<boolean>): this {
    return this['~join'](item['~source'], { type: 'left', on });
  }

  /** Keeps rows for which all conditions hold, those of earlier calls too. */
  where(...conditions: Expr<boolean>[]): this {
    return this['~with']({ where: also(this['~node'].where, conditions.map(nodeOf)) });
  }

  /** Rows for which the earlier conditions hold, or all of these. */
  orWhere(...conditions: Expr<boolean>[]): this {
    if (conditions.length === 0) return this;
    const alternative = joined('and', conditions.map(nodeOf));
    const { where } = this['~node'];
    return this['~with']({ where: where ? joined('or', [where, alternative]) : alternative });
  }

  /** One row for each different value of these. */
  groupBy(...expressions: (Expr<unknown> | Aliased<unknown, string>)[]): this {
    return this['~with']({ groupBy: expressions.map(nodeOf) });
  }

  /** Keeps groups for which all conditions hold. */
  having(...conditions: Expr<boolean>[]): this {
    return this['~with']({ having: also(this['~node'].having, conditions.map(nodeOf)) });
  }

  /** Leaves out repeated rows; with expressions, all but the first row for each value of them, where the engine can. */
  distinct(...on: Expr<unknown>[]): this {
    return this['~with']({ distinct: on.length > 0 ? on.map(nodeOf) : true });
  }

  /** Names a window for `over('name')`. */
  window(name: string, options: WindowOptions): this {
    return this['~with']({ windows: [...this['~node'].windows, { name, window: windowNode(options) }] });
  }

  /** Locks the rows it reads until the transaction ends. @throws NotSupportedError on SQLite, when it runs */
  forUpdate(options: ForUpdateOptions = {}): this {
    const { strength, of = [], nowait, skipLocked } = options;
    if (nowait && skipLocked) throw new ImproperlyConfigured('forUpdate(): nowait and skipLocked exclude each other');
    const wait = nowait ? 'nowait' : skipLocked ? 'skip locked' : 'wait';
    return this['~with']({ forUpdate: { strength, of: of.map(nameOf), wait } });
  }

  /** Rows as objects of the selected columns. */
  override dicts(): Select<S, DictRow<S>> {
    return this['~shaped'](asDicts) as unknown as Select<S, DictRow<S>>;
  }

  /** Rows as arrays, in the order of the selection. */
  override tuples(): Select<S, TupleRow<S>> {
    return this['~shaped'](asTuples as RowBuilder<unknown>) as unknown as Select<S, TupleRow<S>>;
  }

  /** The first column of the first row; null when there is no row. */
  override scalar(): Promise<TupleRow<S>[0] | null> {
    return super.scalar() as Promise<TupleRow<S>[0] | null>;
  }

  /** Joins a source node to the last one of the FROM. */
  protected '~join'(right: Source, { type = 'inner', on, lateral }: JoinOptions): this {
    const { from } = this['~node'];
    const left = from.at(-1);
    if (!left) throw new ImproperlyConfigured('join() needs a source to join to: call from() first');
    const source = lateral && (right.kind === 'derived' || right.kind === 'tableFunction') ? { ...right, lateral } : right;
    const join: Source = { kind: 'join', type, left, right: source, on: on && nodeOf(on) };
    return this['~with']({ from: [...from.slice(0, -1), join] });
  }
}

/** What a source goes by in a query. */
function nameOf(item: string | FromItem): string {
  if (typeof item === 'string') return item;
  const source = item['~source'];
  if (source.kind === 'table') return source.alias ?? source.name;
  if ('alias' in source && source.alias !== undefined) return source.alias;
  throw new ImproperlyConfigured('forUpdate({ of }): expected tables and other sources with a name');
}

/** Anything `select` can list. */
export type SelectItem = Selected | AnyQuery | Expr<unknown> | Aliased<unknown, string>;

/**
 * A SELECT without a model; say `from(…)` next.
 *
 * ```ts
 * const user = Table('user', ['id', 'name']);
 * await select(user.c.name).from(user).bind(database);
 * ```
 */
export function select<const S extends readonly SelectItem[]>(...selection: S): Select<S> {
  return new Select<S>(selection.map(selectedOf));
}

/** Something selectable with its name and typing. @throws ProgrammingError when it is neither expression nor query */
export function selectedOf(item: unknown): Selected {
  if (isCompilable(item) && '~typing' in item) return item as Selected;
  return {
    '~node': nodeOf(item),
    '~typing': (item as ReadQuery<unknown>)['~selection']?.[0]?.['~typing'] ?? {},
    '~name': undefined,
  };
}
