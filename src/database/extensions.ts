/** Which extensions of Postgres the tables of models need. */
import { schemaOf, type TableLike } from './schema.ts';

/** Their names, each once. */
export function extensionsOf(tables: readonly TableLike[]): string[] {
  const types = tables.flatMap((table) => schemaOf(table).columns.map((column) => column.type));
  const named = types.map((type) => (type as { readonly extension?: string }).extension);
  return [...new Set(named.filter((name) => name !== undefined))];
}
