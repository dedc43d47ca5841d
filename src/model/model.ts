/** Model: what every model and every row can do. */
import type { TableSchema } from '../ast/schema.ts';
import { type DoesNotExist, IntegrityError } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import type { AnyQuery, Expr } from '../query/expr.ts';
import { defineBackref } from './accessors.ts';
import { modelAlias } from './alias.ts';
import { bindModels, bindWhile } from './bind.ts';
import { bulkCreate, bulkUpdate } from './bulk.ts';
import { defineModel } from './define.ts';
import { deleteRow } from './delete-row.ts';
import { doesNotExist } from './does-not-exist.ts';
import { executorOf } from './executor.ts';
import type { MetaOptions } from './meta-options.ts';
import { type Definition, type Metadata, type ModelClass, metaOf } from './metadata.ts';
import { ModelRawQuery } from './raw.ts';
import { linkAll, problemOf } from './registry.ts';
import { requireAccessors } from './require-accessors.ts';
import { cloneOf, fillNew, keyEquals, plainValues, saveRow } from './row.ts';
import { READY, type RowObject, RowState, takeReady } from './row-state.ts';
import { tableSchema } from './schema.ts';
import { ModelSelectQuery } from './select.ts';
import { columnsOf, type FieldColumn, sourceOf } from './source.ts';
import { createTable, dropTable, syncSequence, tableExists, truncateTable } from './tables.ts';
import type { BindOptions, ModelRoot } from './types.ts';
import { insertFrom, insertMany, ModelDeleteQuery, ModelInsertOne, type ModelInsertQuery, ModelUpdateQuery } from './write.ts';

type Values = Readonly<Record<string, unknown>>;
/** The class, or a transaction's view of it. */
type This = ModelClass & { readonly '~executor'?: Executor };

const CHECKED = new WeakSet<object>();

class RootModel implements RowObject {
  static readonly '~definition': Definition = {
    table: null,
    fields: new Map(),
    primaryKey: undefined,
    base: RootModel,
    owner: null,
  };

  '~row': RowState;

  constructor(values: object = {}) {
    if (values === READY) {
      this['~row'] = takeReady(new.target);
      return;
    }
    const meta = ready(new.target as unknown as This);
    this['~row'] = new RowState(meta, new Array<unknown>(meta.fields.length), null, false);
    fillNew(this['~row'], values);
  }

  static define(this: This, ...args: [string, object, MetaOptions?] | [object]): ModelClass {
    const [name, fields, options] = args;
    return typeof name === 'string' ? defineModel(this, name, fields, options) : defineModel(this, null, name, undefined);
  }

  static get c(): Record<string, FieldColumn> {
    return columnsOf(sourceOf(this));
  }

  static get DoesNotExist(): typeof DoesNotExist {
    return doesNotExist(metaOf(this));
  }

  static select(this: This, ...selection: unknown[]): ModelSelectQuery {
    ready(this);
    return new ModelSelectQuery(sourceOf(this), selection, own(this));
  }

  static get(this: This, ...where: Expr<boolean>[]): Promise<unknown> {
    return query(this)
      .where(...where)
      .get();
  }

  static getOrNone(this: This, ...where: Expr<boolean>[]): Promise<unknown> {
    return query(this)
      .where(...where)
      .first();
  }

  static getById(this: This, id: unknown): Promise<unknown> {
    return query(this)
      .where(keyEquals(ready(this), id))
      .get();
  }

  static async getOrCreate(this: This, values: Values, defaults: Values = {}): Promise<[unknown, boolean]> {
    const meta = ready(this);
    const source = sourceOf(this);
    const where = Object.entries(values).map(([key, value]) => source.column(meta.field(key)).eq(value));
    const find = (executor: Executor | null): Promise<unknown> =>
      new ModelSelectQuery(source, [], executor).where(...where).first();
    const found = await find(own(this));
    if (found) return [found, false];
    const executor = await executorOf(meta, own(this));
    try {
      // In a transaction of its own, so that one that is open already survives the conflict.
      const made = await executor.atomic((tx) => createRow(view(this, tx), { ...defaults, ...values }, own(this)));
      return [made, true];
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      const other = await find(own(this));
      if (!other) throw error;
      return [other, false];
    }
  }

  static raw(this: This, sql: string, ...params: unknown[]): ModelRawQuery {
    return new ModelRawQuery(ready(this), sql, params, own(this));
  }

  static noop(this: This): ModelSelectQuery {
    return query(this).limit(0);
  }

  static create(this: This, values: Values): Promise<unknown> {
    return createRow(this, values, own(this));
  }

  static insert(this: This, values: Values): ModelInsertOne {
    ready(this);
    return new ModelInsertOne(sourceOf(this), values, own(this));
  }

  static insertMany(this: This, rows: Iterable<Values>): ModelInsertQuery {
    ready(this);
    return insertMany(sourceOf(this), rows, own(this));
  }

  static insertFrom(this: This, select: AnyQuery, fields: readonly string[]): ModelInsertQuery {
    ready(this);
    return insertFrom(sourceOf(this), select, fields, own(this));
  }

  static replace(this: This, values: Values): ModelInsertOne {
    return RootModel.insert.call(this, values).onConflictReplace();
  }

  static replaceMany(this: This, rows: Iterable<Values>): ModelInsertQuery {
    return RootModel.insertMany.call(this, rows).onConflictReplace();
  }

  static bulkCreate(this: This, rows: readonly unknown[], batchSize?: number): Promise<void> {
    return bulkCreate(ready(this), rows, own(this), batchSize);
  }

  static bulkUpdate(this: This, rows: readonly unknown[], fields: readonly string[], batchSize?: number): Promise<number> {
    return bulkUpdate(ready(this), rows, fields, own(this), batchSize);
  }

  static update(this: This, values: Values): ModelUpdateQuery {
    ready(this);
    return new ModelUpdateQuery(sourceOf(this), values, own(this));
  }

  static async setById(this: This, id: unknown, values: Values): Promise<number> {
    return RootModel.update.call(this, values).where(keyEquals(ready(this), id));
  }

  static delete(this: This): ModelDeleteQuery {
    ready(this);
    return new ModelDeleteQuery(sourceOf(this), own(this));
  }

  static async deleteById(this: This, id: unknown): Promise<number> {
    return RootModel.delete.call(this).where(keyEquals(ready(this), id));
  }

  static alias(this: This, name: string): object {
    return modelAlias(ready(this), name, own(this));
  }

  static createTable(this: This, { safe = true }: { safe?: boolean } = {}): Promise<void> {
    return createTable(ready(this), own(this), safe);
  }

  static dropTable(this: This, { safe = true, cascade = false }: { safe?: boolean; cascade?: boolean } = {}): Promise<void> {
    return dropTable(ready(this), own(this), safe, cascade);
  }

  static truncateTable(this: This, { restartIdentity = false, cascade = false } = {}): Promise<void> {
    return truncateTable(ready(this), own(this), restartIdentity, cascade);
  }

  static syncSequence(this: This): Promise<void> {
    return syncSequence(ready(this), own(this));
  }

  static tableExists(this: This): Promise<boolean> {
    return tableExists(ready(this), own(this));
  }

  static bind(this: This, database: Executor, options: BindOptions = {}): void {
    bindModels(ready(this), database, options);
  }

  static bindCtx<T>(this: This, database: Executor, body: () => Promise<T> | T, options: BindOptions = {}): Promise<T> {
    return bindWhile(ready(this), database, body, options);
  }

  static '~schema'(this: This): TableSchema {
    return tableSchema(ready(this));
  }

  static '~bind'(this: This, executor: Executor): object {
    return view(this, executor);
  }

  static get '~source'(): unknown {
    return sourceOf(this)['~source'];
  }

  save(options: { forceInsert?: boolean; only?: readonly string[] } = {}): Promise<number> {
    return saveRow(this['~row'], options);
  }

  deleteInstance(options: { recursive?: boolean; deleteNullable?: boolean } = {}): Promise<number> {
    return deleteRow(this['~row'], options);
  }

  isDirty(): boolean {
    return (this['~row'].dirty?.size ?? 0) > 0;
  }

  dirtyFields(): string[] {
    return [...(this['~row'].dirty ?? [])].map((field) => field.key);
  }

  getId(): unknown {
    return this['~row'].key;
  }

  clone(): unknown {
    return cloneOf(this['~row']);
  }

  toJSON(): Record<string, unknown> {
    return plainValues(this['~row']);
  }

  '~bind'(executor: Executor): this {
    this['~row'].bind(executor);
    return this;
  }
}
Object.defineProperty(RootModel, 'name', { value: 'Model' });

/** The root of all models: `class User extends Model.define('user', { … }) {}`. */
export const Model: ModelRoot = RootModel as unknown as ModelRoot;

/** What a transaction's view runs on; null for the class itself. */
function own(target: This): Executor | null {
  return target['~executor'] ?? null;
}

/** The model, running on `executor`: everything else is the class's. */
function view(target: This, executor: Executor): This {
  return Object.create(target.prototype.constructor, { '~executor': { value: executor } }) as This;
}

function query(target: This): ModelSelectQuery {
  return RootModel.select.call(target);
}

async function createRow(target: This, values: Values, home: Executor | null): Promise<unknown> {
  const row = new (target.prototype.constructor as ModelClass)(values) as RowObject & { save(options: object): Promise<number> };
  const executor = own(target);
  if (executor) row['~row'].bind(executor);
  await saveRow(row['~row'], { forceInsert: true });
  if (home !== executor && home) row['~row'].bind(home);
  return row;
}

/** The metadata of a model about to be used. @throws ImproperlyConfigured when the model contradicts itself */
function ready(target: This): Metadata {
  const meta = metaOf(target);
  if (CHECKED.has(meta)) return meta;
  linkAll(defineBackref);
  const problem = problemOf(meta.definition);
  if (problem) throw problem;
  requireAccessors(meta);
  CHECKED.add(meta);
  return meta;
}
