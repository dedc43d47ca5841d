/** IndexedDB stopped at every write, tampered with, full and taken away: what is found afterwards is always a prefix of the commits. */
import { describe, expect, test } from 'vitest';
import type { Backend, BackendOptions } from '../../src/storage/backend.ts';
import { openIndexedDb } from '../../src/storage/indexeddb.ts';
import type { LoggedDelta, LogRecord } from '../../src/storage/log.ts';
import { openBackend, removeDatabase } from '../../src/storage/open.ts';
import { deltaOf, fails, PAGE } from './contract.ts';
import { type History, historyOf, stateOf } from './history.ts';
import { idbCrashes } from './idb-crashes.ts';
import { answer, type Part, rawName, rawOpen, tamper } from './idb-faults.ts';

const { freshName, inject, heal } = idbCrashes('crash');

function open(name: string, options: Partial<BackendOptions> = {}): Promise<Backend> {
  return openBackend('indexeddb', { name, durability: 'relaxed', ...options });
}

/** Makes the commits one after the other; the number of those acknowledged. */
async function commitAll(backend: Backend, history: History): Promise<number> {
  for (const [i, commit] of history.commits.entries()) {
    backend.commit(commit);
    try {
      await backend.durable();
    } catch {
      return i;
    }
  }
  return history.commits.length;
}

async function reopened(name: string, history: History, least: number, most: number): Promise<number> {
  const backend = await open(name);
  try {
    return stateOf(backend, history, least, most);
  } finally {
    await backend.close();
  }
}

/** Long enough for two folds at the least. */
const history = historyOf(7, 36, 1 << 16, 60);

async function writesOf(name: string): Promise<Part[]> {
  const { writes } = inject();
  const backend = await open(name);
  await commitAll(backend, history);
  await backend.close();
  heal();
  return writes;
}

describe('stopped at every write', () => {
  test.each(['die before', 'die after'] as const)(
    '%s it: the commits acknowledged are there, the others in order or not at all',
    async (fault) => {
      const writes = await writesOf(freshName());
      expect(writes.filter((store) => store === 'chunks').length).toBeGreaterThan(2);
      for (let stop = 1; stop <= writes.length; stop++) {
        const name = freshName();
        inject((_, write) => (write === stop ? fault : null));
        const backend = await open(name);
        const acknowledged = await commitAll(backend, history);
        await backend.close().catch(() => {});
        heal();
        await reopened(name, history, acknowledged, Math.min(acknowledged + 1, history.commits.length));
        await removeDatabase('indexeddb', name);
      }
    },
    120_000,
  );

  test.each(['abort', 'lie'] as const)('%s: a transaction that fails once is made again', async (fault) => {
    const name = freshName();
    // The second attempt is the next write, so never two in a row.
    inject((_, write) => (write % 3 === 0 ? fault : null));
    const backend = await open(name);
    expect(await commitAll(backend, history)).toBe(history.commits.length);
    await backend.close();
    heal();
    await reopened(name, history, history.commits.length, history.commits.length);
  });

  test('a log cut behind any record is the state after it', async () => {
    const short = historyOf(3, 12, PAGE, 20);
    for (let kept = 0; kept <= short.commits.length; kept++) {
      const name = freshName();
      const backend = await open(name);
      await commitAll(backend, short);
      await backend.close();
      await tamper(name, 'log', (log) => answer(log.delete(IDBKeyRange.bound(kept + 1, 1000))));
      expect(await reopened(name, short, 0, short.commits.length)).toBe(kept);
    }
  });

  test('a commit larger than the browser takes in one value is stored all the same', async () => {
    const name = freshName();
    const megabytes = 140;
    const images = new Uint8Array(megabytes << 20);
    for (let i = 0; i < images.length; i += 1 << 16) images[i] = i >> 16;
    const pages = Array.from({ length: megabytes * 16 }, (_, i) => i);
    const backend = await open(name);
    backend.commit([{ file: 'a.db', pageSize: 1 << 16, size: images.length, pages, images }]);
    await backend.close();
    const again = await open(name);
    const first = new Uint8Array(1);
    for (const page of pages) {
      again.files.open('a.db').read(first, page << 16);
      if (first[0] !== (page & 255)) expect.unreachable(`page ${page}`);
    }
    await again.close();
    await removeDatabase('indexeddb', name);
  }, 60_000);

  test('many commits at once are one record, and those joined are applied in order', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const name = freshName();
      const long = historyOf(seed, 200, PAGE, 30);
      const { writes } = inject();
      const backend = await open(name);
      for (const commit of long.commits) backend.commit(commit);
      await Promise.all(long.commits.map(() => backend.durable()));
      expect(writes.filter((store) => store === 'log').length).toBe(1);
      await backend.close();
      heal();
      await reopened(name, long, 200, 200);
    }
  });
});

describe('damage is named and nothing is changed', () => {
  type Damage = (store: IDBObjectStore) => Promise<unknown>;

  /** Changes the value with the lowest key. */
  function edit<T>(change: (value: T) => unknown): Damage {
    return async (store) => {
      const key = await firstKey(store);
      await answer(store.put(change(await answer(store.get(key))), key));
    };
  }

  /** Changes the first delta of the first record. */
  function editDelta(change: (delta: { images: Uint8Array; pages: Uint32Array }) => void): Damage {
    return edit((record: LogRecord) => {
      for (const delta of record.deltas.slice(0, 1) as LoggedDelta[]) change(delta);
      return record;
    });
  }

  async function firstKey(store: IDBObjectStore): Promise<IDBValidKey> {
    return (await answer(store.getAllKeys()))[0] ?? 0;
  }

  function flip(bytes: Uint8Array | Uint32Array, at: number): void {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
  }

  const flipLast = (bytes: Uint8Array): Uint8Array => {
    flip(bytes, bytes.length - 1);
    return bytes;
  };
  const halve = (delta: { images: Uint8Array }): void => {
    delta.images = delta.images.slice(0, 100);
  };

  const damages: readonly [string, Part, RegExp, Damage][] = [
    ['a record is missing', 'log', /record \d+ of its log is missing/, async (log) => answer(log.delete(await firstKey(log)))],
    ['a record is something else', 'log', /is not a record/, edit(() => ({ deltas: 5 }))],
    ['a record is half', 'log', /bytes where/, editDelta(halve)],
    ['a byte of a record flipped', 'log', /checksum/, editDelta(({ images }) => flip(images, 777))],
    ['a page number changed', 'log', /checksum/, editDelta(({ pages }) => flip(pages, 0))],
    ['the base is something else', 'log', /list of its chunks/, (log) => answer(log.put('?', 'base'))],
    ['the base is missing', 'log', /record 1 of its log is missing/, (log) => answer(log.delete('base'))],
    [
      'a chunk is missing',
      'chunks',
      /chunk \d+ of "a.db" is missing/,
      async (chunks) => answer(chunks.delete(await firstKey(chunks))),
    ],
    ['a chunk is short', 'chunks', /of \d+ bytes/, edit((bytes: Uint8Array) => bytes.slice(1))],
    ['a byte of a chunk flipped', 'chunks', /chunk \d+ of "a.db" fails its checksum/, edit(flipLast)],
  ];

  test.each(damages)('%s', async (_, store, message, damage) => {
    const name = freshName();
    const backend = await open(name);
    await commitAll(backend, history);
    await backend.close();
    await tamper(name, store, damage);
    for (let i = 0; i < 2; i++) {
      const error = await fails(() => open(name), 'CorruptDatabaseError');
      expect(error.message).toMatch(message);
      expect(error.message).toContain(name);
    }
  });
});

describe('storage that fails', () => {
  const small = historyOf(5, 6, PAGE, 10);
  const [one = [], two = [], three = []] = small.commits;

  test.each(['strict', 'relaxed', 'deferred'] as const)(
    'full: the error comes until there is room, and nothing is lost (%s)',
    async (durability) => {
      const name = freshName();
      let isFull = false;
      inject(() => (isFull ? 'quota' : null));
      const backend = await open(name, { durability });
      backend.commit(one);
      await backend.flush();
      isFull = true;
      backend.commit(two);
      expect((await fails(() => backend.flush(), 'StorageFullError')).message).toContain(name);
      backend.commit(three);
      await fails(() => backend.durable(), 'StorageFullError');
      expect((await backend.state()).pending).toBe(2);
      isFull = false;
      await backend.durable();
      expect((await backend.state()).pending).toBe(0);
      await backend.close();
      await reopened(name, small, 3, 3);
    },
  );

  test('a deferred commit counts at once, and is stored without being asked for', async () => {
    const name = freshName();
    const { writes } = inject();
    const backend = await open(name, { durability: 'deferred' });
    backend.commit(one);
    await backend.durable();
    expect([writes.length, (await backend.state()).pending]).toEqual([0, 1]);
    await expect.poll(async () => (await backend.state()).pending).toBe(0);
    backend.commit(two);
    backend.durability = 'strict';
    await backend.durable();
    expect(writes.length).toBe(2);
    // As if the page were gone: nothing is closed.
    heal();
    const raw = await rawOpen(name, 'log');
    expect(await answer(raw.transaction('values').objectStore('values').count())).toBe(2);
    raw.close();
    await backend.close();
    await reopened(name, small, 2, 2);
  });

  test('full while folding: commits go on, and the fold is made later', async () => {
    const name = freshName();
    let isFull = true;
    const { writes } = inject((store) => (isFull && store === 'chunks' ? 'quota' : null));
    const backend = await open(name);
    expect(await commitAll(backend, history)).toBe(history.commits.length);
    expect(writes.filter((store) => store === 'chunks').length).toBeGreaterThan(0);
    await backend.close();
    isFull = false;
    await reopened(name, history, history.commits.length, history.commits.length);
  });

  test('closing tells that what is pending could not be stored, and still lets go', async () => {
    const name = freshName();
    inject((_, write) => (write > 1 ? 'quota' : null));
    const backend = await open(name);
    backend.commit(one);
    await backend.durable();
    backend.commit(two);
    await fails(() => backend.close(), 'StorageFullError');
    heal();
    expect(await reopened(name, small, 0, 2)).toBe(1);
  });

  test('a lost connection is opened again', async () => {
    const name = freshName();
    const { connections } = inject();
    const backend = await open(name);
    for (const commit of small.commits) {
      for (const connection of connections) connection.close();
      backend.commit(commit);
      await backend.durable();
    }
    await backend.close();
    await reopened(name, small, 6, 6);
  });

  test.each(['log', 'chunks'] as const)('%s deleted from outside: an error, and no log without its beginning', async (part) => {
    const name = freshName();
    const backend = await open(name);
    backend.commit(one);
    await backend.durable();
    await answer(indexedDB.deleteDatabase(rawName(name, part)));
    backend.commit(two);
    expect((await fails(() => backend.durable(), 'StorageUnavailableError')).message).toContain('deleted');
    await fails(() => backend.close(), 'StorageUnavailableError');
    expect(await reopened(name, small, 0, 6)).toBe(part === 'log' ? 0 : 1);
  });

  test('deleted while the connection was lost: likewise', async () => {
    const name = freshName();
    const { connections } = inject();
    const backend = await open(name);
    backend.commit(one);
    await backend.durable();
    for (const connection of connections) connection.close();
    await answer(indexedDB.deleteDatabase(rawName(name, 'log')));
    backend.commit(two);
    expect((await fails(() => backend.durable(), 'StorageUnavailableError')).message).toContain('deleted');
    await backend.close().catch(() => {});
    expect(await reopened(name, small, 0, 6)).toBe(0);
  });

  test('a second writer where there are no locks is refused before it does harm', async () => {
    const name = freshName();
    const options = { name, durability: 'strict' as const };
    const [first, second] = [await openIndexedDb(options), await openIndexedDb(options)];
    first.commit(one);
    await first.durable();
    second.commit(two);
    await fails(() => second.durable(), 'DatabaseInUseError');
    await second.close().catch(() => {});
    await first.close();
    expect(await reopened(name, small, 0, 6)).toBe(1);
  });

  test('stored by a newer version', async () => {
    const name = freshName();
    (await rawOpen(name, 'log', 99)).close();
    expect((await fails(() => open(name), 'StorageUnavailableError')).message).toContain('newer');
  });

  test('somebody holds on to a database that is to be removed', async () => {
    const name = freshName();
    await (await open(name)).close();
    const holder = await rawOpen(name, 'chunks');
    await fails(() => removeDatabase('indexeddb', name), 'DatabaseInUseError');
    holder.close();
  });

  test('there is no IndexedDB', async () => {
    const real = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB');
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined, configurable: true });
    try {
      expect((await fails(() => open(freshName()), 'StorageUnavailableError')).message).toContain("storage: 'memory'");
    } finally {
      Object.defineProperty(globalThis, 'indexedDB', real ?? {});
    }
  });

  test('IndexedDB refuses', async () => {
    const name = freshName();
    inject(() => 'die before');
    const backend = await open(name).catch((error: Error) => error);
    if (!(backend instanceof Error)) {
      backend.commit(one);
      await fails(() => backend.durable(), 'StorageUnavailableError');
      await backend.close().catch(() => {});
    }
    await fails(() => open(name), 'StorageUnavailableError');
  });

  test('OPFS outside a worker', async () => {
    expect(
      (await fails(() => openBackend('opfs', { name: freshName(), durability: 'strict' }), 'StorageUnavailableError')).message,
    ).toContain('dedicated worker');
  });
});

describe('the fold', () => {
  test('does not hold up commits', async () => {
    const name = freshName();
    const backend = await open(name);
    const blocker = await rawOpen(name, 'chunks');
    const held = blocker.transaction('values', 'readwrite');
    let holding = true;
    const hold = (): void => {
      if (holding) held.objectStore('values').count().onsuccess = hold;
    };
    hold();
    // The fold cannot store its first chunk all the while.
    expect(await commitAll(backend, history)).toBe(history.commits.length);
    holding = false;
    blocker.close();
    await backend.close();
    await reopened(name, history, history.commits.length, history.commits.length);
  });

  test('keeps the log short, and leaves no chunk that nobody needs', async () => {
    const name = freshName();
    const backend = await open(name);
    const long = historyOf(11, 150, 1 << 16, 40);
    await commitAll(backend, long);
    await backend.close();
    await reopened(name, long, 150, 150);
    const counts = await Promise.all(
      (['log', 'chunks'] as const).map(async (part) => {
        const raw = await rawOpen(name, part);
        const found = await answer(raw.transaction('values').objectStore('values').count());
        raw.close();
        return found;
      }),
    );
    expect(counts[0]).toBeLessThan(100);
    expect(counts[1]).toBeLessThanOrEqual(6);
  });

  test('tells how far opening is', async () => {
    const name = freshName();
    const backend = await open(name);
    backend.commit([deltaOf('a.db', Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [i, i])), 1500)]);
    await backend.close();
    await (await open(name)).close();
    const told: [number, number | null][] = [];
    await (await open(name, { onProgress: (done, total) => told.push([done, total]) })).close();
    const [done, total] = told.at(-1) ?? [0, 1];
    expect(done).toBe(total);
    expect(done).toBeGreaterThanOrEqual(1500 * PAGE);
  });
});
