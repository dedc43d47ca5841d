/** How many rows each table had when it was last looked at; enough for a picture. */
import { database } from './database.ts';
import { countRows } from './schema.ts';
import { on } from './session.ts';

let counts: ReadonlyMap<string, number> = new Map();
let counting: Promise<void> = Promise.resolve();

export const knownRows = (table: string): number | null => counts.get(table) ?? null;

async function refresh(): Promise<void> {
  const names = await database.getTables();
  const rows = await Promise.all(names.map(countRows));
  counts = new Map(names.flatMap((name, at) => (rows[at] == null ? [] : [[name, rows[at]] as const])));
}

/** Counts now, and again whenever rows may have changed. */
export function startCounting(): void {
  const again = (): void => {
    counting = counting.then(refresh).catch(() => {});
  };
  on('swapped', again);
  on('changed', again);
}

/** Resolves when nothing is being counted: what runs then is the visitor's alone. */
export const counted = (): Promise<void> => counting;
