/** CAST. */
import type { ColumnType } from '../ast/type.ts';
import type { Expr } from './expr.ts';
import { nodeOf, Term } from './term.ts';

/** A value as another type: the engine's name of one, or a logical type: `Cast(User.zip, 'integer')`. */
export function Cast<T = unknown>(value: Expr<unknown>, type: string | ColumnType): Expr<T> {
  return new Term<T>({ kind: 'cast', operand: nodeOf(value), type }, typeof type === 'string' ? {} : { type });
}
