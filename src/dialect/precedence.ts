/** Which expressions need parentheses inside which. */
import type { Expression } from '../ast/expression.ts';

/** From the loosest to the tightest; engines differ among operators of one level, so those are always put in parentheses. */
export const LEVEL = { raw: 0, logic: 1, not: 2, comparison: 3, arithmetic: 4, atom: 5 } as const;

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=', 'is', 'isNot']);

/** How tightly an expression holds together. */
export function levelOf(node: Expression): number {
  switch (node.kind) {
    case 'logic':
      return node.operands.length > 1 ? LEVEL.logic : LEVEL.comparison;
    case 'unary':
      return node.op === 'not' ? LEVEL.not : LEVEL.arithmetic;
    case 'binary':
      return COMPARISONS.has(node.op) ? LEVEL.comparison : LEVEL.arithmetic;
    case 'in':
    case 'between':
    case 'isNull':
    case 'match':
    case 'jsonContains':
      return LEVEL.comparison;
    case 'exists':
      return node.not ? LEVEL.not : LEVEL.atom;
    case 'collate':
    case 'jsonPath':
    case 'truncate':
    case 'datePart':
    case 'operator':
    case 'jsonChange':
      return LEVEL.arithmetic;
    case 'sql':
      // A word, a number or a call is whole; of anything else nobody knows.
      return /^[\w."]+(\([^()]*\))?$/.test(node.text) ? LEVEL.atom : LEVEL.raw;
    case 'alias':
      return levelOf(node.operand);
    default:
      return LEVEL.atom;
  }
}
