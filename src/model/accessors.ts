/** The properties of rows: values, relations, keys, back references. */
import { ImproperlyConfigured, InterfaceError } from '../errors.ts';
import { backrefQuery } from './backref.ts';
import { keyOf } from './convert.ts';
import { missing } from './does-not-exist.ts';
import type { Metadata, ModelField } from './metadata.ts';
import { RowRef } from './ref.ts';
import { isRow, type RowObject, type RowState } from './row-state.ts';
import { ModelSelectQuery } from './select.ts';
import { sourceOfMeta } from './source.ts';

/** Defines the properties of a field on the prototype of its model's rows. */
export function defineAccessors(prototype: object, key: string, index: number, isForeignKey: boolean): void {
  const value = {
    get(this: RowObject): unknown {
      return readValue(this['~row'], index);
    },
    set(this: RowObject, to: unknown): void {
      const state = this['~row'];
      if (state.related) state.related[index] = undefined;
      state.set(state.meta.fields[index] as ModelField, to);
    },
  };
  if (!isForeignKey) return property(prototype, key, value);
  property(prototype, `${key}Id`, value);
  property(prototype, key, {
    get(this: RowObject): unknown {
      return readRelation(this['~row'], index);
    },
    set(this: RowObject, to: unknown): void {
      const state = this['~row'];
      setRelation(state, state.meta.fields[index] as ModelField, to);
    },
  });
}

/** Defines the property by which rows of `target` see those of `field`'s model. @throws ImproperlyConfigured on a clash */
export function defineBackref(field: ModelField, target: Metadata): void {
  const name = field.foreignKey?.backref as string;
  const { prototype } = target.definition.base;
  if (name in target.model.prototype) {
    throw new ImproperlyConfigured(
      `${field.label}: backref ${JSON.stringify(name)} is taken by ${target.name}; choose another name`,
    );
  }
  property(prototype, name, {
    get(this: RowObject): unknown {
      const { key, executor } = this['~row'];
      if (key === undefined)
        throw new InterfaceError(`This ${target.name} has no primary key yet, so nothing can point at it: save it first`);
      return backrefQuery(field, this, executor);
    },
  });
}

function property(prototype: object, name: string, accessors: { get(): unknown; set?(value: unknown): void }): void {
  Object.defineProperty(prototype, name, { ...accessors, configurable: true, enumerable: true });
}

/** A row's value. @throws ImproperlyConfigured when the query that made the row did not select it */
function readValue(state: RowState, index: number): unknown {
  const value = state.values[index];
  if (value !== undefined) return value;
  const field = state.meta.fields[index] as ModelField;
  if (!state.stored) return field.isNullable ? null : undefined;
  throw new ImproperlyConfigured(
    `${field.label} was not selected: add it to the query's selection, or select the whole ${state.meta.name}`,
  );
}

function readRelation(state: RowState, index: number): unknown {
  const loaded = state.related?.[index];
  if (loaded !== undefined) return loaded;
  const key = readValue(state, index);
  if (key === null || key === undefined) return key ?? null;
  const field = state.meta.fields[index] as ModelField;
  return new RowRef(key, () => load(state, field, key));
}

async function load(state: RowState, field: ModelField, key: unknown): Promise<unknown> {
  if (field.foreignKey?.lazyLoad === false) {
    throw new ImproperlyConfigured(`${field.label} is not loaded and lazyLoad is false: select and join it`);
  }
  const target = field.target as Metadata;
  const source = sourceOfMeta(target);
  const condition = source.column(field.targetKey as ModelField).eq(key);
  const row = await new ModelSelectQuery(source, [], state.executor).where(condition).first();
  if (row === null) throw missing(target);
  // The key may have been set anew meanwhile.
  if (state.values[field.index] === key) (state.related ??= [])[field.index] = row as RowObject;
  return row;
}

/** Points a foreign key at a row, or at a key. */
export function setRelation(state: RowState, field: ModelField, to: unknown): void {
  const row = isRow(to) ? to : null;
  // A row that has no key yet gets one when it is saved; `save()` of this row looks again.
  const key = row && row['~row'].key === undefined ? undefined : keyOf(field, to);
  if (row) keyOf(field, row['~row'].key === undefined ? null : row);
  (state.related ??= [])[field.index] = row ?? undefined;
  state.set(field, key);
}
