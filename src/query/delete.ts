/** DELETE. */
import type { DeleteNode } from '../ast/expression.ts';
import { also } from './conditions.ts';
import type { Executor } from './executor.ts';
import type { Expr } from './expr.ts';
import { type SelectItem, selectedOf } from './select.ts';
import { nodeOf } from './term.ts';
import { Returning, WriteQuery, type WriteTarget } from './write-query.ts';

/** A DELETE; awaiting it gives the number of rows. */
export class Delete extends WriteQuery<DeleteNode> {
  override readonly '~node': DeleteNode;

  constructor(target: WriteTarget, executor?: Executor) {
    super(executor);
    this['~node'] = { kind: 'delete', with: [], from: target['~table'], returning: [] };
  }

  /** Only rows for which all conditions hold, those of earlier calls too; without it, every row. */
  where(...conditions: Expr<boolean>[]): this {
    return this['~with']({ where: also(this['~node'].where, conditions.map(nodeOf)) });
  }

  /** Gives the deleted rows instead of their number; without arguments, all columns. */
  returning<const S extends readonly SelectItem[]>(...selection: S): Returning<S> {
    return new Returning<S>(this, selection.map(selectedOf));
  }
}
