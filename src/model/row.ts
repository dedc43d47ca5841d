/** What rows do: save, delete, tell what changed. */

import { InterfaceError, ProgrammingError } from '../errors.ts';
import type { Expr } from '../query/expr.ts';
import { condition, nodeOf } from '../query/term.ts';
import { setRelation } from './accessors.ts';
import { keyOf } from './convert.ts';
import type { Metadata, ModelField } from './metadata.ts';
import { instanceOf, isRow, type RowObject, RowState } from './row-state.ts';
import { sourceOfMeta } from './source.ts';
import { defaultOf } from './values.ts';
import { ModelInsertOne, ModelUpdateQuery } from './write.ts';

/** Fills a new row: defaults, then the values given. @throws ProgrammingError for a key that is no field */
export function fillNew(state: RowState, values: object): void {
  const { meta } = state;
  for (const field of meta.fields) {
    if (!('default' in field.definition.options)) continue;
    if (Object.hasOwn(values, field.key) && (values as Record<string, unknown>)[field.key] !== undefined) continue;
    state.set(field, defaultOf(field));
  }
  for (const key of Object.keys(values)) {
    const value = (values as Record<string, unknown>)[key];
    if (value !== undefined) assign(state, meta.field(key), value);
  }
}

function assign(state: RowState, field: ModelField, value: unknown): void {
  if (field.foreignKey) setRelation(state, field, value);
  else state.set(field, value);
}

/** Inserts the row or updates it, as peewee decides: a row with a primary key is there already, unless told otherwise. */
export async function saveRow(state: RowState, options: { forceInsert?: boolean; only?: readonly string[] }): Promise<number> {
  takeKeys(state);
  const { meta } = state;
  const only = options.only && new Set(options.only.map((key) => meta.field(key)));
  const dirtyOnly = meta.options.onlySaveDirty !== false;
  const fields = meta.fields.filter((field) => {
    if (only && !only.has(field)) return false;
    return state.values[field.index] !== undefined && (!dirtyOnly || only !== undefined || state.dirty?.has(field) === true);
  });
  const exists = state.key !== undefined && options.forceInsert !== true && meta.primaryKey.length > 0;
  return exists ? updateRow(state, fields) : insertRow(state, options.forceInsert ? settledFields(state, fields, only) : fields);
}

/** An insert writes every value there is, changed or not: a clone, or a row of another database. */
function settledFields(
  state: RowState,
  fields: readonly ModelField[],
  only: ReadonlySet<ModelField> | undefined,
): readonly ModelField[] {
  return only ? fields : state.meta.fields.filter((field) => state.values[field.index] !== undefined);
}

async function insertRow(state: RowState, fields: readonly ModelField[]): Promise<number> {
  const { meta } = state;
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const field of fields) values[field.key] = state.values[field.index];
  const query = new ModelInsertOne(sourceOfMeta(meta), values, state.executor);
  const key = await query['~key']();
  if (key === null) return 0;
  if (meta.autoKey && state.key === undefined) state.values[meta.autoKey.index] = key;
  written(state, fields);
  return 1;
}

async function updateRow(state: RowState, fields: readonly ModelField[]): Promise<number> {
  const { meta } = state;
  const changed = fields.filter((field) => !meta.primaryKey.includes(field));
  if (changed.length === 0) return 0;
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const field of changed) values[field.key] = state.values[field.index];
  const changes = await new ModelUpdateQuery(sourceOfMeta(meta), values, state.executor).where(keyCondition(state)).execute();
  written(state, fields);
  return changes;
}

/** Notes that these fields are in the database as they are here. */
export function written(state: RowState, fields: readonly ModelField[]): void {
  if (!state.stored) {
    state.stored = true;
    // What an insert left out is null there, unless the database itself has a default.
    for (const { index, isNullable, definition } of state.meta.fields) {
      if (isNullable && !definition.options.constraints?.length) state.values[index] ??= null;
    }
  }
  for (const field of fields) state.dirty?.delete(field);
}

/** Foreign keys take the keys that the rows they point at have got meanwhile. */
function takeKeys(state: RowState): void {
  state.related?.forEach((row, index) => {
    if (!isRow(row) || state.values[index] !== undefined) return;
    const field = state.meta.fields[index] as ModelField;
    state.set(field, keyOf(field, row));
  });
}

/** The row and no other. @throws InterfaceError when it has no primary key */
export function keyCondition(state: RowState): Expr<boolean> {
  const { meta, key } = state;
  if (key === undefined) {
    const why = meta.primaryKey.length === 0 ? 'the model has no primary key' : 'it has no primary key yet: save it first';
    throw new InterfaceError(`This ${meta.name} cannot be told from others: ${why}`);
  }
  return keyEquals(meta, key);
}

/** The row with this primary key. */
export function keyEquals(meta: Metadata, key: unknown): Expr<boolean> {
  const { primaryKey } = meta;
  const parts = primaryKey.length === 1 ? [key] : key;
  if (primaryKey.length === 0) throw new ProgrammingError(`${meta.name} has no primary key`);
  if (!Array.isArray(parts) || parts.length !== primaryKey.length) {
    throw new ProgrammingError(`The primary key of ${meta.name} is [${primaryKey.map((field) => field.key).join(', ')}]`);
  }
  const source = sourceOfMeta(meta);
  const nodes = primaryKey.map((field, at) => nodeOf(source.column(field).eq(parts[at])));
  return condition(nodes.length === 1 ? (nodes[0] as never) : { kind: 'logic', op: 'and', operands: nodes });
}

/** Values by key, as `toJSON` gives them. */
export function plainValues(state: RowState): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of state.meta.fields) {
    const value = state.values[field.index];
    if (value !== undefined) out[field.key] = value;
  }
  return out;
}

/** A row with the same values, of the same standing in the database. */
export function cloneOf(state: RowState): RowObject {
  const copy = new RowState(state.meta, [...state.values], state.executor, state.stored);
  copy.dirty = state.dirty && new Set(state.dirty);
  return instanceOf(copy);
}
