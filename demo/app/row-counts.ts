/** How many rows each table had when it was last looked at; enough for a picture. */
import { readSchema } from './schema.ts';
import { on } from './session.ts';

let counts: ReadonlyMap<string, number> = new Map();

export const knownRows = (table: string): number | null => counts.get(table) ?? null;

async function refresh(): Promise<void> {
  const tables = await readSchema();
  counts = new Map(tables.flatMap(({ name, rows }) => (rows === null ? [] : [[name, rows]])));
}

/** Counts now, and again whenever rows may have changed. */
export function startCounting(): void {
  const again = (): void => void refresh().catch(() => {});
  on('swapped', again);
  on('changed', again);
}
