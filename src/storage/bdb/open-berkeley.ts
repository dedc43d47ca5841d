/** Opens the storage of a Berkeley DB database and makes this thread its only owner. */
import { ImproperlyConfigured } from '../../errors.ts';
import type { Backend, StorageKind } from '../backend.ts';
import { listIndexedDb, openIndexedDb, removeIndexedDb } from '../indexeddb.ts';
import { openMemory } from '../memory.ts';
import { own, releasing } from '../owner.ts';
import type { BerkeleyBackend, BerkeleyOptions } from './berkeley-backend.ts';
import { openTranslating } from './translate.ts';

/** They are others than SQLite's of the same names. */
const GROUP = 'waxwing-berkeley';

/**
 * The Berkeley DB file `options.name` in the storage `kind`, owned by this thread until `close()`; a new one where there is none.
 * @throws DatabaseInUseError when another tab, worker or process has it open.
 * @throws StorageUnavailableError when the platform has no such storage or refuses it.
 * @throws CorruptDatabaseError when what is stored is damaged, or is no file of Berkeley DB SQL.
 * @throws NotSupportedError for a file that is sound and of a kind that cannot be read here; it says which and what to do.
 */
export async function openBerkeley(kind: StorageKind, options: BerkeleyOptions): Promise<BerkeleyBackend> {
  const release = await own(GROUP, kind, options.name);
  try {
    const isForeign = kind === 'file' && (await import('./file/node-environment.ts')).hasEnvironment(options.name);
    return releasing(await openTranslating(await load(kind, options), { ...options, isForeign }), release);
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Deletes the stored database `name`; nothing happens when there is none.
 * @throws DatabaseInUseError when it is open somewhere.
 */
export async function removeBerkeley(kind: StorageKind, name: string): Promise<void> {
  const release = await own(GROUP, kind, name);
  try {
    if (kind === 'indexeddb') await removeIndexedDb(name, GROUP);
    else if (kind === 'opfs') await (await import('./file/opfs-journaled.ts')).removeJournaledOpfs(name);
    else if (kind === 'file') await (await import('./file/node-journaled.ts')).removeJournaledFile(name);
  } finally {
    release();
  }
}

/** The names of the databases stored as `kind`. Memory has none, and files are where their paths say. */
export async function listBerkeley(kind: StorageKind): Promise<string[]> {
  if (kind === 'indexeddb') return listIndexedDb(GROUP);
  if (kind === 'opfs') return (await import('./file/opfs-journaled.ts')).listJournaledOpfs();
  return [];
}

async function load(kind: StorageKind, options: BerkeleyOptions): Promise<Backend> {
  switch (kind) {
    case 'memory':
      return openMemory(options);
    case 'indexeddb':
      return openIndexedDb(options, GROUP);
    case 'opfs':
      return (await import('./file/opfs-journaled.ts')).openJournaledOpfs(options);
    case 'file':
      return (await import('./file/node-journaled.ts')).openJournaledFile(options);
    default:
      throw new ImproperlyConfigured(`There is no storage "${String(kind)}": it is 'indexeddb', 'opfs', 'memory' or 'file'.`);
  }
}
