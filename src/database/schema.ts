/** How a set of tables is created and dropped, in an order in which every table finds those it refers to. */
import type { QualifiedName, SchemaNode, TableSchema } from '../ast/schema.ts';

/** What stands for a table: a model, or the table's own description. */
export type TableLike = TableSchema | { '~schema'(): TableSchema };

/** Options of `createTables`. */
export interface CreateOptions {
  /** Tables and indexes that exist are left alone (the default); otherwise they are an error. */
  readonly safe?: boolean;
}

/** Options of `dropTables`. */
export interface DropOptions {
  /** Tables that do not exist are no error (the default). */
  readonly safe?: boolean;
  /** What depends on the tables goes with them: foreign keys of others, views. Postgres only. */
  readonly cascade?: boolean;
}

/** Options of `truncateTables`. */
export interface TruncateOptions {
  /** Keys count from the start again; in SQLite they do anyway. peewee: `restart_identity`. */
  readonly restartIdentity?: boolean;
  /** Tables that refer to these are emptied as well. Postgres only. */
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
    const key = keyOf(schema);
    if (!byName.has(key)) byName.set(key, schema);
  }
  const sorted = new Set<TableSchema>();
  const entered = new Set<TableSchema>();
  const visit = (table: TableSchema): void => {
    if (entered.has(table)) return;
    entered.add(table);
    for (const name of dependencies(table)) {
      const needed = byName.get(keyOf(name));
      if (needed !== undefined) visit(needed);
    }
    sorted.add(table);
  };
  for (const table of byName.values()) visit(table);
  return [...sorted];
}

function keyOf({ name, schema = '' }: QualifiedName): string {
  return JSON.stringify([schema, name]);
}

function dependencies({ columns, dependsOn }: TableSchema): QualifiedName[] {
  const references = columns.flatMap(({ references: to }) => (to ? [{ name: to.table, schema: to.schema }] : []));
  return [...references, ...dependsOn];
}

/** Creates the tables and their indexes. */
export function createNodes(tables: readonly TableLike[], { safe = true }: CreateOptions): SchemaNode[] {
  const sorted = sortTables(tables);
  const indexes = sorted.flatMap((table) => table.indexes);
  return [
    { kind: 'createTables', tables: sorted, safe },
    ...indexes.map((index) => ({ kind: 'createIndex', index, safe }) as const),
  ];
}

/** Drops the tables, those that refer to others first. */
export function dropNodes(tables: readonly TableLike[], { safe = true, cascade = false }: DropOptions): SchemaNode[] {
  return [{ kind: 'dropTables', tables: sortTables(tables).reverse(), safe, cascade }];
}

/** Empties the tables, those that refer to others first. */
export function truncateNodes(
  tables: readonly TableLike[],
  { restartIdentity = false, cascade = false }: TruncateOptions,
): SchemaNode[] {
  return [{ kind: 'truncateTables', tables: sortTables(tables).reverse(), restartIdentity, cascade }];
}
