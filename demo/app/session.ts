/** Which database is open: opens, fills and swaps them, and tells everyone who shows something of it. */
import type { SqliteDatabase } from 'waxwing/sqlite';
import { isEmpty, load, type OnStep } from '../data/load.ts';
import { database } from './database.ts';
import { type AnyDatabase, connect, type OnStarting, remove } from './engines.ts';
import { rememberWhere, sameWhere, type Where } from './where.ts';

/** What the database tells about where it keeps its data. */
export type StorageState = Awaited<ReturnType<SqliteDatabase['storage']['state']>>;
export type Durability = StorageState['durability'];

/** One statement that ran. */
export interface Logged {
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly duration: number;
  readonly rows: number;
  readonly changes: number;
  readonly error: Error | null;
}

/** Told what takes its time while a database is opened. */
export interface Opening {
  readonly onStarting: OnStarting;
  /** The database is empty, and is being filled. */
  onFilling(): void;
  readonly onStep: OnStep;
}

type Listener = () => void;

const open = new Map<string, AnyDatabase>();
const listeners = { swapped: new Set<Listener>(), changed: new Set<Listener>() };
const logs = new Set<(entry: Logged) => void>();
let where: Where = { system: 'sqlite', place: 'memory' };

export const currentWhere = (): Where => where;

/** `swapped`: another database, or another content; `changed`: rows or settings may be others. Returns how to stop. */
export function on(event: keyof typeof listeners, listener: Listener): () => void {
  listeners[event].add(listener);
  return () => listeners[event].delete(listener);
}

export function tell(event: keyof typeof listeners): void {
  for (const listener of listeners[event]) listener();
}

/** Points the models at this database; the data is loaded when it is empty. @throws what opening throws. */
export async function use(next: Where, opening: Opening): Promise<void> {
  const before = where;
  point(next, await opened(next, opening.onStarting));
  try {
    if (await isEmpty()) {
      opening.onFilling();
      await load(opening.onStep);
    }
  } catch (error) {
    const old = open.get(keyOf(before));
    if (old && !sameWhere(before, next)) point(before, old);
    throw error;
  }
  settle(next);
}

/** Has `fill` put something else into this database, then points the models at it; when that fails, they stay where they were. */
export async function useFilled(next: Where, onStarting: OnStarting, fill: (db: AnyDatabase) => Promise<void>): Promise<void> {
  const db = await opened(next, onStarting);
  await fill(db);
  point(next, db);
  settle(next);
}

/** Deletes the open database; whoever calls this opens one again. */
export async function forget(): Promise<void> {
  await open.get(keyOf(where))?.close();
  open.delete(keyOf(where));
  await remove(where);
}

const keyOf = ({ system, place }: Where): string => `${system} ${place}`;

async function opened(next: Where, onStarting: OnStarting): Promise<AnyDatabase> {
  const key = keyOf(next);
  const known = open.get(key);
  if (known) return known;
  const db = await connect(next, onStarting);
  db.on('query', (entry) => {
    for (const log of logs) log(entry);
  });
  open.set(key, db);
  return db;
}

function point(next: Where, db: AnyDatabase): void {
  database.initialize(db);
  where = next;
}

function settle(next: Where): void {
  rememberWhere(next);
  tell('swapped');
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
