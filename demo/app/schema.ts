/** What is in the open database, asked of the database itself, so that imported files show too. */
import type { SchemaTable } from '../parts/schema-layout.ts';
import { database } from './database.ts';

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export async function readSchema(): Promise<SchemaTable[]> {
  const [tables, views] = await Promise.all([database.getTables(), database.getViews()]);
  return Promise.all([...tables.map((name) => readTable(name, false)), ...views.map(({ name }) => readTable(name, true))]);
}

async function readTable(name: string, isView: boolean): Promise<SchemaTable> {
  // A view may use what is not there, another program's function say: it is still shown.
  const columnsOf = database.getColumns(name).catch((error: unknown) => {
    if (isView) return [];
    throw error;
  });
  const [columns, keys, rows] = await Promise.all([columnsOf, database.getForeignKeys(name), countRows(name)]);
  return {
    name,
    isView,
    rows,
    columns: columns.map((column) => {
      const key = keys.find((other) => other.column === column.name);
      return {
        name: column.name,
        type: column.dataType,
        primaryKey: column.primaryKey,
        null: column.null,
        references: key ? { table: key.destTable, column: key.destColumn } : null,
      };
    }),
  };
}

// A virtual table may refuse to be counted; it is still shown.
export async function countRows(name: string): Promise<number | null> {
  try {
    return Number((await database.executeSql(`SELECT count(*) FROM ${quote(name)}`)).scalar());
  } catch {
    return null;
  }
}
