/** The paged store of clusters stopped at every write, torn, without power, full and damaged. */
import { describe, expect, test } from 'vitest';
import type { Durability } from '../../src/storage/backend.ts';
import type { ClusterBackend } from '../../src/storage/cluster.ts';
import { openPaged, type PagedOptions } from '../../src/storage/paged/paged-cluster.ts';
import { type ClusterHistory, everythingOf, historyOf, play, same, stateOf, wholeFiles } from './cluster-history.ts';
import { fails } from './contract.ts';
import { PagedDisk } from './paged-disk.ts';
import { tearOf } from './tear.ts';

/** Long enough for two folds. */
const history = historyOf(5, 36, 700_000, 200_000);
const short = historyOf(9, 12, 60_000);

function open(disk: PagedDisk, options: Partial<PagedOptions> = {}): Promise<ClusterBackend> {
  return openPaged('file', disk.open(), { name: 'crash', durability: 'strict', ...options });
}

/** Makes the commits, waiting for some; the number of those acknowledged. */
async function playAll(backend: ClusterBackend, { steps }: ClusterHistory, together = 1): Promise<number> {
  let acknowledged = 0;
  for (const [i, step] of steps.entries()) {
    play(backend, step);
    if ((i + 1) % together > 0) continue;
    const isStored = await backend.durable().then(
      () => true,
      () => false,
    );
    if (!isStored) break;
    acknowledged = i + 1;
    // A fold has its turn.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return acknowledged;
}

async function reopened(disk: PagedDisk, of: ClusterHistory, least: number, most: number): Promise<number> {
  disk.decide = () => null;
  const backend = await open(disk);
  try {
    const found = stateOf(backend, of, least, most);
    // What is left goes on working.
    play(backend, of.steps[0]!);
    await backend.durable();
    return found;
  } finally {
    await backend.close();
  }
}

function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('stopped at every operation', () => {
  test.each([
    ['the process is gone', 1, 'strict', false],
    ['the power is gone', 3, 'strict', true],
  ] as const)(
    '%s: the commits acknowledged are there, the others in order or not at all',
    async (_, together, durability, power) => {
      const whole = new PagedDisk();
      const backend = await open(whole, { durability });
      await playAll(backend, history, together);
      await backend.close();
      expect(whole.operations).toContain('flush base-1');
      for (let stop = 1; stop <= whole.operations.length; stop++) {
        const disk = new PagedDisk();
        disk.decide = (count, _operation, _file, bytes) => (count === stop ? { stop: tearOf(stop, bytes) } : null);
        const acknowledged = await doomed(disk, durability, together);
        if (power) disk.losePower(randomOf(stop));
        await reopened(disk, history, acknowledged, history.steps.length);
      }
    },
    120_000,
  );

  test('relaxed, the power is gone: some commits, in order', async () => {
    for (let stop = 3; stop < 60; stop += 2) {
      const disk = new PagedDisk();
      disk.decide = (count, _operation, _file, bytes) => (count === stop ? { stop: tearOf(stop, bytes) } : null);
      await doomed(disk, 'relaxed', 1);
      disk.losePower(randomOf(stop));
      await reopened(disk, history, 0, history.steps.length);
    }
  }, 60_000);

  async function doomed(disk: PagedDisk, durability: Durability, together: number): Promise<number> {
    let acknowledged = 0;
    try {
      const backend = await open(disk, { durability });
      acknowledged = await playAll(backend, history, together);
      await backend.close();
    } catch {
      // It was stopped.
    }
    return acknowledged;
  }

  test('while whole files are put in place: the old ones or the new ones', async () => {
    const fresh = historyOf(21, 40, 100_000).states.at(-1)!;
    const prepared = async (): Promise<PagedDisk> => {
      const disk = new PagedDisk();
      const backend = await open(disk);
      await playAll(backend, short);
      await backend.close();
      disk.operations.length = 0;
      return disk;
    };
    const whole = await prepared();
    const backend = await open(whole);
    await backend.replaceAll(wholeFiles(fresh), null);
    same(everythingOf(backend), fresh, 'at once');
    await backend.close();
    const found = new Set<string>();
    for (let stop = 1; stop <= whole.operations.length; stop++) {
      const disk = await prepared();
      disk.decide = (count, _operation, _file, bytes) => (count === stop ? { stop: tearOf(stop, bytes) } : null);
      await open(disk)
        .then((opened) => opened.replaceAll(wholeFiles(fresh), null).finally(() => opened.close()))
        .catch(() => {});
      disk.losePower(randomOf(stop));
      disk.decide = () => null;
      const again = await open(disk);
      const actual = everythingOf(again);
      const isOld = actual.size === short.states.at(-1)!.size && actual.has('x') === short.states.at(-1)!.has('x');
      try {
        same(actual, fresh, `stop ${stop}`);
        found.add('new');
      } catch (error) {
        if (!isOld) throw error;
        same(actual, short.states.at(-1)!, `stop ${stop}`);
        found.add('old');
      }
      await again.close();
    }
    expect([...found].sort()).toEqual(['new', 'old']);
  });
});

describe('a disk that is full', () => {
  test('at one operation or another: the error is told, and nothing is lost', async () => {
    const whole = new PagedDisk();
    const backend = await open(whole);
    await playAll(backend, history);
    await backend.close();
    for (let stop = 1; stop <= whole.operations.length; stop += 2) {
      const disk = new PagedDisk();
      disk.decide = (count, _operation, _file, bytes) => (count === stop ? { full: tearOf(stop, bytes) } : null);
      const opened = await open(disk).catch(() => open(disk));
      for (const step of history.steps) {
        play(opened, step);
        await opened.durable().catch(() => opened.durable());
        await new Promise((resolve) => setTimeout(resolve));
      }
      same(everythingOf(opened), history.states.at(-1)!, `full at ${stop}`);
      await opened.close().catch(() => {});
      await reopened(disk, history, history.steps.length, history.steps.length);
    }
  }, 120_000);

  test('for a while: commits wait, and are stored when there is room', async () => {
    const disk = new PagedDisk();
    const backend = await open(disk);
    const [one, two, three] = short.steps;
    play(backend, one!);
    await backend.durable();
    disk.decide = (_count, operation) => (operation === 'write' ? { full: 3 } : null);
    play(backend, two!);
    await fails(() => backend.durable(), 'StorageFullError');
    play(backend, three!);
    await fails(() => backend.durable(), 'StorageFullError');
    await fails(() => backend.replaceAll(wholeFiles(history.states[9]!), null), 'StorageFullError');
    expect((await backend.state()).pending).toBe(2);
    same(everythingOf(backend), short.states[3]!, 'what is in the files');
    disk.decide = () => null;
    await backend.durable();
    expect((await backend.state()).pending).toBe(0);
    await backend.close();
    expect(await reopened(disk, short, 0, 12)).toBe(3);
  });

  test('while folding: commits go on, and the fold is made later', async () => {
    const disk = new PagedDisk();
    disk.decide = (_count, operation, file) => (operation === 'write' && file === 'chunks' ? { full: 1000 } : null);
    const backend = await open(disk);
    expect(await playAll(backend, history)).toBe(history.steps.length);
    disk.decide = () => null;
    for (let round = 0; disk.sizes.chunks === 1000 || round < 3; round++) {
      for (const step of history.steps) play(backend, step);
      await backend.durable();
      await new Promise((resolve) => setTimeout(resolve));
    }
    await backend.close();
  }, 60_000);
});

describe('damage', () => {
  async function stored(): Promise<PagedDisk> {
    const disk = new PagedDisk();
    const backend = await open(disk);
    await playAll(backend, history);
    await backend.close();
    return disk;
  }

  const flip = (bytes: Uint8Array, at: number): void => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
  };

  test.each([
    ['a head of a record', 4, /record \d+ of its log is missing or damaged/],
    ['a byte of a record', 3000, /record \d+ of its log is missing or damaged/],
  ] as const)('%s before others is named, and nothing is changed', async (_, at, message) => {
    const disk = await stored();
    const log = disk.files.find(({ name, bytes }) => name.startsWith('log') && bytes.length > 0)!;
    flip(log.bytes, at);
    const before = disk.files.map(({ bytes }) => bytes.slice());
    for (let i = 0; i < 2; i++) {
      const error = await fails(() => open(disk), 'CorruptDatabaseError');
      expect(error.message).toMatch(message);
      expect(error.message).toContain('"crash"');
    }
    for (const [i, { bytes }] of disk.files.entries()) expect(Buffer.compare(bytes, before[i]!)).toBe(0);
  });

  test('the last record, half: it was never acknowledged', async () => {
    const disk = new PagedDisk();
    const backend = await open(disk);
    await playAll(backend, short);
    await backend.close();
    const log = disk.files.find(({ name, bytes }) => name.startsWith('log') && bytes.length > 0)!;
    flip(log.bytes, log.bytes.length - 1);
    expect(await reopened(disk, short, 0, 12)).toBe(11);
  });

  test('the base', async () => {
    const disk = await stored();
    for (const { name, bytes } of disk.files) if (name.startsWith('base') && bytes.length > 0) flip(bytes, 40);
    expect((await fails(() => open(disk), 'CorruptDatabaseError')).message).toContain('list of its files');
  });

  test('a chunk, when it is read', async () => {
    const disk = await stored();
    const chunks = disk.files.find(({ name }) => name === 'chunks')!;
    for (let at = 8192; at < chunks.bytes.length; at += 4096) flip(chunks.bytes, at);
    await fails(async () => everythingOf(await open(disk)), 'CorruptDatabaseError');
  });

  test('the file of chunks, cut', async () => {
    const disk = await stored();
    disk.files.find(({ name }) => name === 'chunks')!.truncate(9000);
    expect((await fails(() => open(disk), 'CorruptDatabaseError')).message).toContain('bytes');
  });
});

describe('in use', () => {
  test('memory is bounded, and what was let go comes back', async () => {
    const disk = new PagedDisk();
    const long = historyOf(3, 150, 1_500_000, 150_000);
    const backend = await open(disk, { memory: 300_000, durability: 'relaxed' });
    for (const [i, step] of long.steps.entries()) {
      play(backend, step);
      await backend.durable();
      await new Promise((resolve) => setImmediate(resolve));
      if (i % 10 === 0) same(everythingOf(backend), long.states[i + 1]!, `step ${i}`);
    }
    await backend.close();
    await reopened(disk, long, 150, 150);
  }, 60_000);

  test('room is used again', async () => {
    const disk = new PagedDisk();
    const backend = await open(disk, { durability: 'relaxed' });
    const page = new Uint8Array(8192);
    const file = backend.files.open('x');
    file.write(new Uint8Array(4 << 20).fill(1), 0);
    for (let i = 0; i < 3000; i++) {
      page.fill(i);
      const number = (i * 7919) % 512;
      file.write(page, number * 8192);
      backend.commit([{ file: 'x', pageSize: 8192, size: 4 << 20, pages: [number], images: page.slice() }]);
      if (i % 10 === 0) {
        await backend.durable();
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await backend.close();
    expect(disk.operations).toContain('flush base-1');
    expect(disk.sizes.chunks).toBeLessThan(13 << 20);
    expect((disk.sizes['log-0'] ?? 0) + (disk.sizes['log-1'] ?? 0)).toBeLessThan(8 << 20);
  }, 60_000);

  test('opening reads what the base consists of, no more', async () => {
    const disk = new PagedDisk();
    const backend = await open(disk);
    const files = Array.from({ length: 500 }, (_, i) => ({ name: `f${i}`, bytes: new Uint8Array(20_000).fill(1 + (i % 200)) }));
    await backend.replaceAll(files, null);
    await backend.close();
    // What is the same is there once.
    expect(disk.sizes.chunks).toBeLessThan(201 * 3 * 8192);
    disk.bytesRead = 0;
    const again = await open(disk);
    expect(disk.bytesRead).toBeLessThan(100_000);
    const byte = new Uint8Array(1);
    again.files.open('f7').read(byte, 19_999);
    expect(byte[0]).toBe(8);
    expect(disk.bytesRead).toBeLessThan(200_000);
    await again.close();
  });
});
