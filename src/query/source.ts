/** What a query can read from, besides models: subqueries and lists of values under a name. */
import type { Expression, QueryNode, Source } from '../ast/expression.ts';
import { column, type KeyedExpr } from './column.ts';
import type { Selected, Typing } from './expr.ts';
import { naturalTyping } from './natural-typing.ts';
import { operand } from './term.ts';
import type { ListedRow } from './types.ts';

/** Anything a select can read from or join. */
export interface FromItem {
  readonly '~source': Source;
}

/** Columns by name. */
export type SourceColumns<Row> = { readonly [K in keyof Row & string]: KeyedExpr<Row[K], K> };

/**
 * A query under a name: to read from, to join, or to select as one value.
 *
 * ```ts
 * const latest = Tweet.select(Tweet.user, fn.max(Tweet.id).as('last')).groupBy(Tweet.user).as('latest');
 * User.select(User.username, latest.c.last).join(latest, { on: latest.c.user.eq(User.id) });
 * ```
 */
export class Derived<Row, A extends string = string> implements FromItem, Selected {
  declare readonly '~type': Row[keyof Row];
  declare readonly '~alias': A;
  readonly '~name': A;
  readonly '~typing': Typing;
  /** The columns of the query. */
  readonly c: SourceColumns<Row>;
  private readonly query: QueryNode;

  constructor(query: QueryNode, selection: readonly Selected[] | undefined, name: A) {
    this['~name'] = name;
    this['~typing'] = selection?.[0]?.['~typing'] ?? {};
    this.query = query;
    this.c = sourceColumns<Row>(name, selection);
  }

  get '~source'(): Source {
    return { kind: 'derived', query: this.query, alias: this['~name'] };
  }

  get '~node'(): Expression {
    return { kind: 'alias', operand: { kind: 'subquery', query: this.query }, name: this['~name'] };
  }
}

/** Columns of the source `name`: those of the selection with their types, any other without. */
export function sourceColumns<Row>(name: string, selection: readonly Selected[] | undefined): SourceColumns<Row> {
  const known = new Map<string, { readonly name: string; readonly typing: Typing }>();
  for (const selected of selection ?? []) {
    const result = resultName(selected['~node']);
    if (result !== undefined) known.set(selected['~name'] ?? result, { name: result, typing: selected['~typing'] });
  }
  return columnsByName((key) => {
    const found = known.get(key);
    return column(name, { key, name: found?.name ?? key, type: found?.typing.type, convert: found?.typing.convert });
  }) as unknown as SourceColumns<Row>;
}

/** An object whose every property is the column of that name. */
export function columnsByName<T>(make: (key: string) => T): Readonly<Record<string, T>> {
  return new Proxy(Object.create(null) as Record<string, T>, {
    // Symbols are asked for by the language, not by people.
    get: (_target, key) => (typeof key === 'string' ? make(key) : undefined),
  });
}

function resultName(node: Expression): string | undefined {
  if (node.kind === 'alias' || node.kind === 'column') return node.name;
  return undefined;
}

/**
 * Rows of values to select from or join. peewee: `ValuesList`.
 *
 * ```ts
 * const v = new ValuesList([[1, 'one'], [2, 'two']], 'v', ['id', 'word']);
 * select(v.c.word).from(v);
 * ```
 */
export class ValuesList<const C extends readonly string[], V extends readonly unknown[] | readonly [unknown]>
  implements FromItem
{
  /** The columns by their names. */
  readonly c: SourceColumns<ListedRow<C, V>>;
  readonly '~source': Source;

  constructor(rows: readonly V[], alias: string, columns: C) {
    const nodes = rows.map((row) => row.map((value) => operand(value, {})));
    this['~source'] = { kind: 'valuesList', rows: nodes, alias, columns };
    const selection = columns.map((name, at): Selected => {
      const typing = naturalTyping(rows.map((row) => row[at]));
      return { '~node': { kind: 'column', name }, '~typing': typing, '~name': name };
    });
    this.c = sourceColumns<ListedRow<C, V>>(alias, selection);
  }
}
