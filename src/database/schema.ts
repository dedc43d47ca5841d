/** Which statements create and drop a set of tables, in an order in which every table finds those it refers to. */
import type { TableSchema } from '../ast/schema.ts';
import type { Dialect } from '../dialect/dialect.ts';
import type { Statement } from '../wire/statement.ts';

/** What stands for a table: a model, or the table's own description. */
export type TableLike = TableSchema | { '~schema'(): TableSchema };

export interface CreateOptions {
  /** Tables and indexes that exist are left alone (the default); otherwise they are an error. */
  readonly safe?: boolean;
}

export interface DropOptions {
  /** Tables that do not exist are no error (the default). */
  readonly safe?: boolean;
  readonly cascade?: boolean;
}

/** The description of what stands for a table. */
export function schemaOf(table: TableLike): TableSchema {
  return '~schema' in table ? table['~schema']() : table;
}

/** The tables with those they refer to first; in a circle of references, in the order given. */
export function sortTables(tables: readonly TableLike[]): TableSchema[] {
  const byName = new Map<string, TableSchema>();
  for (const table of tables) {
    const schema = schemaOf(table);
    if (!byName.has(schema.name)) byName.set(schema.name, schema);
  }
  const sorted = new Set<TableSchema>();
  const entered = new Set<TableSchema>();
  const visit = (table: TableSchema): void => {
    if (entered.has(table)) return;
    entered.add(table);
    for (const name of dependencies(table)) {
      const needed = byName.get(name);
      if (needed !== undefined) visit(needed);
    }
    sorted.add(table);
  };
  for (const table of byName.values()) visit(table);
  return [...sorted];
}

function dependencies(table: TableSchema): string[] {
  return [...table.columns.flatMap((column) => column.references?.table ?? []), ...table.dependsOn];
}

/** Creates the tables and their indexes. */
export function createStatements(dialect: Dialect, tables: readonly TableLike[], { safe = true }: CreateOptions): Statement[] {
  return sortTables(tables).flatMap((table) => [
    ...dialect.compile({ kind: 'createTable', table, safe }),
    ...table.indexes.flatMap((index) => dialect.compile({ kind: 'createIndex', index, safe })),
  ]);
}

/** Drops the tables, those that refer to others first. */
export function dropStatements(
  dialect: Dialect,
  tables: readonly TableLike[],
  { safe = true, cascade = false }: DropOptions,
): Statement[] {
  return sortTables(tables)
    .reverse()
    .flatMap(({ name, schema }) =>
      dialect.compile({ kind: 'dropTable', name, ...(schema === undefined ? {} : { schema }), safe, cascade }),
    );
}

/** Empties the tables, those that refer to others first. */
export function truncateStatements(dialect: Dialect, tables: readonly TableLike[]): Statement[] {
  return sortTables(tables)
    .reverse()
    .flatMap(({ name, schema }) => dialect.compile({ kind: 'truncateTable', name, ...(schema === undefined ? {} : { schema }) }));
}
