/** Which extensions of Postgres the columns of tables need, added before the tables. */
import type { TableSchema } from '../../ast/schema.ts';
import type { ColumnType } from '../../ast/type.ts';
import type { Statement } from '../../wire/statement.ts';
import { createExtension } from './settings.ts';

/** Adds each of them once, where the database does not have it. Postgres: CREATE EXTENSION. */
export function addExtensions(tables: readonly TableSchema[]): Statement[] {
  const names = tables.flatMap(({ columns }) => columns.flatMap(({ type }) => extensionsOf(type)));
  return [...new Set(names)].map(createExtension);
}

function extensionsOf({ extension, element }: ColumnType): string[] {
  return [...(extension === undefined ? [] : [extension]), ...(element === undefined ? [] : extensionsOf(element))];
}
