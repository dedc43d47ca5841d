/** Patterns of `%` and `_` in an engine whose LIKE ignores case and whose GLOB has other wildcards. */
import type { Expression } from '../../ast/expression.ts';
import { replaced } from '../pattern.ts';

/** A LIKE pattern as a GLOB one, which minds the case; a backslash makes the next character plain. */
export function globOf(like: string): string {
  return like.replace(/\\([\s\S])|[%_*?[]/g, (token, escaped: string | undefined) => {
    if (escaped !== undefined) return /[*?[]/.test(escaped) ? `[${escaped}]` : escaped;
    return token === '%' ? '*' : token === '_' ? '?' : `[${token}]`;
  });
}

/** `globOf` for a pattern only the database knows. */
export function globExpression(pattern: Expression): Expression {
  // Escaped wildcards step aside as control characters while the others are translated.
  return replaced(pattern, [
    ['\\\\', '\u0001'],
    ['\\%', '\u0002'],
    ['\\_', '\u0003'],
    ['\\', ''],
    ['[', '[[]'],
    ['*', '[*]'],
    ['?', '[?]'],
    ['%', '*'],
    ['_', '?'],
    ['\u0003', '_'],
    ['\u0002', '%'],
    ['\u0001', '\\'],
  ]);
}
