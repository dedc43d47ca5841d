/** A model's table as data, for databases to create and drop. */
import type { ColumnNode, Expression } from '../ast/expression.ts';
import type { ColumnSchema, ForeignKeySchema, IndexKind, IndexSchema, TableSchema, UniqueSchema } from '../ast/schema.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { nodeOf } from '../query/term.ts';
import type { IndexOptions } from './meta-options.ts';
import type { Metadata, ModelField } from './metadata.ts';

/** The table of a model. */
export function tableSchema(meta: Metadata): TableSchema {
  const { options } = meta;
  const indexes = options.indexes ?? [];
  return {
    name: meta.tableName,
    ...(meta.schemaName === undefined ? {} : { schema: meta.schemaName }),
    columns: meta.fields.map((field) => columnSchema(field)),
    primaryKey: meta.primaryKey.length > 1 ? meta.primaryKey.map((field) => field.columnName) : [],
    uniques: indexes.flatMap((index) => (index.deferrable ? uniqueSchema(meta, index, index.deferrable) : [])),
    constraints: (options.constraints ?? []).map((constraint) => nodeOf(constraint)),
    indexes: [...fieldIndexes(meta), ...indexes.filter((index) => !index.deferrable).map((index) => indexSchema(meta, index))],
    dependsOn: (options.dependsOn ?? []).map((model) => {
      const { name, schema } = model['~schema']();
      return { name, schema };
    }),
    temporary: options.temporary === true,
    unlogged: options.unlogged === true,
    settings: (options.tableSettings ?? []).map((setting) => nodeOf(setting)),
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
    ...keyOptions(field),
    ...(options.collation === undefined ? {} : { collation: options.collation }),
    constraints: (options.constraints ?? []).map((constraint) => nodeOf(constraint)),
    ...(field.foreignKey ? { references: references(field) } : {}),
  };
}

function keyOptions({ definition }: ModelField): Pick<ColumnSchema, 'sequence' | 'generateAlways'> {
  if (definition.kind === 'fk') return {};
  const { sequence, generateAlways } = definition.options;
  return { ...(sequence === undefined ? {} : { sequence }), ...(generateAlways ? { generateAlways } : {}) };
}

function references(field: ModelField): ForeignKeySchema {
  const { onDelete, onUpdate, deferrable, constraintName } = field.foreignKey ?? {};
  const target = field.targetKey as ModelField;
  return {
    table: target.meta.tableName,
    ...(target.meta.schemaName === undefined ? {} : { schema: target.meta.schemaName }),
    column: target.columnName,
    ...(onDelete ? { onDelete } : {}),
    ...(onUpdate ? { onUpdate } : {}),
    ...(deferrable ? { deferrable } : {}),
    ...(constraintName ? { constraintName } : {}),
  };
}

function fieldIndexes(meta: Metadata): IndexSchema[] {
  return meta.fields
    .filter(
      ({ definition, definition: { options } }) =>
        !options.primaryKey && (options.unique || (options.index ?? (definition.kind === 'fk' || definition.indexed))),
    )
    .map((field) => {
      const { unique = false, index } = field.definition.options;
      const schema = indexSchema(meta, { fields: [field.key], unique, ...indexKind(field, unique) });
      return schema.using !== undefined && index === undefined ? { ...schema, optional: true } : schema;
    });
}

/** What was told of the index on one field, else what suits the field; only a b-tree can be unique. */
function indexKind({ definition }: ModelField, unique: boolean): IndexKind {
  if (typeof definition.options.index === 'object') return definition.options.index;
  return definition.kind === 'fk' || unique ? {} : (definition.index ?? {});
}

function indexSchema(meta: Metadata, index: IndexOptions): IndexSchema {
  const { fields, unique = false, where, name, using, opclass, include, nullsDistinct, concurrently } = index;
  const on = fields.map((field) => (typeof field === 'string' ? column(meta, field) : nodeOf(field)));
  const opclasses = fields.map((field) => {
    if (typeof opclass !== 'object') return opclass;
    return typeof field === 'string' ? opclass[field] : undefined;
  });
  return {
    name: name ?? indexName(meta, on),
    table: meta.tableName,
    ...(meta.schemaName === undefined ? {} : { schema: meta.schemaName }),
    unique,
    on,
    ...(where ? { where: nodeOf(where) } : {}),
    ...(using === undefined ? {} : { using }),
    ...(opclass === undefined ? {} : { opclasses }),
    ...(include ? { include: include.map((key) => meta.field(key).columnName) } : {}),
    ...(nullsDistinct === undefined ? {} : { nullsDistinct }),
    ...(concurrently ? { concurrently } : {}),
  };
}

function uniqueSchema(meta: Metadata, index: IndexOptions, deferrable: UniqueSchema['deferrable']): UniqueSchema {
  const { fields, unique, where, using, opclass, concurrently, include = [], nullsDistinct = true } = index;
  const keys = fields.filter((field) => typeof field === 'string');
  if (!unique || keys.length < fields.length || where || using !== undefined || opclass !== undefined || concurrently)
    throw new ImproperlyConfigured(
      `${meta.name}: what is unique and deferrable is a constraint on fields: it takes no expressions, where, using, opclass or concurrently`,
    );
  const on = keys.map((key) => column(meta, key));
  return {
    name: index.name ?? indexName(meta, on),
    columns: on.map(({ name }) => name),
    include: include.map((key) => meta.field(key).columnName),
    nullsDistinct,
    deferrable,
  };
}

function column(meta: Metadata, key: string): ColumnNode {
  return { kind: 'column', name: meta.field(key).columnName };
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
