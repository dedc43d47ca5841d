/** Patterns and regular expressions. Postgres manual: "Pattern Matching". */
import type { Expression, MatchOp } from '../../ast/expression.ts';
import type { Of } from '../expression-compiler.ts';
import { escapeExpression, escapeLike } from '../pattern.ts';
import { LEVEL } from '../precedence.ts';
import type { Writer } from '../writer.ts';

const OPERATORS: Readonly<Record<MatchOp, string>> = {
  like: 'LIKE',
  ilike: 'ILIKE',
  regexp: '~',
  iregexp: '~*',
  contains: 'ILIKE',
  startsWith: 'ILIKE',
  endsWith: 'ILIKE',
};

/** The parts of the compiler that patterns are written with. */
export interface PatternParts {
  near(w: Writer, node: Expression, level: number, other: Expression): void;
  text(node: Expression): Expression;
}

/** Writes a `match` node. Postgres takes the backslash for the escape of LIKE without being told. */
export function writeMatch(compiler: PatternParts, w: Writer, { op, left, pattern }: Of<'match'>): void {
  const whole = patternOf(op, compiler.text(pattern));
  const text = compiler.text(left);
  compiler.near(w, text, LEVEL.comparison, whole);
  w.text += ` ${OPERATORS[op]} `;
  compiler.near(w, whole, LEVEL.comparison, text);
}

function patternOf(op: MatchOp, pattern: Expression): Expression {
  const isPlain = op === 'contains' || op === 'startsWith' || op === 'endsWith';
  if (!isPlain) return pattern;
  const before = op === 'startsWith' ? '' : '%';
  const after = op === 'endsWith' ? '' : '%';
  if (pattern.kind === 'value' && typeof pattern.value === 'string')
    return { ...pattern, value: before + escapeLike(pattern.value) + after };
  return [before, escapeExpression(pattern), after]
    .filter((part) => part !== '')
    .map((part): Expression => (typeof part === 'string' ? { kind: 'literal', value: part } : part))
    .reduce((left, right) => ({ kind: 'binary', op: 'concat', left, right }));
}
