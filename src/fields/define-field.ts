/** How a kind of field is made, the library's own and yours. */
import type { IndexKind } from '../ast/schema.ts';
import type { ColumnType } from '../ast/type.ts';
import type { Expr } from '../query/expr.ts';
import type { Field, FieldOptions, Scalar, ScalarDefinition } from './types.ts';

/** What makes one kind of field different from the others. */
export interface FieldKind<T, X = unknown, E extends object = {}> {
  /** How the database keeps it. */
  readonly type: ColumnType | ((options: FieldOptions<T> & Partial<E>) => ColumnType);
  /** Turns your value into one that `type` takes. Never called with null. peewee: `db_value`. */
  readonly toDb?: (value: T) => unknown;
  /** Turns a value of `type` into yours. Never called with null. peewee: `python_value`. */
  readonly toJs?: (value: never) => T;
  /** The kind of index that suits its columns: `{ using: 'gin' }`. */
  readonly index?: IndexKind;
  /** Its columns have such an index unless `index: false`. */
  readonly indexed?: boolean;
  /** Operators of its columns beyond those every expression has. */
  readonly operators?: (column: Expr<T>) => X;
}

/**
 * Makes a kind of field. peewee: a subclass of `Field`.
 *
 * @example
 * const PointField = defineField<Point>({
 *   type: { name: 'text' },
 *   toDb: (point) => `${point.x},${point.y}`,
 *   toJs: (text: string) => { const [x, y] = text.split(',').map(Number); return { x: x!, y: y! }; },
 * });
 * class Place extends Model.define('place', { at: PointField({ null: true }) }) {}
 */
export function defineField<T, X = unknown, E extends object = {}>(kind: FieldKind<T, X, E>): Scalar<T, X, E> {
  return <const O extends FieldOptions<T> & Partial<E> = {}>(options?: O): Field<T, O, X> => makeField<T, O, X, E>(kind, options);
}

/** One field of a kind; `auto` says that the database makes its values. */
export function makeField<T, O, X, E extends object = {}>(
  kind: FieldKind<T, X, E>,
  options: unknown,
  auto = false,
): Field<T, O, X> {
  const given = (options ?? {}) as FieldOptions<T> & Partial<E>;
  const definition: ScalarDefinition = {
    kind: 'scalar',
    options: given,
    auto,
    index: kind.index ?? null,
    indexed: kind.indexed ?? false,
    type: typeof kind.type === 'function' ? kind.type(given) : kind.type,
    toDb: (kind.toDb ?? null) as ScalarDefinition['toDb'],
    toJs: (kind.toJs ?? null) as ScalarDefinition['toJs'],
    operators: (kind.operators ?? null) as ScalarDefinition['operators'],
  };
  // The other members are types only.
  return { '~kind': 'scalar', '~options': given, '~definition': definition } as unknown as Field<T, O, X>;
}
