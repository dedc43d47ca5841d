/** Which database is open: opens, fills and swaps them, and tells everyone who shows something of it. */
import { SqliteDatabase } from 'waxwing/sqlite';
import { isLoaded, load, type OnStep } from '../data/load.ts';
import { database } from './database.ts';

export type Place = 'indexeddb' | 'opfs' | 'memory';
/** What the database tells about where it keeps its data. */
export type StorageState = Awaited<ReturnType<SqliteDatabase['storage']['state']>>;
export type Durability = StorageState['durability'];

export const PLACES: readonly { readonly value: Place; readonly label: string; readonly title: string }[] = [
  { value: 'indexeddb', label: 'IndexedDB', title: 'Kept in this browser, in IndexedDB' },
  { value: 'opfs', label: 'OPFS', title: 'Kept in this browser, in its private file system' },
  { value: 'memory', label: 'Memory', title: 'Gone when this page closes' },
];

/** One statement that ran. */
export interface Logged {
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly duration: number;
  readonly rows: number;
  readonly changes: number;
  readonly error: Error | null;
}

type Listener = () => void;

const KEY = 'waxwing-place';
const open = new Map<Place, SqliteDatabase>();
const listeners = { swapped: new Set<Listener>(), changed: new Set<Listener>() };
const logs = new Set<(entry: Logged) => void>();
let place: Place = 'memory';

export const currentPlace = (): Place => place;

/** Where the last visit left off. */
export function rememberedPlace(): Place {
  const stored = localStorage.getItem(KEY);
  return PLACES.some(({ value }) => value === stored) ? (stored as Place) : 'indexeddb';
}

/** `swapped`: another database, or another content; `changed`: rows or settings may be others. Returns how to stop. */
export function on(event: keyof typeof listeners, listener: Listener): () => void {
  listeners[event].add(listener);
  return () => listeners[event].delete(listener);
}

export function tell(event: keyof typeof listeners): void {
  for (const listener of listeners[event]) listener();
}

/** Points the models at the database of this place; the data is loaded when it is empty. @throws what opening throws. */
export async function use(next: Place, onStep: OnStep, onFilling: () => void): Promise<void> {
  const before = place;
  const db = open.get(next) ?? (await connect(next));
  open.set(next, db);
  database.initialize(db);
  place = next;
  try {
    if (!(await isLoaded())) {
      onFilling();
      await load(onStep);
    }
  } catch (error) {
    const old = open.get(before);
    if (old && before !== next) {
      database.initialize(old);
      place = before;
    }
    throw error;
  }
  localStorage.setItem(KEY, next);
  tell('swapped');
}

async function connect(next: Place): Promise<SqliteDatabase> {
  const db = new SqliteDatabase(`playground-${next}.db`, { storage: next });
  await db.connect();
  db.on('query', (entry) => {
    for (const log of logs) log(entry);
  });
  return db;
}

/** Collects the statements that run until it is stopped. */
export function collectLog(): { readonly entries: Logged[]; stop(): void } {
  const entries: Logged[] = [];
  const log = (entry: Logged): void => {
    entries.push(entry);
  };
  logs.add(log);
  return { entries, stop: () => logs.delete(log) };
}

/** The plan the engine makes for a statement, as `EXPLAIN QUERY PLAN` tells it. */
export async function explain(
  sql: string,
  params: readonly unknown[],
): Promise<{ id: number; parent: number; detail: string }[]> {
  const result = await database.executeSql(`EXPLAIN QUERY PLAN ${sql}`, params);
  return result.dicts().map(({ id, parent, detail }) => ({ id: Number(id), parent: Number(parent), detail: String(detail) }));
}

/** The database as a file, to keep. */
export const exportFile = (onProgress: (done: number, total: number | null) => void, signal: AbortSignal): Promise<Blob> =>
  database.exportFile({ onProgress, signal });

/** Replaces the database by a file; a file that is not sound is refused and changes nothing. */
export async function importFile(
  file: Blob,
  onProgress: (done: number, total: number | null) => void,
  signal: AbortSignal,
): Promise<void> {
  await database.importFile(file, { onProgress, signal });
  tell('swapped');
}
