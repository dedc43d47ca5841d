/** Opens the storage of a Berkeley DB database and makes this thread its only owner. */
import { NotSupportedError } from '../../errors.ts';
import type { StorageKind } from '../backend.ts';
import type { BerkeleyBackend, BerkeleyOptions } from './berkeley-backend.ts';

/**
 * The Berkeley DB file `options.name` in the storage `kind`, owned by this thread until `close()`; a new one where there is none.
 * @throws DatabaseInUseError when another tab, worker or process has it open.
 * @throws StorageUnavailableError when the platform has no such storage or refuses it.
 * @throws CorruptDatabaseError when what is stored is damaged, or is no file of Berkeley DB SQL.
 * @throws NotSupportedError for a file that is sound and of a kind that cannot be read here; it says which and what to do.
 */
export async function openBerkeley(kind: StorageKind, options: BerkeleyOptions): Promise<BerkeleyBackend> {
  throw new NotSupportedError(`"${options.name}" cannot be opened as a Berkeley DB file in '${kind}' yet.`);
}

/**
 * Deletes the stored database `name`; nothing happens when there is none.
 * @throws DatabaseInUseError when it is open somewhere.
 */
export async function removeBerkeley(kind: StorageKind, name: string): Promise<void> {
  throw new NotSupportedError(`"${name}" cannot be removed from '${kind}' yet.`);
}

/** The names of the databases stored as `kind`. Memory has none, and files are where their paths say. */
export async function listBerkeley(kind: StorageKind): Promise<string[]> {
  throw new NotSupportedError(`The databases in '${kind}' cannot be listed yet.`);
}
