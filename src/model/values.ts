/** From what users give `create`, `insert` and the like to columns of values, ready to be inserted. */
import { DataError, IntegrityError } from '../errors.ts';
import type { InsertSource } from '../ast/write.ts';
import { type ColumnInfo } from '../query/column.ts';
import { isCompilable, operand } from '../query/term.ts';
import type { Metadata, ModelField } from './metadata.ts';
import type { ModelSource } from './source.ts';

type Values = Readonly<Record<string, unknown>>;

/** What goes into which columns. */
export interface InsertPlan {
  readonly fields: readonly ModelField[];
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
  if (fields.length === 0 && rows.length === 1) return { fields, columns, source: { kind: 'defaults' } };
  const given = fields.map((field) => rows.map((row) => valueFor(field, row)));
  if (given.some((column) => column.some(isExpression))) {
    const nodes = rows.map((_, at) => given.map((column, index) => operand(column[at], columns[index] as ColumnInfo)));
    return { fields, columns, source: { kind: 'rows', rows: nodes } };
  }
  given.forEach((column, index) => convert(column, columns[index] as ColumnInfo));
  return { fields, columns, source: { kind: 'values', length: rows.length, columns: given } };
}

/** The default of a field for one row; undefined when it has none. */
export function defaultOf(field: ModelField): unknown {
  const { default: value } = field.definition.options;
  return typeof value === 'function' ? (value as () => unknown)() : value;
}

/** The error of a value that has to be there. */
export function requiredError(field: ModelField): IntegrityError {
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
    return given.has(field) || 'default' in options || !(field.isNullable || field.isAuto || (options.constraints ?? []).length > 0);
  });
}

function valueFor(field: ModelField, row: Values): unknown {
  // An own property only: a key like "toString" must not find what every object inherits.
  const value = Object.hasOwn(row, field.key) ? row[field.key] : undefined;
  if (value !== undefined) return value;
  const otherwise = defaultOf(field);
  if (otherwise !== undefined) return otherwise;
  if (field.isNullable || field.isAuto) return null;
  throw requiredError(field);
}

function isExpression(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isCompilable(value);
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
