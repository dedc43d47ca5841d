/** What is in the open database, asked of the database itself, so that imported files show too. */
import type { SchemaTable } from '../parts/schema-layout.ts';
import { database } from './database.ts';

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export async function readSchema(): Promise<SchemaTable[]> {
  const names = await database.getTables();
  return Promise.all(names.map(readTable));
}

async function readTable(name: string): Promise<SchemaTable> {
  const [columns, keys, rows] = await Promise.all([database.getColumns(name), database.getForeignKeys(name), countRows(name)]);
  return {
    name,
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
