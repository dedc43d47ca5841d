/** What the platform's own storage costs: the references of the durable rows. */

const STORE = 'blocks';

export async function openStore(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

/** One value in one transaction, resolved when it is stored. */
export function put(store: IDBDatabase, key: IDBValidKey, value: unknown, durability: IDBTransactionDurability): Promise<void> {
  const transaction = store.transaction(STORE, 'readwrite', { durability });
  transaction.objectStore(STORE).put(value, key);
  // At its best: without it the browser reports the value before it begins to store it.
  transaction.commit();
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

export function getAll(store: IDBDatabase): Promise<unknown[]> {
  return done(store.transaction(STORE, 'readonly').objectStore(STORE).getAll());
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Bytes that do not compress. */
export function noise(bytes: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65536) crypto.getRandomValues(block.subarray(at, Math.min(at + 65536, bytes)));
  return block;
}
