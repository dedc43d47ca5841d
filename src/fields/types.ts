/** What a field is to the type checker: the JavaScript value it holds and the options exactly as they were written. */
import type { Deferrable, IndexKind, ReferentialAction } from '../ast/schema.ts';
import type { ColumnType } from '../ast/type.ts';
import type { Expr } from '../query/expr.ts';

/** Options every field has. */
export interface FieldOptions<T> {
  /** NULL is allowed; left out, the column is NOT NULL. */
  readonly null?: boolean;
  /** No two rows have the same value: a unique index on this column. NULL may come as often as it likes. */
  readonly unique?: boolean;
  /** Makes an index on this column alone, of the kind that suits the field or of the kind told. */
  readonly index?: boolean | IndexKind;
  /** The field is the key of the table, in the place of an `id`. */
  readonly primaryKey?: boolean;
  /** The column's name in the database, when it is not the key in snake_case. */
  readonly columnName?: string;
  /** A value, or a function called for each new row; neither is known to the database. */
  readonly default?: T | (() => T);
  /** Further SQL in the column's definition: `[SQL("CHECK (price > 0)")]`. */
  readonly constraints?: readonly Expr<unknown>[];
  /** How texts are compared and put in order, by the engine's name for it: `NOCASE` in SQLite, `C` in Postgres. */
  readonly collation?: string;
  /** Pairs of value and label, for forms; not checked. */
  readonly choices?: readonly (readonly [value: T, label: string])[];
  /** A sentence for forms and generated pages; nothing here reads it. peewee: `help_text`. */
  readonly helpText?: string;
  /** What people call the field, likewise. peewee: `verbose_name`. */
  readonly verboseName?: string;
}

/** A scalar column definition: the JS value it holds, the options as written, and `X`, the operators only its kind has. */
export interface Field<T, O, X = unknown> {
  readonly '~ops': X;
  readonly '~kind': 'scalar';
  readonly '~value': T;
  readonly '~options': O;
  readonly '~definition': FieldDefinition;
}

/** A foreign key definition. `T` says how the target was written; it is resolved only when a value type is asked for. */
export interface ForeignKey<T, O> {
  readonly '~kind': 'fk';
  readonly '~target': T;
  readonly '~options': O;
  readonly '~definition': FieldDefinition;
}
export interface ClassTarget<M> {
  readonly '~class': M;
}
export interface InstanceTarget<I> {
  readonly '~instance': I;
}
export interface SelfTarget {
  readonly '~self': true;
}

export interface AnyField {
  readonly '~kind': 'scalar' | 'fk';
  readonly '~options': object;
  readonly '~definition': FieldDefinition;
}
/** The fields of a model by their names, as `Model.define` takes them. */
export type Fields = Record<string, AnyField>;

/** A function that makes fields of one kind; `E` are the options only this kind has. */
export type Scalar<T, X = unknown, E extends object = {}> = <const O extends FieldOptions<T> & Partial<E> = {}>(
  options?: O,
) => Field<T, O, X>;
export type OpsOf<F> = F extends { readonly '~ops': infer X } ? X : unknown;
/** An expression `E` with the operators `X` of its kind, which take the place of those of the same name that all expressions have. */
export type WithOps<E, X> = [keyof X & keyof E] extends [never] ? E & X : Omit<E, keyof X> & X;

/** Options of a foreign key. */
export interface ForeignKeyOptions {
  /** NULL, no row, is allowed; left out, the column is NOT NULL. */
  readonly null?: boolean;
  /** No two rows point at the same one: the relation is one to one. */
  readonly unique?: boolean;
  /** A foreign key has an index unless this is false. */
  readonly index?: boolean;
  /** The key of the table is that of the other row, in the place of an `id`. */
  readonly primaryKey?: boolean;
  /** The property of the other model that is the query of rows pointing at it. */
  readonly backref?: string;
  /** The column's name in the database, when it is not the key in snake_case with `_id` behind it. peewee: `column_name`. */
  readonly columnName?: string;
  /**
   * What becomes of the row when the one it points at is deleted: it goes too (`CASCADE`), or points at nothing (`SET NULL`).
   * Left out, the other cannot be deleted: IntegrityError. peewee: `on_delete`.
   */
  readonly onDelete?: ReferentialAction;
  /** What becomes of it when the key it points at changes, likewise. peewee: `on_update`. */
  readonly onUpdate?: ReferentialAction;
  /** The key may point at nothing for a while inside a transaction, until COMMIT if `INITIALLY DEFERRED`. */
  readonly deferrable?: Deferrable;
  /** What the constraint is called in the database; the engine names it unless told. peewee: `constraint_name`. */
  readonly constraintName?: string;
  /** False: awaiting the relation never queries; it has to come from a join. */
  readonly lazyLoad?: boolean;
  /** A key or a row, or a function called for each new row; neither is known to the database. */
  readonly default?: unknown;
  /** Further SQL in the column's definition. */
  readonly constraints?: readonly Expr<unknown>[];
  /** By what rule keys that are texts are compared: that of the key it points at. */
  readonly collation?: string;
  /** Pairs of key and label, for forms; not checked. */
  readonly choices?: readonly (readonly [value: unknown, label: string])[];
  /** A sentence for forms and generated pages; nothing here reads it. */
  readonly helpText?: string;
  /** What people call the relation, likewise. */
  readonly verboseName?: string;
}

/** The part of a field definition that is the same for scalars and foreign keys. */
export interface CommonDefinition {
  readonly options: Omit<FieldOptions<unknown>, 'default'> & { readonly default?: unknown } & KeyOptions;
}

/** Options of keys that the database counts up. */
export interface KeyOptions {
  /**
   * Counts with this sequence, which is created and dropped with the table; several tables may share one. Postgres only.
   * peewee: `sequence`.
   */
  readonly sequence?: string;
  /** The database refuses keys given by hand. Postgres only. peewee: `generate_always`. */
  readonly generateAlways?: boolean;
}

/** How a scalar field works: its logical type, its conversions, its operators. */
export interface ScalarDefinition extends CommonDefinition {
  readonly kind: 'scalar';
  readonly type: ColumnType;
  /** The database makes the value when none is given. */
  readonly auto: boolean;
  /** What kind of index suits its columns, when it is not the usual one. */
  readonly index: IndexKind | null;
  /** Its columns have an index unless told otherwise. */
  readonly indexed: boolean;
  readonly toDb: ((value: unknown) => unknown) | null;
  readonly toJs: ((value: unknown) => unknown) | null;
  readonly operators: ((column: Expr<unknown>) => object) | null;
}

export interface ForeignKeyDefinition extends CommonDefinition {
  readonly kind: 'fk';
  /** Asked only when every model is defined. */
  readonly target: (() => unknown) | 'self';
  readonly options: ForeignKeyOptions;
}

export type FieldDefinition = ScalarDefinition | ForeignKeyDefinition;
