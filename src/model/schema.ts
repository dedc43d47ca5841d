/** A model's table as data, for databases to create and drop. */
import type { Expression } from '../ast/expression.ts';
import type { ColumnSchema, ForeignKeySchema, IndexSchema, TableSchema } from '../ast/schema.ts';
import { nodeOf } from '../query/term.ts';
import type { IndexOptions } from './meta-options.ts';
import type { Metadata, ModelField } from './metadata.ts';

/** The table of a model. */
export function tableSchema(meta: Metadata): TableSchema {
  const { options } = meta;
  return {
    name: meta.tableName,
    ...(meta.schemaName === undefined ? {} : { schema: meta.schemaName }),
    columns: meta.fields.map((field) => columnSchema(field)),
    primaryKey: meta.primaryKey.length > 1 ? meta.primaryKey.map((field) => field.columnName) : [],
    constraints: (options.constraints ?? []).map((constraint) => nodeOf(constraint)),
    indexes: [...fieldIndexes(meta), ...(options.indexes ?? []).map((index) => indexSchema(meta, index))],
    dependsOn: (options.dependsOn ?? []).map((model) => model['~schema']().name),
    temporary: options.temporary === true,
    withoutRowid: options.withoutRowid === true,
    strict: options.strict === true,
  };
}

function columnSchema(field: ModelField): ColumnSchema {
  const { options } = field.definition;
  return {
    name: field.columnName,
    type: field.type,
    null: field.isNullable,
    // A unique index does the same and can be dropped again, as in peewee.
    unique: false,
    primaryKey: field.meta.primaryKey.length === 1 && field.meta.primaryKey[0] === field,
    ...(options.collation === undefined ? {} : { collation: options.collation }),
    constraints: (options.constraints ?? []).map((constraint) => nodeOf(constraint)),
    ...(field.foreignKey ? { references: references(field) } : {}),
  };
}

function references(field: ModelField): ForeignKeySchema {
  const { onDelete, onUpdate, deferrable, constraintName } = field.foreignKey ?? {};
  const target = field.targetKey as ModelField;
  return {
    table: target.meta.tableName,
    column: target.columnName,
    ...(onDelete ? { onDelete } : {}),
    ...(onUpdate ? { onUpdate } : {}),
    ...(deferrable ? { deferrable } : {}),
    ...(constraintName ? { constraintName } : {}),
  };
}

function fieldIndexes(meta: Metadata): IndexSchema[] {
  return meta.fields
    .filter(({ definition: { kind, options } }) => !options.primaryKey && (options.unique || (options.index ?? kind === 'fk')))
    .map((field) => indexSchema(meta, { fields: [field.key], unique: field.definition.options.unique === true }));
}

function indexSchema(meta: Metadata, { fields, unique = false, where, name }: IndexOptions): IndexSchema {
  const on = fields.map(
    (field): Expression => (typeof field === 'string' ? { kind: 'column', name: meta.field(field).columnName } : nodeOf(field)),
  );
  return {
    name: name ?? indexName(meta, on),
    table: meta.tableName,
    ...(meta.schemaName === undefined ? {} : { schema: meta.schemaName }),
    unique,
    on,
    ...(where ? { where: nodeOf(where) } : {}),
  };
}

/** As peewee names them: table_column_column, and a short hash instead of what goes beyond 63 characters. */
function indexName(meta: Metadata, on: readonly Expression[]): string {
  const name = [meta.tableName, ...on.map((node, at) => (node.kind === 'column' ? node.name : `expression${at}`))].join('_');
  return name.length <= 63 ? name : `${name.slice(0, 54)}_${hash(name)}`;
}

/** 32-bit FNV-1a, in hexadecimal. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
