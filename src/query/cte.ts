/** Common table expressions: a query with a name, said before the query that reads it. */
import type { CompoundNode, CteNode, Source } from '../ast/expression.ts';
import { ProgrammingError } from '../errors.ts';
import { compoundNode } from './compound-node.ts';
import type { AnyQuery, Selected } from './expr.ts';
import { queryNode } from './query-node.ts';
import { type FromItem, type SourceColumns, sourceColumns } from './source.ts';

/** How a query becomes a CTE. */
export interface CteOptions {
  /** It reads itself; complete it with `unionAll`. */
  readonly recursive?: boolean;
  /** Names of its columns, when they are not those of the query. */
  readonly columns?: readonly string[];
  /** Tells the engine whether to keep the result or to read through. */
  readonly materialized?: boolean;
}

/**
 * `query.cte('name')`; list it with `withCte` in the query that reads it.
 *
 * ```ts
 * const base = Category.select(Category.id, Category.parent).where(Category.parent.isNull()).cte('tree', { recursive: true });
 * const tree = base.unionAll(Category.select(Category.id, Category.parent).join(base, { on: Category.parent.eq(base.c.id) }));
 * select(tree.c.id).from(tree).withCte(tree);
 * ```
 */
export class Cte<Row> implements FromItem {
  readonly c: SourceColumns<Row>;
  readonly '~cte': CteNode;
  private readonly selection: readonly Selected[] | undefined;

  constructor(node: CteNode, selection: readonly Selected[] | undefined) {
    this['~cte'] = node;
    this.selection = selection;
    this.c = columnsOf(node.name, node, selection);
  }

  get '~source'(): Source {
    return { kind: 'table', name: this['~cte'].name };
  }

  /** The same CTE under another name, to join it to itself; `withCte` lists the CTE. */
  alias(name: string): FromItem & { readonly c: SourceColumns<Row> } {
    const node = this['~cte'];
    return { c: columnsOf(name, node, this.selection), '~source': { kind: 'table', name: node.name, alias: name } };
  }

  /** The same CTE with the rows of `query` added; a recursive one reads itself there. @throws ProgrammingError when it writes */
  unionAll(query: AnyQuery): Cte<Row> {
    return this.joined('unionAll', query);
  }

  /** As `unionAll`, leaving out rows that are there already: ends on graphs with cycles. */
  union(query: AnyQuery): Cte<Row> {
    return this.joined('union', query);
  }

  private joined(op: CompoundNode['op'], query: AnyQuery): Cte<Row> {
    const { query: left, name } = this['~cte'];
    if ('returning' in left) throw new ProgrammingError(`The CTE "${name}" writes: nothing can be added to its rows`);
    return new Cte<Row>({ ...this['~cte'], query: compoundNode(left, op, queryNode(query)) }, this.selection);
  }
}

/** Columns by the keys of the selection and, where they have new names, by those alike. */
function columnsOf<Row>(source: string, { columns }: CteNode, selection: readonly Selected[] | undefined): SourceColumns<Row> {
  if (columns.length === 0) return sourceColumns<Row>(source, selection);
  const named = columns.flatMap((name, at): Selected[] => {
    const before = selection?.[at];
    const column: Selected = { '~node': { kind: 'column', name }, '~typing': before?.['~typing'] ?? {}, '~name': name };
    return before?.['~name'] === undefined ? [column] : [{ ...column, '~name': before['~name'] }, column];
  });
  return sourceColumns<Row>(source, named);
}
