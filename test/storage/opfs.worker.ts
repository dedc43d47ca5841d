/** The files of OPFS stopped at every step, full, and open twice; run in a worker, where alone they exist. */
import type { Backend } from '../../src/storage/backend.ts';
import { openBackend, removeDatabase } from '../../src/storage/open.ts';
import { openOpfs } from '../../src/storage/opfs.ts';
import { contents, equal, fails, PAGE, pageOf, pieces } from './contract.ts';

type Fault = 'none' | 'die' | 'quota';

/** Everything that changes files, asked before each of its calls what is to become of it. */
const STEPS: readonly (readonly [{ prototype: object }, string])[] = [
  [globalThis.FileSystemDirectoryHandle, 'getFileHandle'],
  [globalThis.FileSystemDirectoryHandle, 'removeEntry'],
  [globalThis.FileSystemFileHandle, 'createSyncAccessHandle'],
  [(globalThis as unknown as { FileSystemSyncAccessHandle: { prototype: object } }).FileSystemSyncAccessHandle, 'write'],
  [(globalThis as unknown as { FileSystemSyncAccessHandle: { prototype: object } }).FileSystemSyncAccessHandle, 'flush'],
  [(globalThis as unknown as { FileSystemSyncAccessHandle: { prototype: object } }).FileSystemSyncAccessHandle, 'truncate'],
];

/** Runs `action` with faults; the number of steps it made. */
async function withFaults(decide: (step: number, name: string) => Fault, action: () => Promise<void>): Promise<number> {
  let steps = 0;
  let dead = false;
  const undo = STEPS.map(([{ prototype }, name]) => {
    const methods = prototype as Record<string, (...args: unknown[]) => unknown>;
    const real = methods[name] as (...args: unknown[]) => unknown;
    methods[name] = function (this: unknown, ...args: unknown[]): unknown {
      const fault = dead ? 'die' : decide(++steps, name);
      if (fault === 'die') dead = true;
      if (fault !== 'none')
        throw new DOMException('a test says so', fault === 'die' ? 'InvalidStateError' : 'QuotaExceededError');
      return real.apply(this, args);
    };
    return () => {
      methods[name] = real;
    };
  });
  try {
    await action();
  } finally {
    for (const restore of undo) restore();
  }
  return steps;
}

const OLD = pageOf(1, 300 * PAGE);
const NEW = pageOf(2, 400 * PAGE);

async function prepared(name: string): Promise<void> {
  const backend = await open(name);
  backend.files.open('x.db').write(OLD, 0);
  await backend.close();
}

function open(name: string): Promise<Backend> {
  return openBackend('opfs', { name, durability: 'strict' });
}

async function filesOf(name: string): Promise<string[]> {
  let directory = await (await navigator.storage.getDirectory()).getDirectoryHandle('waxwing');
  for (const piece of [...name].length === 0 ? [] : [`${name}.db`]) directory = await directory.getDirectoryHandle(piece);
  const found: string[] = [];
  for await (const file of directory.keys()) found.push(file);
  return found.sort();
}

const tests: Readonly<Record<string, (name: string) => Promise<void>>> = {
  async 'a replacement stopped at any step leaves the old file or the new one, whole, and nothing else'(name) {
    await prepared(name);
    let backend = await open(name);
    const steps = await withFaults(
      () => 'none',
      () => backend.replace('x.db', pieces(NEW, 99_999), NEW.length),
    );
    await backend.close();
    equal(steps > 10, true, `steps (${steps})`);
    const found = { old: 0, new: 0 };
    for (let stop = 1; stop <= steps; stop++) {
      const it = `${name}-${stop}`;
      await prepared(it);
      backend = await open(it);
      const replaced = await withFaults(
        (step) => (step === stop ? 'die' : 'none'),
        async () => {
          await backend.replace('x.db', pieces(NEW, 99_999), NEW.length).catch(() => {});
        },
      );
      equal(replaced >= stop, true, 'stopped');
      await backend.close().catch(() => {});
      backend = await open(it);
      const bytes = contents(backend.files.open('x.db'));
      const isNew = bytes.length === NEW.length;
      equal(bytes, isNew ? NEW : OLD, `after stop ${stop} of ${steps}`);
      found[isNew ? 'new' : 'old']++;
      const generation = isNew ? 1 : 0;
      equal((await filesOf(it)).filter((file) => !file.startsWith(`${generation}.`)).join(), '', 'leftovers');
      await backend.close();
      await removeDatabase('opfs', it);
    }
    equal(found.old > 5 && found.new > 0, true, JSON.stringify(found));
  },

  async 'a full disk is told, and what was there stays'(name) {
    await prepared(name);
    const backend = await open(name);
    await withFaults(
      (_, step) => (step === 'write' ? 'quota' : 'none'),
      async () => {
        await fails(() => backend.files.open('x.db').write(pageOf(3), 0), 'StorageFullError');
        await fails(() => backend.replace('x.db', pieces(NEW, PAGE), NEW.length), 'StorageFullError');
      },
    );
    await withFaults(
      (_, step) => (step === 'flush' ? 'quota' : 'none'),
      async () => {
        backend.files.open('x.db-wal').write(pageOf(3), 0);
        await fails(() => backend.durable(), 'StorageFullError');
      },
    );
    await backend.durable();
    equal(contents(backend.files.open('x.db')), OLD, 'old');
    await backend.close();
  },

  async 'files that are open already are refused even without locks'(name) {
    const backend = await openOpfs({ name, durability: 'strict' });
    await fails(() => openOpfs({ name, durability: 'strict' }), 'DatabaseInUseError');
    await backend.close();
  },

  async 'commits that wait share one flush, and relaxed ones need none'(name) {
    const backend = await open(name);
    let flushes = 0;
    await withFaults(
      (_, step) => {
        if (step === 'flush') flushes++;
        return 'none';
      },
      async () => {
        const wal = backend.files.open('x.db-wal');
        await Promise.all(
          Array.from({ length: 50 }, (_, i) => {
            wal.write(pageOf(i), i * PAGE);
            return backend.durable();
          }),
        );
        equal(flushes, 1, 'flushes of 50 commits');
        await backend.durable();
        equal(flushes, 1, 'flushes when nothing was written');
        backend.durability = 'relaxed';
        wal.write(pageOf(5), 0);
        await backend.durable();
        equal(flushes, 1, 'flushes of a relaxed commit');
        await backend.flush();
        equal(flushes, 2, 'flushes when asked to');
      },
    );
    await backend.close();
  },

  async 'a second database file is refused'(name) {
    const backend = await open(name);
    backend.files.open('x.db');
    await fails(() => backend.files.open('y.db'), 'NotSupportedError');
    await backend.close();
  },
};

export const names: readonly string[] = Object.keys(tests);

self.onmessage = async ({ data }: MessageEvent<{ test: string; name: string }>): Promise<void> => {
  try {
    await tests[data.test]?.(data.name);
    self.postMessage(null);
  } catch (error) {
    self.postMessage((error as Error).stack ?? String(error));
  }
};
self.postMessage(names);
