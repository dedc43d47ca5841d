/** Several conditions as one. */
import type { Expression } from '../ast/expression.ts';

/** Conditions as one, in a flat list when they are of the same kind already. */
export function joined(op: 'and' | 'or', operands: readonly Expression[]): Expression {
  if (operands.length === 1) return operands[0] as Expression;
  return {
    kind: 'logic',
    op,
    operands: operands.flatMap((node) => (node.kind === 'logic' && node.op === op ? node.operands : [node])),
  };
}

/** Those there are and some more; none of either is undefined. */
export function also(before: Expression | undefined, conditions: readonly Expression[]): Expression | undefined {
  return conditions.length === 0 ? before : joined('and', before ? [before, ...conditions] : conditions);
}
