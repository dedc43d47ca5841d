/** `Model.define`: from a table's name and fields to the class a model extends. */
import { ImproperlyConfigured } from '../errors.ts';
import { AutoField } from '../fields/auto.ts';
import type { AnyField } from '../fields/types.ts';
import { defineAccessors, defineBackref } from './accessors.ts';
import type { MetaOptions } from './meta-options.ts';
import { type Definition, type ModelClass, optionsOf } from './metadata.ts';
import { register } from './registry.ts';
import { sourceOf } from './source.ts';

/** Static names that every class has of its own; columns of that name are reached through `Model.c`. */
const CLASS_NAMES: ReadonlySet<string> = new Set(['name', 'length', 'prototype', 'caller', 'arguments']);
/** Names that mean something to JavaScript on any object. */
const OBJECT_NAMES: ReadonlySet<string> = new Set(['then', 'constructor', '__proto__']);

/** The class for a model with these fields, below `parent`; without a table an abstract one. */
export function defineModel(
  parent: ModelClass,
  table: string | null,
  own: unknown,
  options: MetaOptions | undefined,
): ModelClass {
  const fields = new Map(parent['~definition'].fields);
  for (const [key, field] of Object.entries(requireFields(own))) fields.set(key, field);
  const told = options?.primaryKey ?? optionsOf(parent).primaryKey;
  const all = table === null || told !== undefined ? fields : withPrimaryKey(fields);
  if (table !== null) requireName(table, 'The name of a table');
  const base = class extends (parent as new (values?: object) => object) {} as ModelClass;
  const definition: Definition = { table, fields: all, primaryKey: told, base, owner: null };
  Object.defineProperty(base, 'name', { value: table ?? parent.name, configurable: true });
  Object.defineProperty(base, '~definition', { value: definition });
  if (options) Object.defineProperty(base, '~options', { value: options });
  const root = rootOf(parent);
  let index = 0;
  for (const [key, field] of all) {
    requireLegal(root, key, field, all);
    defineAccessors(base.prototype, key, index++, field['~kind'] === 'fk');
    if (!CLASS_NAMES.has(key) && !Object.hasOwn(root, key)) defineColumn(base, key);
  }
  if (table !== null) register(definition, defineBackref);
  return base;
}

function requireFields(own: unknown): Record<string, AnyField> {
  if (typeof own !== 'object' || own === null) throw new ImproperlyConfigured('define() needs an object of fields');
  for (const [key, field] of Object.entries(own)) {
    if (typeof field === 'object' && field !== null && '~definition' in field) continue;
    throw new ImproperlyConfigured(`define(): "${key}" is no field; write ${key}: CharField(), say`);
  }
  return own as Record<string, AnyField>;
}

function withPrimaryKey(fields: Map<string, AnyField>): Map<string, AnyField> {
  const hasKey = [...fields.values()].some(({ '~options': options }) => 'primaryKey' in options && options.primaryKey === true);
  return hasKey ? fields : new Map<string, AnyField>([['id', AutoField()], ...fields]);
}

/** The topmost class, `Model` itself: what it has, every model has. */
function rootOf(model: ModelClass): ModelClass {
  const above = Object.getPrototypeOf(model) as ModelClass | null;
  return above && '~definition' in above ? rootOf(above) : model;
}

function requireLegal(root: ModelClass, key: string, field: AnyField, fields: ReadonlyMap<string, AnyField>): void {
  const owned = OBJECT_NAMES.has(key) || key.startsWith('~') || Object.hasOwn(root.prototype, key);
  if (owned) throw new ImproperlyConfigured(`"${key}" belongs to every row: rename the field and set columnName`);
  if (field['~kind'] === 'fk' && fields.has(`${key}Id`)) {
    throw new ImproperlyConfigured(`"${key}Id" is the key of the foreign key "${key}": rename one of the fields`);
  }
  requireName(field['~definition'].options.columnName ?? key, `The column name of "${key}"`);
}

function requireName(name: string, what: string): void {
  // A lone surrogate is no character and NUL ends the text of a statement.
  if (typeof name !== 'string' || name === '' || name.includes('\0') || /\p{Surrogate}/u.test(name)) {
    throw new ImproperlyConfigured(`${what} is ${JSON.stringify(name)}: expected text that is not empty and has no NUL`);
  }
}

/** `User.username`: a getter, so that it is also known which class was written around the definition. */
function defineColumn(base: ModelClass, key: string): void {
  Object.defineProperty(base, key, {
    configurable: true,
    enumerable: true,
    get(this: ModelClass) {
      const source = sourceOf(this);
      return source.column(source.meta.field(key));
    },
  });
}
