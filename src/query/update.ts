/** UPDATE, with plain values and expressions. */
import type { UpdateNode } from '../ast/expression.ts';
import { ProgrammingError } from '../errors.ts';
import { also } from './conditions.ts';
import type { Executor } from './executor.ts';
import type { Expr } from './expr.ts';
import { type SelectItem, selectedOf } from './select.ts';
import type { FromItem } from './source.ts';
import { nodeOf } from './term.ts';
import { assignments, Returning, WriteQuery, type WriteTarget } from './write-query.ts';

/** An UPDATE; awaiting it gives the number of rows. */
export class Update extends WriteQuery<UpdateNode> {
  override readonly '~node': UpdateNode;

  /** @throws ProgrammingError when there is nothing to set */
  constructor(target: WriteTarget, values: Readonly<Record<string, unknown>>, executor?: Executor) {
    super(executor);
    const set = assignments(target, values);
    if (set.length === 0) throw new ProgrammingError('update() needs a value to set');
    this['~node'] = { kind: 'update', with: [], table: target['~table'], set, from: [], returning: [] };
  }

  /** Only rows for which all conditions hold, those of earlier calls too; without it, every row. */
  where(...conditions: Expr<boolean>[]): this {
    return this['~with']({ where: also(this['~node'].where, conditions.map(nodeOf)) });
  }

  /** Other sources whose columns the new values and conditions may use. */
  from(...items: FromItem[]): this {
    return this['~with']({ from: items.map((item) => item['~source']) });
  }

  /** Gives the updated rows instead of their number; without arguments, all columns. */
  returning<const S extends readonly SelectItem[]>(...selection: S): Returning<S> {
    return new Returning<S>(this, selection.map(selectedOf));
  }
}
