/** Any result as a table: rows of a model (with the rows joined to them), records, tuples, lists or one value. */
import { Model } from 'waxwing';

export type CellKind = 'number' | 'text' | 'date' | 'boolean' | 'bytes' | 'json';

export interface TableColumn {
  readonly name: string;
  readonly kind: CellKind;
}

/** What the grid shows: it asks for single cells, so that nothing is built for rows out of sight. */
export interface Table {
  readonly columns: readonly TableColumn[];
  readonly length: number;
  cell(row: number, column: number): unknown;
}

type Getter = (row: unknown) => unknown;

/** What `executeSql` answers. */
export interface SqlResultLike {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly changes: number;
  dicts(): object[];
}

export function isSqlResult(value: unknown): value is SqlResultLike {
  return isRecord(value) && 'rows' in value && 'columns' in value && 'lastInsertId' in value;
}

export function toTable(value: unknown): Table {
  if (isSqlResult(value)) {
    const { rows, columns } = value;
    return {
      columns: columns.map((name, i) => ({ name, kind: kindOf(rows, (row) => (row as unknown[])[i]) })),
      length: rows.length,
      cell: (row, column) => rows[row]?.[column],
    };
  }
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  const getters = gettersFor(rows);
  const columns = [...getters].map(([name, get]) => ({ name, kind: kindOf(rows, get) }));
  const list = [...getters.values()];
  return { columns, length: rows.length, cell: (row, column) => list[column]?.(rows[row]) };
}

function gettersFor(rows: readonly unknown[]): Map<string, Getter> {
  const getters = new Map<string, Getter>();
  const sample = rows.length > 50 ? rows.slice(0, 50) : rows;
  for (const row of sample) {
    if (Array.isArray(row)) row.forEach((_, i) => getters.set(String(i), (from) => (from as unknown[])[i]));
    else if (isRecord(row)) addFields(getters, row, '', (from) => from, 0);
    else getters.set('value', (from) => from);
  }
  return getters;
}

function addFields(getters: Map<string, Getter>, row: object, prefix: string, parent: Getter, depth: number): void {
  for (const [name, value] of fieldsOf(row)) {
    const get: Getter = (from) => fieldOf(parent(from), name);
    if (isModelRow(value) && depth < 3) addFields(getters, value, `${prefix}${name}.`, get, depth + 1);
    else getters.set(prefix + name, get);
  }
}

/** The fields of a record or model row, in the model's order; references that are not loaded are their keys. */
export function fieldsOf(row: object): [string, unknown][] {
  return names(row).map((name) => [name, fieldOf(row, name)]);
}

// Of a model's row: the fields that were selected, then what else was; names with a tilde are the row's own business.
function names(row: object): string[] {
  const own = Object.keys(row).filter((name) => !name.startsWith('~'));
  return row instanceof Model ? [...new Set([...Object.keys(row.toJSON()), ...own])] : own;
}

function fieldOf(row: unknown, name: string): unknown {
  if (!isRecord(row)) return null;
  const value: unknown = Reflect.get(row, name);
  return isReference(value) ? value.key : value;
}

export function isModelRow(value: unknown): value is object {
  return value instanceof Model;
}

function isReference(value: unknown): value is { readonly key: unknown } {
  return isRecord(value) && !isModelRow(value) && 'key' in value && typeof Reflect.get(value, 'then') === 'function';
}

function isRecord(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array) &&
    !Array.isArray(value)
  );
}

function kindOf(rows: readonly unknown[], get: Getter): CellKind {
  for (const row of rows) {
    const value = get(row);
    if (value === null || value === undefined) continue;
    if (typeof value === 'number' || typeof value === 'bigint') return 'number';
    if (typeof value === 'boolean') return 'boolean';
    if (value instanceof Date) return 'date';
    if (value instanceof Uint8Array) return 'bytes';
    return typeof value === 'object' ? 'json' : 'text';
  }
  return 'text';
}
