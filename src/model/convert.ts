/** Between what users give a field and what its column's type takes. */
import { DataError } from '../errors.ts';
import type { Converter } from '../query/expr.ts';
import type { ModelField } from './metadata.ts';
import { RowRef } from './ref.ts';
import { isRow } from './row-state.ts';

type Convert = (value: unknown) => unknown;

/** The conversions of a field; undefined when values go as they are. */
export function converterOf(field: ModelField): Converter | undefined {
  const { definition } = field;
  if (definition.kind === 'scalar') {
    const { toDb, toJs } = definition;
    return toDb || toJs ? { toDb: toDb ?? undefined, toJs: toJs ?? undefined } : undefined;
  }
  const target = converterOf(field.targetKey as ModelField);
  const ofKey = target?.toDb as Convert | undefined;
  const toDb: Convert = (value) => {
    const key = keyOf(field, value);
    return ofKey && key !== null ? ofKey(key) : key;
  };
  return { toDb, toJs: target?.toJs };
}

/** The key a foreign key keeps of a row, of a reference to one, or of the key itself. @throws DataError for a row of another model */
export function keyOf(field: ModelField, value: unknown): unknown {
  if (value instanceof RowRef) return value.key;
  if (!isRow(value)) return value;
  const { meta, key } = value['~row'];
  const target = field.target;
  if (meta.definition !== target?.definition)
    throw new DataError(`${field.label} points at a ${target?.name}, not a ${meta.name}`);
  if (key === undefined) throw new DataError(`${field.label}: this ${meta.name} has no primary key yet; save it first`);
  return key;
}
