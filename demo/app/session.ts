/** Which database is open: opens, fills and swaps them, and tells everyone who shows something of it. */
import type { PostgresqlDatabase } from 'waxwing/postgresql';
import { SqliteDatabase } from 'waxwing/sqlite';
import { isLoaded, load, type OnStep } from '../data/load.ts';
import { database } from './database.ts';
import { startKeeping } from './offline.ts';
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
  /** An engine is being started that is not there yet: bytes or steps done, and in all where that is known. */
  onStarting(done: number, total: number | null, step?: string): void;
  /** The database is empty, and is being filled. */
  onFilling(): void;
  onStep: OnStep;
}

type Listener = () => void;

const open = new Map<string, SqliteDatabase | PostgresqlDatabase>();
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
  const key = keyOf(next);
  const db = open.get(key) ?? (await connect(next, opening));
  open.set(key, db);
  database.initialize(db);
  where = next;
  try {
    if (!(await isLoaded())) {
      opening.onFilling();
      await load(opening.onStep);
    }
  } catch (error) {
    const old = open.get(keyOf(before));
    if (old && !sameWhere(before, next)) {
      database.initialize(old);
      where = before;
    }
    throw error;
  }
  rememberWhere(next);
  tell('swapped');
}

const keyOf = ({ system, place }: Where): string => `${system} ${place}`;

async function connect(next: Where, opening: Opening): Promise<SqliteDatabase | PostgresqlDatabase> {
  const db = next.system === 'sqlite' ? sqlite(next) : await postgresql(next, opening);
  await db.connect();
  db.on('query', (entry) => {
    for (const log of logs) log(entry);
  });
  return db;
}

function sqlite({ place }: Where): SqliteDatabase {
  return new SqliteDatabase(`playground-${place}.db`, { storage: place });
}

/** Nothing of Postgres is loaded before it is chosen. */
async function postgresql({ place }: Where, { onStarting }: Opening): Promise<PostgresqlDatabase> {
  onStarting(0, null);
  await startKeeping();
  const { download } = await import('./engine-files.ts');
  await download((done, total) => onStarting(done, total, 'download'));
  const { PostgresqlDatabase } = await import('waxwing/postgresql');
  return new PostgresqlDatabase(`playground-${place}`, { storage: place, onProgress: onStarting });
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
