/** IndexedDB as one would use it at first: a transaction for each page of a commit. Here to show that the kill test sees what that breaks. */
import type { Backend, Delta } from '../../../../src/storage/backend.ts';
import { Volume } from '../../../../src/storage/volume.ts';

export async function openUnprotected(name: string): Promise<Backend> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`unprotected:${name}`, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('pages');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const volume = new Volume();
  await restore(db, volume, name);
  let pending: Promise<unknown> = Promise.resolve();
  const stored = async (): Promise<void> => void (await pending);
  return {
    kind: 'indexeddb',
    keeps: 'pages',
    durability: 'strict',
    files: volume,
    commit: (deltas) => {
      pending = Promise.all([pending, ...deltas.flatMap((delta) => putPages(db, delta))]);
    },
    durable: stored,
    flush: stored,
    state: async () => ({
      backend: 'indexeddb',
      durability: 'strict',
      persisted: false,
      bytes: volume.bytes,
      quota: null,
      pending: 0,
      lastFlush: null,
    }),
    persist: async () => false,
    replace: async () => {},
    close: async () => {
      await pending;
      db.close();
    },
  };
}

function putPages(db: IDBDatabase, { pages, images, pageSize }: Delta): Promise<void>[] {
  return Array.from(
    pages,
    (page, i) =>
      new Promise<void>((resolve, reject) => {
        const transaction = db.transaction('pages', 'readwrite', { durability: 'strict' });
        transaction.objectStore('pages').put(images.slice(i * pageSize, (i + 1) * pageSize), page);
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      }),
  );
}

async function restore(db: IDBDatabase, volume: Volume, name: string): Promise<void> {
  const store = db.transaction('pages').objectStore('pages');
  const [keys, values] = await Promise.all(
    [store.getAllKeys(), store.getAll()].map(
      (request) =>
        new Promise<unknown[]>((resolve) => {
          request.onsuccess = () => resolve(request.result);
        }),
    ),
  );
  for (const [i, page] of (keys ?? []).entries()) {
    const image = values?.[i] as Uint8Array;
    volume.file(name).write(image, Number(page) * image.length);
  }
}
