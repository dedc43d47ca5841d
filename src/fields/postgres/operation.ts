/** Makes expressions of operators that only some engines have. */
import type { Expression } from '../../ast/expression.ts';
import type { EngineOp } from '../../ast/operator.ts';
import type { Expr, Typing } from '../../query/expr.ts';
import { condition, Term } from '../../query/term.ts';

/** An expression of values with this typing. */
export function operation<T>(op: EngineOp, typing: Typing, ...operands: readonly Expression[]): Term<T> {
  return new Term<T>({ kind: 'operator', op, operands }, typing);
}

/** One that is true or false. */
export function test(op: EngineOp, ...operands: readonly Expression[]): Expr<boolean> {
  return condition({ kind: 'operator', op, operands });
}

/** A term with operators of its own. */
export function withOperators<X>(term: Term<unknown>, operators: (column: Expr<unknown>) => object): X {
  return Object.defineProperties(term, Object.getOwnPropertyDescriptors(operators(term))) as unknown as X;
}

/** A word or number written into the text: the same expression to an index. */
export function literal(value: string | number): Expression {
  return { kind: 'literal', value };
}

export const TEXT: Typing = Object.freeze({ type: Object.freeze({ name: 'text' } as const) });
export const INTEGER: Typing = Object.freeze({ type: Object.freeze({ name: 'integer' } as const) });
export const DOUBLE: Typing = Object.freeze({ type: Object.freeze({ name: 'double' } as const) });
