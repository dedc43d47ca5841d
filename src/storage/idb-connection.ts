/** One IndexedDB database as a store for idb-keyval, with a durability hint, reopened once when its connection is lost. */
import type { UseStore } from 'idb-keyval';
import { DatabaseInUseError, StorageFullError, StorageUnavailableError, WaxwingError } from '../errors.ts';

/** The hint of a transaction: wait for the device, or only for the operating system. */
export type Hint = 'strict' | 'relaxed';

/** The one object store in it. */
const STORE = 'values';
const VERSION = 1;
/** Engines have left the request unanswered for ever; opening takes milliseconds, or many seconds behind a long compaction. */
const OPEN_TIMEOUT = 60_000;

export class IdbConnection {
  readonly #idbName: string;
  /** The name to speak of. */
  readonly name: string;
  #db: IDBDatabase | null = null;
  #reopening: Promise<IDBDatabase> | null = null;
  #end: WaxwingError | null = null;

  private constructor(idbName: string, name: string) {
    this.#idbName = idbName;
    this.name = name;
  }

  /** Opens the IndexedDB database `idbName`, making it when there is none; `name` is the one to speak of. */
  static async open(idbName: string, name: string): Promise<IdbConnection> {
    const connection = new IdbConnection(idbName, name);
    await connection.#open(true);
    return connection;
  }

  /** Why there will be no connection any more, once that is so. */
  get end(): WaxwingError | null {
    return this.#end;
  }

  /** The store in the form idb-keyval takes. A transaction whose end is not known for certain is run again. */
  store(durability: Hint): UseStore {
    return async (mode, callback) => {
      const attempt = (db: IDBDatabase) =>
        explaining(db.transaction(STORE, mode, { durability }), (of) => callback(of.objectStore(STORE)));
      const first = this.#db ?? (await this.#open(false));
      try {
        return await attempt(first);
      } catch (error) {
        if (!isLost(error)) throw this.#explained(error);
      }
      if (this.#db === first) this.#drop();
      try {
        return await attempt(this.#db ?? (await this.#open(false)));
      } catch (error) {
        throw this.#explained(error);
      }
    };
  }

  /** Ends after the transactions under way; later ones are refused. */
  close(): void {
    this.#end ??= new StorageUnavailableError(`The storage of "${this.name}" is closed.`, { database: this.name });
    this.#drop();
  }

  #drop(): void {
    this.#db?.close();
    this.#db = null;
  }

  #open(create: boolean): Promise<IDBDatabase> {
    if (this.#end !== null) return Promise.reject(this.#end);
    this.#reopening ??= this.#request(create).finally(() => {
      this.#reopening = null;
    });
    return this.#reopening;
  }

  async #request(create: boolean): Promise<IDBDatabase> {
    let db: IDBDatabase;
    try {
      db = await openDatabase(this.#idbName, create);
    } catch (error) {
      throw this.#explained(error);
    }
    db.onclose = () => {
      if (this.#db === db) this.#db = null;
    };
    db.onversionchange = () => {
      this.#end ??= new StorageUnavailableError(
        `The stored database "${this.name}" was deleted from outside while it was open. What was not stored yet is lost; reload to begin anew.`,
        { database: this.name },
      );
      this.#drop();
    };
    this.#db = db;
    if (this.#end === null) return db;
    this.#drop();
    throw this.#end;
  }

  #explained(error: unknown): unknown {
    return error instanceof WaxwingError ? error : (this.#end ?? storageError(error, this.name));
  }
}

/** Deletes the IndexedDB database `idbName`; `name` is the one to speak of. */
export async function deleteIdb(idbName: string, name: string): Promise<void> {
  try {
    await answered(factory().deleteDatabase(idbName));
  } catch (error) {
    throw error instanceof WaxwingError ? error : storageError(error, name);
  }
}

/** The names of all IndexedDB databases of this origin. */
export async function listIdb(): Promise<string[]> {
  const found = await factory().databases();
  return found.flatMap(({ name }) => name ?? []);
}

function factory(): IDBFactory {
  const found = globalThis.indexedDB as IDBFactory | undefined;
  if (found) return found;
  throw new StorageUnavailableError("There is no IndexedDB here. Use storage: 'memory', or 'file' on Node.");
}

async function openDatabase(idbName: string, create: boolean): Promise<IDBDatabase> {
  const request = factory().open(idbName, VERSION);
  request.onupgradeneeded = () => {
    if (create) request.result.createObjectStore(STORE);
    // A log that goes on without its beginning would be worse than none.
    else request.transaction?.abort();
  };
  try {
    return await answered(request);
  } catch (error) {
    if (create || (error as Error).name !== 'AbortError') throw error;
    throw new StorageUnavailableError('The stored database was deleted from outside while it was open.', { cause: error });
  }
}

/** The result of a request to open or delete; refused when others are in the way or the platform does not answer. */
function answered<T>(request: IDBOpenDBRequest & IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      giveUp(
        new StorageUnavailableError(
          `IndexedDB did not answer within ${OPEN_TIMEOUT / 1000} s. Close other tabs of this site, or restart the browser.`,
        ),
      );
    }, OPEN_TIMEOUT);
    const giveUp = (error: unknown) => {
      clearTimeout(timer);
      reject(error);
      // Too late is as bad as never: a connection nobody knows of would block others.
      request.onsuccess = () => (request.result as IDBDatabase | undefined)?.close();
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      resolve(request.result);
    };
    request.onerror = () => giveUp(request.error);
    request.onblocked = () =>
      giveUp(new DatabaseInUseError('Another tab holds the stored database and does not let go of it. Close it there.'));
  });
}

/** What `run` makes of the transaction; when it fails, with the transaction's own error rather than none. */
async function explaining<T>(transaction: IDBTransaction, run: (transaction: IDBTransaction) => T | PromiseLike<T>): Promise<T> {
  const aborted = new Promise<void>((resolve) => transaction.addEventListener('abort', () => resolve()));
  try {
    return await run(transaction);
  } catch (error) {
    if (error !== null) throw error;
    // idb-keyval hears of a failed request before the transaction has the reason.
    await aborted;
    throw transaction.error;
  }
}

/** Whether a new connection may help: the old one was closed, or the database's process died under it. */
function isLost(error: unknown): boolean {
  // A transaction that was aborted because its connection went away has no error of its own.
  if (error === null) return true;
  const name = (error as Error).name;
  return name === 'InvalidStateError' || name === 'AbortError' || name === 'UnknownError';
}

function storageError(error: unknown, name: string): WaxwingError {
  const details = { cause: error ?? undefined, database: name, code: (error as Error | null)?.name };
  switch (details.code) {
    case 'QuotaExceededError':
      return new StorageFullError(
        `There is no room left to store "${name}": the browser's quota for this site or the disk is full. Free some and try again.`,
        details,
      );
    case 'VersionError':
      return new StorageUnavailableError(`"${name}" was stored by a newer version of Waxwing. Update this one.`, details);
    case 'ConstraintError':
      return new DatabaseInUseError(`Somebody else writes to the stored database "${name}".`, details);
    default:
      return new StorageUnavailableError(
        `The browser refuses to store "${name}" in IndexedDB (${(error as Error | null)?.message ?? 'the connection was lost'}). Private windows and blocked site data do that; storage: 'memory' works everywhere.`,
        details,
      );
  }
}
