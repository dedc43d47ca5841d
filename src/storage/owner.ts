/** Makes a thread the only owner of what is stored under a name. */
import { DatabaseInUseError, ImproperlyConfigured, StorageUnavailableError } from '../errors.ts';
import { holdLock } from '../util/web-lock.ts';
import type { StorageKind } from './backend.ts';

/**
 * Takes the owner's lock of `name` among the databases that `group` names, and returns what releases it.
 * Databases in memory share nothing, and a file has a lock file beside it.
 */
export async function own(group: string, kind: StorageKind, name: string): Promise<() => void> {
  if (typeof name !== 'string' || name === '')
    throw new ImproperlyConfigured('A stored database needs a name that is not empty.');
  if (kind === 'memory' || kind === 'file') return () => {};
  const release = await holdLock(`${group}:${kind}:${name}`).catch((cause: unknown) => {
    throw new StorageUnavailableError(`The browser grants no storage here (${String(cause)}).`, { database: name, cause });
  });
  if (release !== null) return release;
  throw new DatabaseInUseError(
    `The database "${name}" is open in another tab or worker. Close it there, or open it under another name here.`,
    { database: name },
  );
}

/** The backend, releasing the lock when it closes. */
export function releasing<B extends { close(): Promise<void> }>(backend: B, release: () => void): B {
  const close = backend.close.bind(backend);
  backend.close = () => close().finally(release);
  return backend;
}
