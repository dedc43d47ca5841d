/** IndexedDB as one would use it at first: a transaction for each page of a commit. Here to show that the kill test sees what that breaks. */
import type { Change, ClusterBackend, WholeFile } from '../../../../src/storage/cluster.ts';
import { ClusterVolume } from '../../../../src/storage/cluster-volume.ts';

/** A page of a file, by the file's name and the page's place in it; or one of these two in its place. */
type Key = [name: string, at: number];
/** The file as it was put in place as a whole, and its size now. */
const WHOLE = -2;
const SIZE = -1;

export async function openUnprotectedCluster(name: string): Promise<ClusterBackend> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`unprotected-cluster:${name}`, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('pages');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const files = new ClusterVolume();
  await restore(db, files);
  let pending: Promise<unknown> = Promise.resolve();
  const stored = async (): Promise<void> => void (await pending);
  return {
    kind: 'indexeddb',
    durability: 'strict',
    files,
    commit: (changes) => {
      pending = Promise.all([pending, ...changes.flatMap((change) => store(db, change))]);
    },
    durable: stored,
    flush: stored,
    state: async () => ({
      backend: 'indexeddb',
      durability: 'strict',
      persisted: false,
      bytes: files.bytes,
      quota: null,
      pending: 0,
      lastFlush: null,
    }),
    persist: async () => false,
    replaceAll: async (fresh) => {
      const whole: WholeFile[] = [];
      for await (const file of fresh) whole.push(file);
      files.replaceAll(whole);
      await inOne(db, (pages) => {
        pages.clear();
        for (const { name: file, bytes } of whole) pages.put(bytes, [file, WHOLE] satisfies Key);
      });
    },
    close: async () => {
      await pending;
      db.close();
    },
  };
}

function store(db: IDBDatabase, change: Change): Promise<void>[] {
  const from = (name: string, at: number): IDBKeyRange => IDBKeyRange.bound([name, at], [name, Number.POSITIVE_INFINITY]);
  if ('removed' in change) return [inOne(db, (pages) => pages.delete(from(change.file, WHOLE)))];
  const { file, pageSize, size, pages: numbers, images } = change;
  const resized = inOne(db, (pages) => {
    pages.put(size, [file, SIZE] satisfies Key);
    pages.delete(from(file, size));
    const whole = pages.get([file, WHOLE] satisfies Key);
    whole.onsuccess = () => {
      const bytes = whole.result as Uint8Array | undefined;
      if (bytes !== undefined && bytes.length > size) pages.put(bytes.slice(0, size), [file, WHOLE] satisfies Key);
    };
  });
  const written = Array.from(numbers, (page, i) => {
    const image = images.slice(i * pageSize, (i + 1) * pageSize);
    return inOne(db, (pages) => pages.put(image, [file, page * pageSize] satisfies Key));
  });
  return [resized, ...written];
}

async function restore(db: IDBDatabase, files: ClusterVolume): Promise<void> {
  const pages = db.transaction('pages').objectStore('pages');
  const [keys, values] = await Promise.all([result(pages.getAllKeys()), result(pages.getAll())]);
  const sizes = new Map<string, number>();
  for (const [i, key] of keys.entries()) {
    const [name, at] = key as Key;
    if (at === SIZE) sizes.set(name, Number(values[i]));
    else files.open(name).write(values[i] as Uint8Array, Math.max(0, at));
  }
  for (const [name, size] of sizes) files.open(name).truncate(size);
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function inOne(db: IDBDatabase, act: (pages: IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction('pages', 'readwrite', { durability: 'strict' });
    act(transaction.objectStore('pages'));
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
