/** The types that bound values are declared to have. */
// Postgres gives a value the type that its place asks for: the column it is compared with, the column it goes into. That is
// best, because the table knows better than the model: it may have an enum, a citext, a smaller number. Where the place asks
// for nothing (`SELECT $1`), or for a type that the value does not fit (`age = $1` for 0.5), the value says its type itself.
import type { ColumnType } from '../../ast/type.ts';
import { postgresTypeName } from './type-name.ts';

const INT32 = 2 ** 31;

/** Declared without lengths and digits: an explicit cast would cut and round to them without a word. */
const CASTS: Readonly<Partial<Record<ColumnType['name'], string>>> = {
  float: 'double precision',
  double: 'double precision',
  decimal: 'numeric',
  char: 'text',
  fixedchar: 'text',
  text: 'text',
  vector: 'vector',
};

const ELEMENTS: Readonly<Partial<Record<ColumnType['name'], string>>> = {
  char: 'varchar',
  fixedchar: 'bpchar',
  smallint: 'smallint',
};

const WHOLE: ReadonlySet<string> = new Set(['auto', 'bigauto', 'integer', 'smallint', 'bigint', 'timestamp']);

/** The type a value has where nothing else says so. */
export function castOf(value: unknown, type: ColumnType | undefined): string {
  if (type === undefined || type.name === 'any') return castOfValue(value);
  const { name } = type;
  if (name === 'bigint' || name === 'bigauto' || name === 'timestamp') return 'bigint';
  if (WHOLE.has(name)) return wholeCast(value);
  if (name === 'array') return elementCast(type.element ?? { name: 'text' }) + '[]'.repeat(type.dimensions ?? 1);
  return CASTS[name] ?? postgresTypeName(type).toLowerCase();
}

/** Operators take arrays of the very same type only: here a `varchar` is no `text`. Postgres manual: "Array Functions and Operators". */
function elementCast(element: ColumnType): string {
  return ELEMENTS[element.name] ?? castOf(null, element);
}

function castOfValue(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'number':
      return Number.isSafeInteger(value) ? wholeCast(value) : 'double precision';
    case 'bigint':
      return 'bigint';
  }
  if (value instanceof Date) return 'timestamp';
  return value instanceof Uint8Array || value instanceof ArrayBuffer ? 'bytea' : 'text';
}

function wholeCast(value: unknown): string {
  return isLarge(value) ? 'bigint' : 'integer';
}

/**
 * The type a value must say beside something that has one; undefined when it can take that one's. A number may be of
 * another kind than the column it is compared with: a fraction, or beyond 32 bits.
 */
export function castBeside(value: unknown, type: ColumnType | undefined): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const known = type !== undefined && type.name !== 'any';
  if (known && !WHOLE.has(type.name)) return undefined;
  if (typeof value === 'number' && !Number.isInteger(value)) return 'double precision';
  return isLarge(value) ? 'bigint' : undefined;
}

/** Whether a whole number needs more than 32 bits. */
export function isLarge(value: unknown): boolean {
  return (typeof value === 'number' || typeof value === 'bigint') && (value >= INT32 || value < -INT32);
}
