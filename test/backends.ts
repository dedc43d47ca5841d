/** THE table of what suites run on: each is a name, a way to open a fresh database, and what its engine supports. */

import type { Capabilities } from '../src/dialect/dialect.ts';
import { SqliteDatabase, type StorageKind } from '../src/entry/sqlite.ts';
import type { Database } from '../src/index.ts';

/** A database of one test file. */
export interface Opened {
  readonly database: Database;
  /** Closes the database and deletes what it stored. */
  discard(): Promise<void>;
}

export interface Backend {
  readonly name: string;
  /** A fresh, empty database. */
  open(): Promise<Opened>;
  readonly supports: Capabilities;
}

const isPage = typeof window !== 'undefined';
let count = 0;

function sqlite(storage: StorageKind): Backend {
  const open = async (): Promise<Opened> => {
    const name = storage === 'memory' ? ':memory:' : await freshName(storage);
    const database = new SqliteDatabase(name, { storage, durability: 'relaxed' });
    await database.connect();
    const discard = async (): Promise<void> => {
      await database.close();
      if (storage !== 'memory') await SqliteDatabase.remove(name, { storage });
    };
    return { database, discard };
  };
  return { name: `sqlite ${storage}`, open, supports: new SqliteDatabase(null).dialect.can };
}

async function freshName(storage: StorageKind): Promise<string> {
  const name = `orm-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}-${count++}.db`;
  if (storage !== 'file') return name;
  const [{ tmpdir }, { join }] = await Promise.all([import('node:os'), import('node:path')]);
  return join(tmpdir(), name);
}

const all: readonly Backend[] = (isPage ? (['memory', 'indexeddb', 'opfs'] as const) : (['memory', 'file'] as const)).map(sqlite);
// `BACKENDS="sqlite memory" npx vitest run test/engines` runs on that one alone.
const wanted = isPage ? '' : (process.env['BACKENDS'] ?? '');

/** What the suites run on here. */
export const backends: readonly Backend[] = all.filter(({ name }) => wanted === '' || wanted.split(',').includes(name));
