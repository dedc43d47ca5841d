/** A field that holds JSON, typed, and the paths queries can follow into it. */
import type { Expression } from '../ast/expression.ts';
import type { Expr, Operand, Typing } from '../query/expr.ts';
import { condition, nodeOf, operand, Term } from '../query/term.ts';
import { makeField } from './define-field.ts';
import type { Field, FieldOptions } from './types.ts';

/** Operators of JSON columns. */
export interface JsonOps<J> {
  /** What is under a key or index: `Post.meta.path('place').path('city').eq('Paris')`. */
  path<K extends keyof J & (string | number)>(key: K): JsonPath<J[K]>;
  /** Every key and element is also in `value`, at every depth. peewee: `contained_by`. */
  containedBy(value: Operand<J>): Expr<boolean>;
}
/** What is at a path of a JSON column: compared as the SQL value it stands for, selected as the JavaScript value. */
export interface JsonPath<J> extends Expr<J>, JsonOps<J> {}

/** A place inside a JSON column. */
export interface JsonPlace {
  readonly root: Expression;
  readonly path: readonly (string | number)[];
  /** What is there, as JSON. */
  readonly here: Expression;
}
/** What one kind of JSON column can do. */
export interface JsonKind {
  readonly typing: Typing;
  /** Operators beyond those of all kinds. */
  readonly more?: (place: JsonPlace) => object;
}

const JSON_KIND: JsonKind = { typing: { type: { name: 'json' } } };
const KIND = {
  type: { name: 'json' } as const,
  operators: (column: Expr<unknown>): object => jsonOperators(JSON_KIND, nodeOf(column)),
};

/**
 * A JSON value. Assign a new value to change it: a change inside the value is not noticed by `save()`.
 *
 * @example meta: JSONField<{ tags: string[] }>({ null: true })
 */
export function JSONField<T = unknown>(
  options: FieldOptions<T> & { readonly null: true },
): Field<T, { readonly null: true }, JsonOps<T>>;
export function JSONField<T = unknown>(
  options: FieldOptions<T> & { readonly default: T | (() => T) },
): Field<T, { readonly default: unknown }, JsonOps<T>>;
export function JSONField<T = unknown>(options?: FieldOptions<T>): Field<T, {}, JsonOps<T>>;
export function JSONField<T>(options?: FieldOptions<T>): Field<T, {}, JsonOps<T>> {
  return makeField(KIND as never, options);
}

class JsonPathTerm extends Term<unknown> {
  private readonly value: Term<unknown>;

  constructor(kind: JsonKind, root: Expression, path: readonly (string | number)[]) {
    super({ kind: 'jsonPath', operand: root, path, as: 'json' }, kind.typing);
    this.value = new Term<unknown>({ kind: 'jsonPath', operand: root, path, as: 'value' }, kind.typing);
    Object.assign(this, jsonOperators(kind, root, path));
  }

  static {
    // As JSON it can be selected whatever it is; compared, ordered and calculated with it is the plain value.
    const compared = [
      'eq',
      'ne',
      'lt',
      'lte',
      'gt',
      'gte',
      'is',
      'isNot',
      'between',
      'in',
      'notIn',
      'isNull',
      'like',
      'ilike',
      'contains',
      'startsWith',
      'endsWith',
      'regexp',
      'iregexp',
      'add',
      'sub',
      'mul',
      'div',
      'mod',
      'neg',
      'concat',
      'cast',
      'collate',
      'asc',
      'desc',
    ] as const;
    for (const name of compared) {
      const method = function (this: JsonPathTerm, ...args: unknown[]): unknown {
        return (this.value[name] as (...args: unknown[]) => unknown).apply(this.value, args);
      };
      Object.defineProperty(JsonPathTerm.prototype, name, { value: method, configurable: true, writable: true });
    }
  }
}

/** The operators of a place in a JSON column, its root unless there is a path. */
export function jsonOperators(kind: JsonKind, root: Expression, path: readonly (string | number)[] = []): object {
  const here: Expression = path.length === 0 ? root : { kind: 'jsonPath', operand: root, path, as: 'json' };
  return {
    path: (key: string | number) => new JsonPathTerm(kind, root, [...path, key]),
    containedBy: (value: unknown) => condition({ kind: 'jsonContains', outer: operand(value, kind.typing), inner: here }),
    ...kind.more?.({ root, path, here }),
  };
}
