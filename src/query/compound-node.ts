/** Two reading queries as one node, with the CTEs of both before it. */
import type { CompoundNode, QueryNode } from '../ast/expression.ts';

/** UNION and the like of two queries. */
export function compoundNode(left: QueryNode, op: CompoundNode['op'], right: QueryNode): CompoundNode {
  return {
    kind: 'compound',
    with: [...left.with, ...right.with],
    op,
    left: withoutCtes(left),
    right: withoutCtes(right),
    orderBy: [],
  };
}

/** The query without the CTEs before it, which go before the statement it becomes a part of. */
export function withoutCtes(node: QueryNode): QueryNode {
  return node.with.length === 0 ? node : { ...node, with: [] };
}
