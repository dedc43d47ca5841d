/** A query as a part of another one. */
import type { QueryNode } from '../ast/expression.ts';
import type { Node } from '../ast/node.ts';
import { ProgrammingError } from '../errors.ts';
import type { AnyQuery, Compilable } from './expr.ts';

/** The node of a query inside another one. @throws ProgrammingError when it writes, or is SQL as somebody wrote it */
export function queryNode(query: AnyQuery): QueryNode {
  const node = (query as unknown as Compilable<Node>)['~node'];
  if (node.kind === 'select' || node.kind === 'compound') return node;
  throw new ProgrammingError(
    node.kind === 'raw'
      ? 'raw() is a statement of its own: inside a query, write SQL(…)'
      : `${node.kind.toUpperCase()} cannot stand inside a query: name it by cte(), and list that in withCte()`,
  );
}
