/** Plain text inside patterns of `%` and `_`. */
import type { Expression } from '../ast/expression.ts';

/** Plain text as part of a LIKE pattern. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** `escapeLike` for a text only the database knows. */
export function escapeExpression(text: Expression): Expression {
  return replaced(text, [
    ['\\', '\\\\'],
    ['%', '\\%'],
    ['_', '\\_'],
  ]);
}

/** `text` with each `from` replaced by its `to`, one after the other. */
export function replaced(text: Expression, pairs: readonly (readonly [from: string, to: string])[]): Expression {
  return pairs.reduce<Expression>(
    (inner, [from, to]) => ({ kind: 'function', name: 'replace', args: [inner, literal(from), literal(to)] }),
    text,
  );
}

function literal(value: string): Expression {
  return { kind: 'literal', value };
}
