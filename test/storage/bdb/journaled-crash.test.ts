/** Files with a redo journal stopped at every write, torn, without power, full, damaged and exchanged. */
import { describe, expect, test } from 'vitest';
import type { Backend, BackendOptions, Delta, Durability } from '../../../src/storage/backend.ts';
import { openJournaled } from '../../../src/storage/bdb/file/journaled.ts';
import { contents, equal, fails, pageOf, pieces } from '../contract.ts';
import { type History, historyOf, stateOf } from '../history.ts';
import { PagedDisk } from '../paged-disk.ts';
import { tearOf } from '../tear.ts';
import { randomFrom } from './random.ts';

const FILE = 'a.db';
/** Long enough for the journal to be emptied on the way. */
const history = historyOf(5, 30, 1 << 16, 60, [FILE]);
const short = historyOf(9, 14, 4096, 20, [FILE]);

function newDisk(): PagedDisk {
  return new PagedDisk(['file', 'redo']);
}

function open(disk: PagedDisk, durability: Durability = 'strict'): Promise<Backend> {
  const [file, journal] = disk.start();
  const options: BackendOptions = { name: 'crash', durability };
  return openJournaled('file', { file: file!, journal: journal!, close: () => {} }, options);
}

/** Changes the file as an engine does, and commits that. */
function play(backend: Backend, deltas: readonly Delta[]): void {
  for (const { file: name, size, pages, pageSize, images } of deltas) {
    const file = backend.files.open(name);
    file.truncate(size);
    for (let i = 0; i < pages.length; i++) file.write(images.subarray(i * pageSize, (i + 1) * pageSize), pages[i]! * pageSize);
  }
  // The backend takes the images over; the history may be played again.
  backend.commit(deltas.map((delta) => ({ ...delta, images: delta.images.slice() })));
}

/** Makes the commits, waiting for every one of `together`; the number of those acknowledged. */
async function playAll(backend: Backend, { commits }: History, together = 1): Promise<number> {
  let acknowledged = 0;
  for (const [i, commit] of commits.entries()) {
    play(backend, commit);
    if ((i + 1) % together > 0) continue;
    const isStored = await backend.durable().then(
      () => true,
      () => false,
    );
    if (!isStored) break;
    acknowledged = i + 1;
  }
  return acknowledged;
}

/** What is found at the next opening; opened again, it is in the file itself, without the journal. */
async function reopened(disk: PagedDisk, of: History, least: number, most: number): Promise<number> {
  disk.decide = () => null;
  const backend = await open(disk);
  const found = stateOf(backend, of, least, most);
  await backend.close();
  equal(disk.files[0]!.bytes, of.states[found]?.get(FILE) ?? new Uint8Array(), 'the file itself');
  const again = await open(disk);
  // What is left goes on working.
  play(again, of.commits[0]!);
  await again.close();
  return found;
}

function stopAt(disk: PagedDisk, stop: number): void {
  disk.decide = (count, _operation, _file, bytes) => (count === stop ? { stop: tearOf(stop, bytes) } : null);
}

async function doomed(disk: PagedDisk, of: History, durability: Durability, together: number): Promise<number> {
  let acknowledged = 0;
  try {
    const backend = await open(disk, durability);
    acknowledged = await playAll(backend, of, together);
    await backend.close();
  } catch {
    // It was stopped.
  }
  return acknowledged;
}

async function stored(of: History): Promise<PagedDisk> {
  const disk = newDisk();
  const backend = await open(disk);
  await playAll(backend, of);
  await backend.close();
  return disk;
}

/** The disk as a crash leaves it after `of`: commits are in the journal, and the file has a part of them. */
async function interrupted(of: History): Promise<PagedDisk> {
  const disk = newDisk();
  const backend = await open(disk);
  for (const commit of of.commits) play(backend, commit);
  disk.decide = (_, operation, file) => (operation === 'write' && file === 'file' ? { stop: 5 } : null);
  await fails(() => backend.durable(), 'StorageUnavailableError');
  disk.decide = () => null;
  disk.start();
  return disk;
}

describe('stopped at every operation', () => {
  test.each([
    ['the process is gone', history, 1, 'strict', false],
    ['the process is gone, relaxed', short, 1, 'relaxed', false],
    ['the power is gone', history, 3, 'strict', true],
    ['the power is gone, few pages', short, 1, 'strict', true],
  ] as const)(
    '%s: the commits acknowledged are there, the others in order or not at all',
    async (_, of, together, durability, power) => {
      const whole = newDisk();
      await doomed(whole, of, durability, together);
      expect(whole.operations).toContain('flush file');
      for (let stop = 1; stop <= whole.operations.length; stop++) {
        const disk = newDisk();
        stopAt(disk, stop);
        const acknowledged = await doomed(disk, of, durability, together);
        if (power) disk.losePower(randomFrom(stop));
        const most = durability === 'strict' ? acknowledged + together : of.commits.length;
        await reopened(disk, of, acknowledged, Math.min(most, of.commits.length));
      }
    },
    120_000,
  );

  test('relaxed, the power is gone: some commits, in order', async () => {
    for (let stop = 3; stop < 60; stop++) {
      const disk = newDisk();
      stopAt(disk, stop);
      await doomed(disk, short, 'relaxed', 1);
      disk.losePower(randomFrom(stop));
      await reopened(disk, short, 0, short.commits.length);
    }
  });

  test('while it is opened after a crash: the next opening has it all', async () => {
    const operations = await (async (): Promise<number> => {
      const disk = await interrupted(short);
      const before = disk.operations.length;
      await (await open(disk)).close();
      return disk.operations.length - before;
    })();
    expect(operations).toBeGreaterThan(4);
    for (let stop = 1; stop <= operations; stop++) {
      const disk = await interrupted(short);
      const before = disk.operations.length;
      disk.decide = (count, _operation, _file, bytes) => (count === before + stop ? { stop: tearOf(stop, bytes) } : null);
      await open(disk)
        .then((backend) => backend.close())
        .catch(() => {});
      disk.losePower(randomFrom(stop));
      await reopened(disk, short, short.commits.length, short.commits.length);
    }
  });

  test('while the file is replaced: the old one or the new one', async () => {
    const fresh = pageOf(77, 300_000);
    const replace = (disk: PagedDisk): Promise<void> =>
      open(disk).then((backend) => backend.replace(FILE, pieces(fresh, 70_000), fresh.length).finally(() => backend.close()));
    const whole = await stored(short);
    const before = whole.operations.length;
    await replace(whole);
    const found = new Set<string>();
    for (let stop = before + 1; stop <= whole.operations.length; stop++) {
      const disk = await stored(short);
      stopAt(disk, stop);
      const isDone = await replace(disk).then(
        () => true,
        () => false,
      );
      disk.losePower(randomFrom(stop));
      disk.decide = () => null;
      const again = await open(disk);
      const bytes = contents(again.files.open(FILE));
      const isNew = bytes.length === fresh.length;
      equal(bytes, isNew ? fresh : short.states.at(-1)!.get(FILE), `stop ${stop}`);
      if (isDone) expect(isNew).toBe(true);
      found.add(isNew ? 'new' : 'old');
      await again.close();
    }
    expect([...found].sort()).toEqual(['new', 'old']);
  });
});

describe('a disk that is full', () => {
  test('at one operation or another: the error is told, and nothing is lost', async () => {
    const whole = newDisk();
    await doomed(whole, history, 'strict', 1);
    for (let stop = 1; stop <= whole.operations.length; stop += 3) {
      const disk = newDisk();
      disk.decide = (count, _operation, _file, bytes) => (count === stop ? { full: tearOf(stop, bytes) } : null);
      const opened = await open(disk).catch(() => open(disk));
      for (const commit of history.commits) {
        play(opened, commit);
        await opened.durable().catch(() => opened.durable());
      }
      equal(contents(opened.files.open(FILE)), history.states.at(-1)!.get(FILE), `full at ${stop}`);
      await opened.close().catch(() => {});
      await reopened(disk, history, history.commits.length, history.commits.length);
    }
  }, 60_000);

  test.each(['file', 'redo'])('for a while (%s): commits wait, and are stored when there is room', async (full) => {
    const disk = newDisk();
    const backend = await open(disk);
    play(backend, short.commits[0]!);
    await backend.durable();
    disk.decide = (_count, operation, file) => (operation === 'write' && file === full ? { full: 3 } : null);
    for (const commit of short.commits.slice(1, 4)) {
      play(backend, commit);
      await fails(() => backend.durable(), 'StorageFullError');
    }
    expect((await backend.state()).pending).toBe(3);
    equal(contents(backend.files.open(FILE)), short.states[4]!.get(FILE), 'what is seen');
    disk.decide = () => null;
    await backend.durable();
    expect((await backend.state()).pending).toBe(0);
    await backend.close();
    expect(await reopened(disk, short, 0, short.commits.length)).toBe(4);
  });

  test('while replacing: the old file stays, or the new one comes as soon as there is room', async () => {
    const fresh = pageOf(77, 300_000);
    for (const full of ['redo', 'file']) {
      const disk = await stored(short);
      const backend = await open(disk);
      disk.decide = (_count, operation, file) => (operation === 'write' && file === full ? { full: 3 } : null);
      const replacing = backend.replace(FILE, pieces(fresh, 70_000), fresh.length);
      if (full === 'redo') await fails(() => replacing, 'StorageFullError');
      else await replacing;
      const expected = full === 'redo' ? short.states.at(-1)!.get(FILE) : fresh;
      equal(contents(backend.files.open(FILE)), expected, 'at once');
      disk.decide = () => null;
      await backend.flush();
      await backend.close();
      equal(disk.files[0]!.bytes, expected, `the file, when ${full} was full`);
    }
  });
});

describe('damage', () => {
  const flip = (bytes: Uint8Array, at: number): void => {
    bytes[at] = (bytes[at] ?? 0) ^ 1;
  };

  /** Commits one by one, of which none reached the file for certain. */
  async function journaled(): Promise<PagedDisk> {
    const disk = newDisk();
    await playAll(await open(disk), short);
    return disk;
  }

  test('a record before others is named, and nothing is changed', async () => {
    const disk = await journaled();
    flip(disk.files[1]!.bytes, 1024 + 200);
    const before = disk.files.map(({ bytes }) => bytes.slice());
    for (let i = 0; i < 2; i++) {
      const error = await fails(() => open(disk), 'CorruptDatabaseError');
      expect(error.message).toMatch(/record \d+ of the journal/);
      expect(error.message).toContain('"crash"');
    }
    for (const [i, { bytes }] of disk.files.entries()) expect(Buffer.compare(bytes, before[i]!)).toBe(0);
  });

  test('one head, or the other', async () => {
    for (const at of [3, 10, 30, 512 + 3, 512 + 10, 512 + 30]) {
      const disk = await journaled();
      flip(disk.files[1]!.bytes, at);
      await reopened(disk, short, short.commits.length, short.commits.length);
    }
  });

  test('both heads', async () => {
    const disk = await journaled();
    flip(disk.files[1]!.bytes, 3);
    flip(disk.files[1]!.bytes, 515);
    await fails(() => open(disk), 'CorruptDatabaseError');
  });

  test('a journal that is something else is none', async () => {
    const disk = await stored(short);
    disk.files[1]!.write(pageOf(5, 9000), 0);
    await reopened(disk, short, short.commits.length, short.commits.length);
  });
});

describe('a journal without its file', () => {
  test('does nothing to another file', async () => {
    const disk = await interrupted(short);
    const other = pageOf(123, 50_000);
    disk.files[0]!.truncate(0);
    disk.files[0]!.write(other, 0);
    const backend = await open(disk);
    equal(contents(backend.files.open(FILE)), other, 'the other file');
    await backend.close();
    equal(disk.files[0]!.bytes, other, 'after closing');
  });

  test('does nothing to an older copy of the file', async () => {
    const disk = await stored(short);
    const old = disk.files[0]!.bytes.slice();
    // As every opening in which something is stored stamps the first page.
    const stamped = (stamp: number): Delta[] => {
      const images = old.slice(0, 4096).fill(stamp, 92, 96);
      return [{ file: FILE, pageSize: 4096, size: old.length, pages: [0], images }];
    };
    const first = await open(disk);
    play(first, stamped(1));
    await first.close();
    const second = await open(disk);
    play(second, stamped(2));
    await second.durable();
    disk.files[0]!.truncate(0);
    disk.files[0]!.write(old, 0);
    const third = await open(disk);
    equal(contents(third.files.open(FILE)), old, 'the older copy');
    await third.close();
  });
});

test('a durable commit waits for the device once, and those that wait together share that', async () => {
  const disk = newDisk();
  const backend = await open(disk);
  const flushes = (): number => disk.operations.filter((operation) => operation.startsWith('flush')).length;
  for (const [i, commit] of short.commits.entries()) {
    play(backend, commit);
    await backend.durable();
    expect(flushes()).toBe(i + 1);
  }
  const before = flushes();
  const again = short.commits.map((commit) => {
    play(backend, commit);
    return backend.durable();
  });
  await Promise.all(again);
  expect(flushes()).toBe(before + 1);
  await backend.close();
});

test('what is written and not committed yet is seen, and survives the settling of what was committed before', async () => {
  const disk = newDisk();
  const backend = await open(disk);
  const file = backend.files.open(FILE);
  play(backend, [{ file: FILE, pageSize: 4096, size: 8192, pages: [0, 1], images: pageOf(1, 8192) }]);
  const stored = backend.durable();
  file.write(pageOf(2), 0);
  await stored;
  equal(contents(file).subarray(0, 4096), pageOf(2), 'page 0');
  equal(contents(file).subarray(4096), pageOf(1, 8192).subarray(4096), 'page 1');
  file.truncate(4096);
  file.truncate(8192);
  equal(contents(file).subarray(4096), new Uint8Array(4096), 'page 1, cut');
  await backend.close();
});
