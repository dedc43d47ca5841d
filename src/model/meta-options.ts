/** What a model says about its table besides the fields: `static meta = { database, indexes: […] }`. */
import type { Deferrable, IndexMethod, QualifiedName } from '../ast/schema.ts';
import type { CompositeKey } from '../fields/composite-key.ts';
import type { Executor } from '../query/executor.ts';
import type { Expr, Ordering } from '../query/expr.ts';

/** An index over several fields, or a part of the rows. */
export interface IndexOptions<K extends string = string> {
  /** Names of fields, or expressions: `['user', SQL('lower(title)')]`. */
  readonly fields: readonly (K | Expr<unknown> | Ordering)[];
  /** No two rows have the same values in all of these fields. */
  readonly unique?: boolean;
  /** Only rows for which this holds. */
  readonly where?: Expr<boolean>;
  /** Made of the table's and the fields' names unless told. */
  readonly name?: string;
  /** How it is built, where not as a b-tree: `'gin'`, `'gist'`, `'hash'`. Postgres only, as are all options below. */
  readonly using?: IndexMethod;
  /** The operator class where it is not the method's usual one: of all fields, or by field: `{ title: 'gin_trgm_ops' }`. */
  readonly opclass?: string | Partial<Readonly<Record<K, string>>>;
  /** Fields kept in the index without being part of its key, so that a query need not look at the table. */
  readonly include?: readonly K[];
  /** False: NULL equals NULL, so that a unique index takes one of them. peewee: `nulls_distinct`. */
  readonly nullsDistinct?: boolean;
  /**
   * Built without keeping writers waiting, outside of any transaction. One that fails leaves an invalid index of that name:
   * drop it before trying again.
   */
  readonly concurrently?: boolean;
  /** With `unique`: what must be unique may be double for a while, until COMMIT if `INITIALLY DEFERRED`. */
  readonly deferrable?: Deferrable;
}

/**
 * Options of a model. A model inherits those of the classes above it, but for `tableName`, `dependsOn` and `withoutRowid`.
 * Options of your own are kept and inherited too. peewee: `class Meta`.
 */
export interface MetaOptions<K extends string = string> {
  /** What the model's queries run on: a database, a proxy for one, a transaction. */
  readonly database?: Executor | null;
  /** The table's name in the database, when it is not the one given to `define`. */
  readonly tableName?: string;
  /** The schema the table is in, on Postgres: `'shop'`. Create it first: `db.createSchema('shop')`. */
  readonly schema?: string;
  /** Indexes besides those of single fields. A model that lists its own does not inherit any. */
  readonly indexes?: readonly IndexOptions<K>[];
  /** Several fields as the primary key, or `false` for none. */
  readonly primaryKey?: CompositeKey<K> | false;
  /** Constraints of the table: `[Check(…)]`, `[SQL('UNIQUE (a, b) ON CONFLICT IGNORE')]`. */
  readonly constraints?: readonly Expr<unknown>[];
  /** Only this connection sees the table, and it goes with it. */
  readonly temporary?: boolean;
  /** Quicker to write, and empty after a crash. Postgres only. */
  readonly unlogged?: boolean;
  /** What follows the columns, in the engine's order: `[SQL('WITH (fillfactor = 70)'), SQL('TABLESPACE fast')]`. peewee: `table_settings`. */
  readonly tableSettings?: readonly Expr<unknown>[];
  /** SQLite's WITHOUT ROWID: the table is the index of its key. Postgres has no rowid to leave out. */
  readonly withoutRowid?: boolean;
  /** Types are enforced by the engine (SQLite's STRICT tables), as Postgres always does. peewee: `strict_tables`. */
  readonly strict?: boolean;
  /** Models whose tables must exist before this one's. */
  readonly dependsOn?: readonly { '~schema'(): QualifiedName }[];
  /** `save()` writes only what changed; true unless told. peewee: `only_save_dirty`. */
  readonly onlySaveDirty?: boolean;
  readonly [own: string]: unknown;
}

const NOT_INHERITED: ReadonlySet<string> = new Set(['tableName', 'dependsOn', 'withoutRowid']);

/** What one class says, and whether the model only inherits it. */
export interface OptionLevel {
  readonly options: MetaOptions;
  readonly inherited: boolean;
}

/** All options of a model, from what its classes say; the nearest wins. */
export function inheritOptions(levels: readonly OptionLevel[]): MetaOptions {
  const all: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { options, inherited } of levels) {
    for (const [key, value] of Object.entries(options)) {
      if (!(key in all) && !(inherited && NOT_INHERITED.has(key))) all[key] = value;
    }
  }
  return all;
}
