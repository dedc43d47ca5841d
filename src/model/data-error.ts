/** Says which field a refused value was meant for. */
import type { Expression, InsertNode } from '../ast/expression.ts';
import type { Node } from '../ast/node.ts';
import type { ColumnType } from '../ast/type.ts';
import { DataError } from '../errors.ts';
import type { Executor } from '../query/executor.ts';
import type { ModelSource } from './source.ts';

type Dialect = Executor['dialect'];

/** Runs `work`; a DataError about a value of `node` gets the name of the model and the field. */
export async function namingFields<T>(
  node: Node,
  sources: readonly ModelSource[],
  dialect: () => Dialect,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const refused = refusedIn(node, dialect());
    if (!refused) throw error;
    throw new DataError(`${labelOf(refused, sources)}: ${error.message}`, { cause: error });
  }
}

interface Target {
  readonly table?: string | undefined;
  readonly name: string;
}

function labelOf({ table, name }: Target, sources: readonly ModelSource[]): string {
  for (const source of sources) {
    if (table !== undefined && table !== source.name) continue;
    const field = source.meta.fields.find((one) => one.columnName === name);
    if (field) return field.label;
  }
  return table === undefined ? name : `${table}.${name}`;
}

/** The column of the first value that the dialect does not encode. */
function refusedIn(node: unknown, dialect: Dialect): Target | null {
  if (typeof node !== 'object' || node === null) return null;
  if ('kind' in node && node.kind === 'insert') {
    const found = refusedInsert(node as InsertNode, dialect);
    if (found) return found;
  }
  const parts = Object.values(node) as unknown[];
  const target = targetOf(node, parts);
  if (target && valuesOf(parts).some((value) => refuses(dialect, value.value, value.type))) return target;
  for (const part of parts) {
    const found = refusedIn(part, dialect);
    if (found) return found;
  }
  return null;
}

/** What the values beside it are compared with or assigned to. */
function targetOf(node: object, parts: readonly unknown[]): Target | null {
  if ('column' in node && typeof node.column === 'string') return { name: node.column };
  return (parts.find((part) => kindOf(part) === 'column') as Target | undefined) ?? null;
}

type ValueNode = Extract<Expression, { kind: 'value' }>;

function valuesOf(parts: readonly unknown[]): ValueNode[] {
  const lists = parts.filter((part) => kindOf(part) === 'list') as Extract<Expression, { kind: 'list' }>[];
  return [...parts, ...lists.flatMap((list) => list.items)].filter((part): part is ValueNode => kindOf(part) === 'value');
}

function kindOf(part: unknown): unknown {
  return typeof part === 'object' && part !== null && 'kind' in part ? part.kind : undefined;
}

function refusedInsert({ columns, source }: InsertNode, dialect: Dialect): Target | null {
  if (source.kind === 'values') {
    const at = columns.findIndex(({ type }, index) => source.columns[index]?.some((value) => refuses(dialect, value, type)));
    return columns[at] ?? null;
  }
  if (source.kind !== 'rows') return null;
  const at = columns.findIndex((_, index) =>
    source.rows.some((row) => valuesOf([row[index]]).some((value) => refuses(dialect, value.value, value.type))),
  );
  return columns[at] ?? null;
}

function refuses(dialect: Dialect, value: unknown, type: ColumnType | undefined): boolean {
  if (value === null) return false;
  try {
    dialect.codec(type ?? { name: 'any' }).encode(value);
    return false;
  } catch {
    return true;
  }
}
