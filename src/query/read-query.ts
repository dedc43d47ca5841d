/** Queries that read rows: what selects and their unions share, and the unions. */
// Unions are made by every reading query and are one themselves: one file, so that no two files import each other.
import type { CompoundNode, Expression, QueryNode, SelectNode } from '../ast/expression.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { compoundNode } from './compound-node.ts';
import { Cte, type CteOptions } from './cte.ts';
import type { Executor } from './executor.ts';
import type { AnyQuery, Expr, OrderItem, Selected, Typing } from './expr.ts';
import { queryNode } from './query-node.ts';
import { compileFor, RowQuery } from './row-query.ts';
import { asScalars, type RowBuilder, rowReader } from './rows.ts';
import { Derived } from './source.ts';
import { condition, nodeOf, operand } from './term.ts';

const INTEGER: Typing = { type: { name: 'integer' } };
const COUNT: Expression = { kind: 'function', name: 'count', args: [{ kind: 'star' }] };
const ONE: Expression = { kind: 'literal', value: 1 };

/** A SELECT of these columns and nothing else. */
export function selectNode(columns: readonly Expression[], from: SelectNode['from'] = []): SelectNode {
  return { kind: 'select', with: [], distinct: false, columns, from, groupBy: [], windows: [], orderBy: [] };
}

/** What selects and unions can do. */
export abstract class ReadQuery<Row> extends RowQuery<Row> {
  abstract override readonly '~node': QueryNode;

  /** Sorts the rows; replaces an earlier order, and no arguments remove it. */
  orderBy(...order: OrderItem[]): this {
    return this['~with']({ orderBy: order.map(nodeOf) });
  }

  /** At most `n` rows; null for all. */
  limit(n: number | null): this {
    return this['~with']({ limit: amount('limit', n) });
  }

  /** Leaves out the first `n` rows. */
  offset(n: number | null): this {
    return this['~with']({ offset: amount('offset', n) });
  }

  /** Page `page` of `size` rows each; the first is page 1. */
  paginate(page: number, size = 20): this {
    return this.limit(size).offset(Math.max(0, page - 1) * size);
  }

  /** The first row, or null. */
  async first(): Promise<Row | null> {
    const [row] = await this.limit(1).execute();
    return row ?? null;
  }

  /** The first row. @throws DoesNotExist when there is none */
  async get(): Promise<Row> {
    const [row] = await this.limit(1).execute();
    if (row === undefined) throw this['~missing']();
    return row;
  }

  /** The first row, or null: `get()` that does not throw. */
  getOrNone(): Promise<Row | null> {
    return this.first();
  }

  /** The first column of the first row; null when there is no row. */
  async scalar(): Promise<unknown> {
    const query = this['~node'].limit ? this : this.limit(1);
    const [value] = await query['~shaped'](asScalars).execute();
    return value ?? null;
  }

  /** How many rows the query has, its limit and offset counted in. */
  async count(): Promise<number> {
    return (await this['~value'](this['~counting'](), INTEGER)) as number;
  }

  /** Whether the query has a row. */
  async exists(): Promise<boolean> {
    const node = this['~node'];
    const plain = node.kind === 'select' && node.distinct === false && node.groupBy.length === 0 && !node.having;
    const asked = plain ? { ...node, columns: allPlain(node.columns) ? [ONE] : node.columns, orderBy: [] } : node;
    return (await this['~value']({ ...asked, limit: node.limit ?? { kind: 'literal', value: 1 } }, {}, 'missing')) !== 'missing';
  }

  /** Rows of either query, each once. peewee: `|`. */
  union(other: AnyQuery): Compound<Row> {
    return new Compound<Row>(this, 'union', other);
  }

  /** Rows of both queries. peewee: `+`. */
  unionAll(other: AnyQuery): Compound<Row> {
    return new Compound<Row>(this, 'unionAll', other);
  }

  /** Rows that both queries have. peewee: `&`. */
  intersect(other: AnyQuery): Compound<Row> {
    return new Compound<Row>(this, 'intersect', other);
  }

  /** Rows of this query that are not rows of the other. peewee: `-`. */
  except(other: AnyQuery): Compound<Row> {
    return new Compound<Row>(this, 'except', other);
  }

  /** Names the query, to select from it, to join it, or to select it as a value. peewee: `alias`. */
  as<const A extends string>(name: A): Derived<Row, A> {
    return new Derived<Row, A>(this['~node'], this['~selection'], name);
  }

  /** Names the query for use before another one: see `withCte`. */
  cte(name: string, options: CteOptions = {}): Cte<Row> {
    const { recursive = false, columns = [], materialized } = options;
    return new Cte<Row>({ name, columns, query: this['~node'], recursive, materialized }, this['~selection']);
  }

  /** Says these CTEs before the query. peewee: `with_cte`. */
  withCte(...ctes: Cte<unknown>[]): this {
    return this['~with']({ with: [...this['~node'].with, ...ctes.map((cte) => cte['~cte'])] });
  }

  /** A copy whose node has other parts. */
  protected '~with'(parts: Partial<SelectNode> | Partial<CompoundNode>): this {
    return this['~copy']({ '~node': { ...this['~node'], ...parts } });
  }

  /** The query whose one value is how many rows this one has. */
  private '~counting'(): QueryNode {
    const node = { ...this['~node'], orderBy: [] } as QueryNode;
    const limited = node.limit !== undefined || node.offset !== undefined;
    if (node.kind === 'select' && !limited && isFlat(node)) return { ...node, columns: [COUNT] };
    const inner = limited ? this['~node'] : node;
    return { ...selectNode([COUNT], [{ kind: 'derived', query: { ...inner, with: [] }, alias: 'counted' }]), with: inner.with };
  }

  private async '~value'(node: QueryNode, typing: Typing, otherwise: unknown = null): Promise<unknown> {
    const executor = this['~resolve']();
    const reader = rowReader([{ '~node': ONE, '~typing': typing, '~name': undefined }], executor.dialect);
    const [outcome] = await executor.run({ statements: compileFor(reader, node, executor.dialect) });
    if (!outcome || outcome.rows.length === 0) return otherwise;
    return reader.read(outcome.rows).columns[0]?.[0];
  }
}

/** Whether each row of the FROM is one row of the result. */
function isFlat(node: SelectNode): boolean {
  const { distinct, groupBy, having, forUpdate, from, columns } = node;
  return distinct === false && groupBy.length === 0 && !having && !forUpdate && from.length > 0 && allPlain(columns);
}

function allPlain(columns: readonly Expression[]): boolean {
  return columns.every(
    (node) => node.kind === 'column' || node.kind === 'star' || (node.kind === 'alias' && node.operand.kind === 'column'),
  );
}

function amount(what: string, n: number | null): Expression | undefined {
  if (n === null) return undefined;
  if (!Number.isSafeInteger(n) || n < 0) throw new ImproperlyConfigured(`${what}(${n}): expected a whole number, not negative`);
  return operand(n, INTEGER);
}

/** Two reading queries as one. */
export class Compound<Row> extends ReadQuery<Row> {
  override readonly '~node': CompoundNode;
  override readonly '~selection': readonly Selected[] | undefined;
  private readonly origin: ReadQuery<Row>;

  constructor(left: ReadQuery<Row>, op: CompoundNode['op'], right: AnyQuery) {
    super(left['~executor']);
    this['~node'] = compoundNode(left['~node'], op, queryNode(right));
    this['~selection'] = left['~selection'];
    this.origin = left;
  }

  protected override '~resolve'(): Executor {
    return this['~executor'] ?? this.origin['~resolve']();
  }

  protected override '~builder'(): RowBuilder<Row> {
    return this.origin['~shape'] ?? this.origin['~builder']();
  }
}

/** `EXISTS (query)` as a condition. */
export function exists(query: AnyQuery): Expr<boolean> {
  return condition({ kind: 'exists', query: queryNode(query), not: false });
}

/** `NOT EXISTS (query)` as a condition. */
export function notExists(query: AnyQuery): Expr<boolean> {
  return condition({ kind: 'exists', query: queryNode(query), not: true });
}
