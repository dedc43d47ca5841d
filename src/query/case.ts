/** CASE: one of several values, by conditions. */
import type { Expression } from '../ast/expression.ts';
import type { Expr } from './expr.ts';
import { naturalTyping } from './natural-typing.ts';
import { nodeOf, operand, Term } from './term.ts';

/** A value, or an expression of one. */
export type Branch<W, T> = readonly [when: W, then: T | Expr<T>];

/**
 * The value of the first condition that holds. With a `subject`, of the first value equal to it; peewee: `Case`.
 *
 * ```ts
 * User.select(Case(null, [[User.age.lt(18), 'young'], [User.age.lt(65), 'grown']], 'old').as('group'));
 * User.select(Case(User.role, [['a', 'admin'], ['u', 'user']]).as('role'));
 * ```
 */
export function Case<T>(subject: null, branches: readonly Branch<Expr<boolean>, T>[], otherwise: T | Expr<T>): Expr<T>;
export function Case<T>(subject: null, branches: readonly Branch<Expr<boolean>, T>[]): Expr<T | null>;
export function Case<W, T>(subject: Expr<W>, branches: readonly Branch<W | Expr<W>, T>[], otherwise: T | Expr<T>): Expr<T>;
export function Case<W, T>(subject: Expr<W>, branches: readonly Branch<W | Expr<W>, T>[]): Expr<T | null>;
export function Case(
  subject: Expr<unknown> | null,
  branches: readonly Branch<unknown, unknown>[],
  otherwise?: unknown,
): Expr<unknown> {
  const subjectTyping = subject instanceof Term ? subject['~typing'] : {};
  const typing = naturalTyping([...branches.map((branch) => branch[1]), otherwise]);
  const node: Expression = {
    kind: 'case',
    operand: subject === null ? undefined : nodeOf(subject),
    branches: branches.map(([when, then]) => ({
      when: subject === null ? nodeOf(when) : operand(when, subjectTyping),
      then: operand(then, typing),
    })),
    otherwise: otherwise === undefined ? undefined : operand(otherwise, typing),
  };
  return new Term<unknown>(node, typing);
}
