/** Plain values where an expression is wanted. */
import type { ColumnType } from '../ast/type.ts';
import type { Expr } from './expr.ts';
import { naturalTyping } from './natural-typing.ts';
import { operand, Term } from './term.ts';

/** A bound value: `Value(3).add(User.age)`; its own JavaScript type decides how it is kept, unless `type` says so. */
export function Value<T>(value: T, type?: ColumnType): Expr<T> {
  const typing = type ? { type } : naturalTyping([value]);
  return new Term<T>(operand(value, typing), typing);
}

/** A value passed to the engine as it is, whatever the column's conversions. */
export function AsIs<T>(value: T): Expr<T> {
  return new Term<T>({ kind: 'value', value });
}

/** Several values as one: `Tuple(a.x, a.y).in([[1, 2], [3, 4]])` compares rows. */
export function Tuple<const T extends readonly unknown[]>(...items: T): Expr<unknown> {
  return new TupleTerm(items);
}

class TupleTerm extends Term<unknown> {
  private readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    super({ kind: 'list', items: items.map((item) => operand(item, {})) });
    this.items = items;
  }

  override '~operand'(value: unknown): ReturnType<typeof operand> {
    if (!Array.isArray(value)) return super['~operand'](value);
    return {
      kind: 'list',
      items: value.map((one, at) => {
        const item = this.items[at];
        return operand(one, item instanceof Term ? item['~typing'] : {});
      }),
    };
  }
}
