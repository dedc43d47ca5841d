/** From what users give `create`, `insert` and the like to columns of values, ready to be inserted. */

import type { InsertSource } from '../ast/expression.ts';
import { DataError, IntegrityError } from '../errors.ts';
import type { ColumnInfo } from '../query/column.ts';
import { isCompilable, operand } from '../query/term.ts';
import type { Metadata, ModelField } from './metadata.ts';
import type { ModelSource } from './source.ts';

type Values = Readonly<Record<string, unknown>>;

/** What goes into which columns. */
export interface InsertPlan {
  readonly columns: readonly ColumnInfo[];
  readonly source: InsertSource;
}

/**
 * Rows as columns; what a row leaves out is its field's default, or null.
 * @throws ProgrammingError for a key that is no field, IntegrityError for a value that is missing
 */
export function insertPlan(source: ModelSource, rows: readonly Values[]): InsertPlan {
  const { meta } = source;
  const fields = fieldsGiven(meta, rows);
  const columns = fields.map((field) => source.column(field)['~info']);
  if (fields.length === 0 && rows.length === 1) return { columns, source: { kind: 'defaults' } };
  const given = fields.map((field) => valuesOf(field, rows));
  if (given.some((column) => column.hasExpression)) {
    const nodes = rows.map((_, at) => given.map((column, index) => operand(column.values[at], columns[index] as ColumnInfo)));
    return { columns, source: { kind: 'rows', rows: nodes } };
  }
  given.forEach((column, index) => convert(column.values, columns[index] as ColumnInfo));
  return { columns, source: { kind: 'values', length: rows.length, columns: given.map((column) => column.values) } };
}

/** The default of a field for one row; undefined when it has none. */
export function defaultOf(field: ModelField): unknown {
  const { default: value } = field.definition.options;
  return typeof value === 'function' ? (value as () => unknown)() : value;
}

/** The error of a value that has to be there. */
function requiredError(field: ModelField): IntegrityError {
  return new IntegrityError(`${field.label} is required: it may not be null and has no default`, {
    constraint: 'notNull',
    table: field.meta.tableName,
    columns: [field.columnName],
  });
}

/** The fields that some row gives, that have a default, or that every row has to give. */
function fieldsGiven(meta: Metadata, rows: readonly Values[]): ModelField[] {
  const given = new Set<ModelField>();
  let usual: readonly string[] = [];
  for (const row of rows) {
    const keys = Object.keys(row);
    // Rows are mostly alike: keys are looked up only when they differ from the row's before.
    if (keys.length === usual.length && keys.every((key, at) => key === usual[at])) continue;
    usual = keys;
    for (const key of keys) given.add(meta.field(key));
  }
  return meta.fields.filter((field) => {
    const { options } = field.definition;
    return (
      given.has(field) || 'default' in options || !(field.isNullable || field.isAuto || (options.constraints ?? []).length > 0)
    );
  });
}

interface GivenColumn {
  readonly values: unknown[];
  readonly hasExpression: boolean;
}

/** The values of one field, row by row. */
function valuesOf(field: ModelField, rows: readonly Values[]): GivenColumn {
  const { key } = field;
  // A key like "toString" must not find what every object inherits; others need no such care, which costs time.
  const isInherited = key in Object.prototype;
  const values: unknown[] = new Array(rows.length);
  let hasExpression = false;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as Values;
    let value = isInherited && !Object.hasOwn(row, key) ? undefined : row[key];
    if (value === undefined) value = valueInstead(field);
    else if (typeof value === 'object' && value !== null && isCompilable(value)) hasExpression = true;
    values[at] = value;
  }
  return { values, hasExpression };
}

/** The value of a field that a row leaves out. */
function valueInstead(field: ModelField): unknown {
  const value = defaultOf(field);
  if (value !== undefined) return value;
  if (field.isNullable || field.isAuto) return null;
  throw requiredError(field);
}

/** Applies the field's own conversion in place. */
function convert(values: unknown[], { convert: converter, key }: ColumnInfo): void {
  const toDb = converter?.toDb as ((value: unknown) => unknown) | undefined;
  if (!toDb) return;
  for (let at = 0; at < values.length; at++) {
    if (values[at] === null) continue;
    const value = toDb(values[at]);
    if (value === undefined) throw new DataError(`The conversion of "${key}" gives undefined: use null`);
    values[at] = value;
  }
}
