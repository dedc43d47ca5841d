/** A field that holds texts under keys, and what queries can ask of them. */
import type { Expression } from '../../ast/expression.ts';
import type { Expr, Operand, Typing } from '../../query/expr.ts';
import { nodeOf, operand } from '../../query/term.ts';
import { makeField } from '../define-field.ts';
import type { Field, FieldOptions, WithOps } from '../types.ts';
import { type ArrayExpr, textArray, textsNode } from './array.ts';
import { operation, TEXT, test, withOperators } from './operation.ts';

/** Texts, or nulls, under keys. It is read-only: a change inside it is not noticed by `save()`. */
export type Hstore = Readonly<Record<string, string | null>>;

/** Operators of hstore columns. Postgres: "hstore". */
export interface HStoreOps {
  /** The text under a key; null when there is none. peewee: `House.features['garage']`. */
  get(key: Operand<string>): Expr<string | null, string>;
  /** All keys, in no order. Postgres: `akeys`. */
  keys(): ArrayExpr<string>;
  /** What is under them, in the same order. Postgres: `avals`. */
  values(): ArrayExpr<string | null>;
  /** Pairs of key and value. */
  items(): ArrayExpr<string | null, 2>;
  /** Only these keys and what is under them. */
  slice(...keys: string[]): HStoreExpr;
  /** Has this key; whether its value is null does not matter. An index finds it. */
  exists(key: Operand<string>): Expr<boolean>;
  /** Has this key and its value is not null. */
  defined(key: Operand<string>): Expr<boolean>;
  /** With these pairs; those under the same keys are replaced: `House.update({ features: House.features.update({ bath: '2' }) })`. */
  update(pairs: Operand<Hstore>): HStoreExpr;
  /** Without these keys. */
  delete(...keys: string[]): HStoreExpr;
  /** Has all of these pairs, or keys. An index finds them. */
  contains(pairs: Operand<Hstore>): Expr<boolean>;
  contains(keys: readonly string[]): Expr<boolean>;
  contains(key: string): Expr<boolean>;
  /** Has no other pairs than these. */
  containedBy(pairs: Operand<Hstore>): Expr<boolean>;
  /** Has at least one of these keys. An index finds them. peewee: `contains_any`. */
  containsAny(...keys: string[]): Expr<boolean>;
}

/** Texts under keys as an expression. */
export type HStoreExpr = WithOps<Expr<Hstore>, HStoreOps>;

const HSTORE: Typing = { type: { name: 'hstore', extension: 'hstore' } };

/**
 * Texts under keys, of Postgres's extension hstore. It has a GIN index unless `index: false`.
 *
 * @example
 * class House extends Model.define('house', { address: CharField(), features: HStoreField({ default: {} }) }) {}
 * await House.select().where(House.features.contains({ garage: '2 cars' }));
 */
export function HStoreField<const O extends FieldOptions<Hstore> = {}>(options?: O): Field<Hstore, O, HStoreOps> {
  return makeField<Hstore, O, HStoreOps>(
    {
      type: HSTORE.type as NonNullable<Typing['type']>,
      index: { using: 'gin' },
      indexed: true,
      operators: (column) => hstoreOperators(column) as HStoreOps,
    },
    options,
  );
}

function hstoreOperators(column: Expr<unknown>): object {
  const node = nodeOf(column);
  const key = (name: unknown): Expression => operand(name, TEXT);
  const pairs = (value: unknown): Expression => operand(value, HSTORE);
  const again = (op: 'sliceKeys' | 'merge' | 'without', right: Expression) =>
    withOperators(operation(op, HSTORE, node, right), hstoreOperators);
  const list = (op: 'keys' | 'values'): ArrayExpr<string> => textArray({ kind: 'operator', op, operands: [node] });
  return {
    get: (name: unknown) => operation('get', TEXT, node, key(name)),
    keys: () => list('keys'),
    values: () => list('values'),
    items: () => textArray({ kind: 'operator', op: 'items', operands: [node] }, 2),
    slice: (...keys: string[]) => again('sliceKeys', textsNode(keys)),
    exists: (name: unknown) => test('hasKey', node, key(name)),
    defined: (name: unknown) => test('defined', node, key(name)),
    update: (value: unknown) => again('merge', pairs(value)),
    delete: (...keys: string[]) => again('without', textsNode(keys)),
    contains(value: unknown) {
      if (typeof value === 'string') return test('hasKey', node, key(value));
      return Array.isArray(value) ? test('hasAllKeys', node, textsNode(value)) : test('contains', node, pairs(value));
    },
    containedBy: (value: unknown) => test('containedBy', node, pairs(value)),
    containsAny: (...keys: string[]) => test('hasAnyKey', node, textsNode(keys)),
  };
}
