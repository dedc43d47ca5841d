/** Table descriptions for tests of databases, which know nothing of models. */
import type { ColumnSchema, ForeignKeySchema, TableSchema } from '../../src/ast/schema.ts';

export function column(name: string, changes: Partial<ColumnSchema> = {}): ColumnSchema {
  return { name, type: { name: 'text' }, null: true, unique: false, primaryKey: false, constraints: [], ...changes };
}

export function table(name: string, columns: readonly ColumnSchema[], changes: Partial<TableSchema> = {}): TableSchema {
  return {
    name,
    columns: [column('id', { type: { name: 'auto' }, null: false, primaryKey: true }), ...columns],
    primaryKey: [],
    constraints: [],
    indexes: [],
    dependsOn: [],
    temporary: false,
    withoutRowid: false,
    strict: false,
    ...changes,
  };
}

export function reference(name: string, to: string, changes: Partial<ForeignKeySchema> = {}): ColumnSchema {
  return column(name, { type: { name: 'integer' }, references: { table: to, column: 'id', ...changes } });
}

export const note: TableSchema = table('note', [column('text')]);
