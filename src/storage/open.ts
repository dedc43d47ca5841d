/** Opens the storage of a database and makes this thread its only owner. */
import { ImproperlyConfigured } from '../errors.ts';
import type { Backend, BackendOptions, StorageKind } from './backend.ts';
import { listIndexedDb, openIndexedDb, removeIndexedDb } from './indexeddb.ts';
import { openMemory } from './memory.ts';
import { own, releasing } from './owner.ts';

/**
 * The storage `kind` of the database `options.name`, owned by this thread until `close()`.
 * @throws DatabaseInUseError when another tab, worker or process has it open.
 * @throws StorageUnavailableError when the platform has no such storage or refuses it.
 * @throws CorruptDatabaseError when what is stored is damaged.
 */
export async function openBackend(kind: StorageKind, options: BackendOptions): Promise<Backend> {
  const release = await own('waxwing', kind, options.name);
  try {
    return releasing(await load(kind, options), release);
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Deletes the stored database `name` with all its files; nothing happens when there is none.
 * @throws DatabaseInUseError when it is open somewhere.
 */
export async function removeDatabase(kind: StorageKind, name: string): Promise<void> {
  const release = await own('waxwing', kind, name);
  try {
    if (kind === 'indexeddb') await removeIndexedDb(name);
    else if (kind === 'opfs') await (await import('./opfs.ts')).removeOpfs(name);
    else if (kind === 'file') await (await import('./node-file.ts')).removeFile(name);
  } finally {
    release();
  }
}

/** The names of the databases stored as `kind`. Memory has none, and files are where their paths say. */
export async function listDatabases(kind: StorageKind): Promise<string[]> {
  if (kind === 'indexeddb') return listIndexedDb();
  if (kind === 'opfs') return (await import('./opfs.ts')).listOpfs();
  return [];
}

async function load(kind: StorageKind, options: BackendOptions): Promise<Backend> {
  switch (kind) {
    case 'memory':
      return openMemory(options);
    case 'indexeddb':
      return openIndexedDb(options);
    case 'opfs':
      return (await import('./opfs.ts')).openOpfs(options);
    case 'file':
      return (await import('./node-file.ts')).openFile(options);
    default:
      throw new ImproperlyConfigured(`There is no storage "${String(kind)}": it is 'indexeddb', 'opfs', 'memory' or 'file'.`);
  }
}
