/** Texts that are alike, by their groups of three letters: finds what is mistyped. Extension pg_trgm. */
import type { Expr, Operand } from '../../query/expr.ts';
import { nodeOf, operand } from '../../query/term.ts';
import { DOUBLE, operation, TEXT, test } from './operation.ts';

type Text = Expr<string> | Expr<string | null>;

/** How alike two texts are, from 0 to 1: `orderBy(similarity(User.name, 'jon').desc())`. */
export function similarity(text: Text, to: Operand<string>): Expr<number> {
  return operation('similarity', DOUBLE, nodeOf(text), operand(to, TEXT));
}

/** Whether they are more alike than `pg_trgm.similarity_threshold` (0.3). An index of `gin_trgm_ops` finds them. */
export function isSimilar(text: Text, to: Operand<string>): Expr<boolean> {
  return test('similar', nodeOf(text), operand(to, TEXT));
}

/** How alike a word and the most alike part of a text are, from 0 to 1. */
export function wordSimilarity(word: Operand<string>, text: Text): Expr<number> {
  return operation('wordSimilarity', DOUBLE, operand(word, TEXT), nodeOf(text));
}

/** How far two texts are from each other, 0 to 1. An index of `gist_trgm_ops` orders by it: `orderBy(textDistance(User.name, 'jon'))`. */
export function textDistance(text: Text, to: Operand<string>): Expr<number> {
  return operation('textDistance', DOUBLE, nodeOf(text), operand(to, TEXT));
}
