/** SQL as you write it: pieces of it inside queries, and whole queries. */
import type { Expression } from '../ast/expression.ts';
import type { RawNode } from '../ast/node.ts';
import type { Executor } from './executor.ts';
import type { Expr, Selected } from './expr.ts';
import { RowQuery } from './row-query.ts';
import type { RowBuilder } from './rows.ts';
import { nodeOf, operand, Term } from './term.ts';

/**
 * A piece of SQL, written into the query as it is; each `?` outside quotes and comments takes the next of `params`.
 * On Postgres, where there are params, its operator `?` is written `??`.
 *
 * ```ts
 * User.select().where(SQL('length(username) > ?', [3]));
 * ```
 */
export function SQL<T = unknown>(text: string, params: readonly unknown[] = []): Expr<T> & Selected {
  return new Term<T>({ kind: 'sql', text, params: params.map((param) => operand(param, {})) });
}

/** A CHECK constraint of a column or table: `Check(User.age.gt(0))`, `Check('age > 0')`. */
export function Check(condition: string | Expr<boolean>, name?: string): Expr<unknown> {
  const node: Expression = typeof condition === 'string' ? { kind: 'sql', text: condition, params: [] } : nodeOf(condition);
  return new Term<unknown>({ kind: 'check', condition: node, name });
}

/** A DEFAULT the database itself fills in: `Default(0)`, `Default(SQL('CURRENT_TIMESTAMP'))`. */
export function Default(value: unknown): Expr<unknown> {
  return new Term<unknown>({ kind: 'default', value: operand(value, {}) });
}

/** A query you wrote; rows are objects of its columns unless `build` makes something else of them. */
export class RawQuery<Row = Record<string, unknown>> extends RowQuery<Row> {
  override readonly '~node': RawNode;
  override readonly '~selection': readonly Selected[] | undefined = undefined;
  private readonly build: RowBuilder<Row> | undefined;

  constructor(text: string, params: readonly unknown[] = [], executor?: Executor, build?: RowBuilder<Row>) {
    super(executor);
    this['~node'] = { kind: 'raw', text, params: params.map((param) => operand(param, {})) };
    this.build = build;
  }

  /** The first row, or null. */
  async first(): Promise<Row | null> {
    const [row] = await this.execute();
    return row ?? null;
  }

  protected override '~builder'(): RowBuilder<Row> {
    return this.build ?? super['~builder']();
  }
}

/** A whole query in SQL: `await raw('SELECT * FROM user WHERE id = ?', [1]).bind(database)`. */
export function raw<Row = Record<string, unknown>>(text: string, params: readonly unknown[] = []): RawQuery<Row> {
  return new RawQuery<Row>(text, params);
}
