/** What every backend promises, as functions run against each of them, in Node, on a page and in a worker. */
import type { Backend, BackendOptions, ByteFile, Delta, StorageKind } from '../../src/storage/backend.ts';
import { listDatabases, openBackend, removeDatabase } from '../../src/storage/open.ts';

export const PAGE = 4096;

export interface Contract {
  readonly kind: StorageKind;
  /** A name nobody used before. */
  name(): string;
  /** Where it is not the storage of SQLite's files. */
  readonly openers?: Openers;
}

export interface Openers {
  open: typeof openBackend;
  remove: typeof removeDatabase;
  list: typeof listDatabases;
}

const OPENERS: Openers = { open: openBackend, remove: removeDatabase, list: listDatabases };

export type Check = (contract: Contract) => Promise<void>;

/** Every check by what it shows. They throw when it is not so, and need no test runner: some run inside a worker. */
export const checks: Readonly<Record<string, Check>> = {
  'reads back what was written, across chunk borders': readsBack,
  'fills gaps with zeros and forgets what was cut off': gapsAndCuts,
  'shares a file between all who have it open': shares,
  'refuses a second opening at once': refusesSecond,
  'finds everything again after closing': survives,
  'keeps two databases apart, whatever their names': keepsApart,
  'replaces a file whole': replaces,
  'keeps the old file when a replacement fails': keepsOldFile,
  'can be closed twice': closesTwice,
  'tells where the data is': tellsState,
  'forgets a removed database': removes,
};

async function withBackend<T>(
  contract: Contract,
  name: string,
  use: (backend: Backend) => Promise<T>,
  options: Partial<BackendOptions> = {},
): Promise<T> {
  const backend = await openers(contract).open(contract.kind, { name, durability: 'strict', ...options });
  try {
    return await use(backend);
  } finally {
    await backend.close();
  }
}

function openers({ openers = OPENERS }: Contract): Openers {
  return openers;
}

/** A page full of numbers that only this seed gives. */
export function pageOf(seed: number, bytes: number = PAGE): Uint8Array {
  const page = new Uint8Array(bytes);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    page[i] = state >>> 24;
  }
  return page;
}

/** A commit of pages by number; `pages` more than the largest number are in the file afterwards. */
export function deltaOf(file: string, seeds: Readonly<Record<number, number>>, pages: number): Delta {
  const numbers = Object.keys(seeds)
    .map(Number)
    .sort((a, b) => a - b);
  const images = new Uint8Array(numbers.length * PAGE);
  for (const [i, page] of numbers.entries()) images.set(pageOf(seeds[page] ?? 0), i * PAGE);
  return { file, pageSize: PAGE, size: pages * PAGE, pages: numbers, images };
}

/** Writes pages as an engine does: into the file, and where the backend keeps pages, as a commit. */
export function write(backend: Backend, file: string, seeds: Readonly<Record<number, number>>, pages: number): void {
  const open = backend.files.open(file);
  open.truncate(pages * PAGE);
  for (const [page, seed] of Object.entries(seeds)) open.write(pageOf(seed), Number(page) * PAGE);
  open.close();
  if (backend.keeps === 'pages') backend.commit([deltaOf(file, seeds, pages)]);
}

export function contents(file: ByteFile): Uint8Array {
  const bytes = new Uint8Array(file.size());
  equal(file.read(bytes, 0), bytes.length, 'bytes read');
  return bytes;
}

export function equal(actual: unknown, expected: unknown, what: string): void {
  if (actual instanceof Uint8Array && expected instanceof Uint8Array) {
    const at =
      actual.length === expected.length
        ? actual.findIndex((byte, i) => byte !== expected[i])
        : Math.min(actual.length, expected.length);
    if (actual.length !== expected.length || at >= 0)
      throw new Error(`${what}: ${actual.length} and ${expected.length} bytes differ at ${at}`);
  } else if (!Object.is(actual, expected)) throw new Error(`${what}: ${String(actual)} instead of ${String(expected)}`);
}

export async function fails(action: () => unknown, errorName: string): Promise<Error> {
  try {
    await action();
  } catch (error) {
    equal((error as Error).name, errorName, `error (${(error as Error).message})`);
    return error as Error;
  }
  throw new Error(`No ${errorName} came.`);
}

export async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readsBack(contract: Contract): Promise<void> {
  await withBackend(contract, contract.name(), async (backend) => {
    const file = backend.files.open('x.db');
    const bytes = pageOf(1, 3_300_000);
    for (let at = 0; at < bytes.length; at += 65_537) file.write(bytes.subarray(at, at + 65_537), at);
    equal(file.size(), bytes.length, 'size');
    equal(contents(file), bytes, 'contents');
    const part = new Uint8Array(100_000);
    equal(file.read(part, 1_000_000), part.length, 'bytes in the middle');
    equal(part, bytes.subarray(1_000_000, 1_100_000), 'the middle');
    equal(file.read(part, bytes.length - 10), 10, 'bytes at the end');
    equal(file.read(part, bytes.length + 10), 0, 'bytes behind the end');
  });
}

async function gapsAndCuts(contract: Contract): Promise<void> {
  await withBackend(contract, contract.name(), async (backend) => {
    const file = backend.files.open('x.db');
    file.write(pageOf(1), 2_000_000);
    equal(contents(file).subarray(0, 2_000_000), new Uint8Array(2_000_000), 'gap');
    file.truncate(2_000_100);
    file.truncate(2_004_096);
    const expected = new Uint8Array(PAGE);
    expected.set(pageOf(1).subarray(0, 100));
    equal(contents(file).subarray(2_000_000), expected, 'cut and grown again');
    file.truncate(0);
    equal(file.size(), 0, 'size');
  });
}

async function shares(contract: Contract): Promise<void> {
  await withBackend(contract, contract.name(), async (backend) => {
    const { files } = backend;
    equal(files.exists('x.db-wal'), false, 'before');
    const [one, two] = [files.open('x.db-wal'), files.open('x.db-wal')];
    one.write(pageOf(7), 0);
    equal(contents(two), pageOf(7), 'seen by the other');
    one.close();
    equal(two.size(), PAGE, 'after the other closed');
    two.close();
    equal(files.exists('x.db-wal'), true, 'there');
    files.remove('x.db-wal');
    equal(files.exists('x.db-wal'), false, 'removed');
    equal(files.open('x.db-wal').size(), 0, 'a new one');
  });
}

async function refusesSecond(contract: Contract): Promise<void> {
  if (contract.kind === 'memory') return;
  const name = contract.name();
  await withBackend(contract, name, async () => {
    const error = await fails(() => openers(contract).open(contract.kind, { name, durability: 'strict' }), 'DatabaseInUseError');
    equal(error.message.includes(name), true, `names ${name}`);
    await fails(() => openers(contract).remove(contract.kind, name), 'DatabaseInUseError');
  });
  await withBackend(contract, name, async () => {});
}

async function survives(contract: Contract): Promise<void> {
  const name = contract.name();
  for (const durability of ['strict', 'relaxed', 'deferred'] as const) {
    const seed = durability.length;
    await withBackend(
      contract,
      name,
      async (backend) => {
        write(backend, 'x.db', { 0: seed, 1: seed + 1, 300: seed + 2 }, 301);
        await backend.durable();
        write(backend, 'x.db', { 1: seed + 9 }, 301);
      },
      { durability },
    );
    await withBackend(contract, name, async (backend) => {
      const bytes = contents(backend.files.open('x.db'));
      if (contract.kind === 'memory') return equal(bytes.length, 0, 'nothing survives in memory');
      equal(bytes.length, 301 * PAGE, 'size');
      equal(bytes.subarray(0, PAGE), pageOf(seed), 'page 0');
      equal(bytes.subarray(PAGE, 2 * PAGE), pageOf(seed + 9), 'page 1');
      equal(bytes.subarray(300 * PAGE), pageOf(seed + 2), 'page 300');
    });
  }
}

async function keepsApart(contract: Contract): Promise<void> {
  const own = contract.name();
  const names =
    contract.kind === 'file'
      ? [`${own} ü 📦.db`, `${own}%2e.db`]
      : [
          '../x',
          '..',
          '.',
          'my app/ü.db',
          'my app',
          'a\0b',
          '\ud800',
          'A.db',
          'a.db',
          '%2e',
          'con',
          'x'.repeat(1000),
          'x'.repeat(100),
          '__proto__',
        ]
          .map((odd) => odd + own)
          .concat([`../${own}/../../x`]);
  for (const [i, name] of names.entries()) {
    await withBackend(contract, name, async (backend) => {
      equal(backend.files.exists('x.db'), false, `${name} is new`);
      write(backend, 'x.db', { 0: i }, 1);
    });
  }
  for (const [i, name] of names.entries()) {
    await withBackend(contract, name, async (backend) => {
      if (contract.kind !== 'memory') equal(contents(backend.files.open('x.db')), pageOf(i), name);
    });
    await openers(contract).remove(contract.kind, name);
  }
}

async function replaces(contract: Contract): Promise<void> {
  const name = contract.name();
  const bytes = pageOf(3, 2_500_000);
  await withBackend(contract, name, async (backend) => {
    write(backend, 'x.db', { 0: 1, 700: 2 }, 701);
    await backend.durable();
    const told: number[] = [];
    await backend.replace('x.db', pieces(bytes, 70_001), bytes.length, (done, total) => {
      equal(total, bytes.length, 'total');
      told.push(done);
    });
    equal(told.at(-1), bytes.length, 'progress');
    equal(contents(backend.files.open('x.db')), bytes, 'at once');
    // On top of the new file, not of the old.
    backend.files.open('x.db').truncate(610 * PAGE);
    write(backend, 'x.db', { 2: 5 }, 610);
  });
  await withBackend(contract, name, async (backend) => {
    if (contract.kind === 'memory') return;
    const expected = new Uint8Array(610 * PAGE);
    expected.set(bytes.subarray(0, expected.length));
    expected.set(pageOf(5), 2 * PAGE);
    equal(contents(backend.files.open('x.db')), expected, 'after reopening');
  });
}

async function keepsOldFile(contract: Contract): Promise<void> {
  const name = contract.name();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield pageOf(1, 1_500_000);
    throw new RangeError('the source broke');
  }
  await withBackend(contract, name, async (backend) => {
    write(backend, 'x.db', { 0: 1 }, 1);
    await backend.durable();
    await fails(() => backend.replace('x.db', pieces(pageOf(2, 5000), 1000), 6000), 'OperationalError');
    await fails(() => backend.replace('x.db', pieces(pageOf(2, 7000), 1000), 6000), 'OperationalError');
    let message = '';
    await backend.replace('x.db', broken(), 3_000_000).catch((error: Error) => (message = error.message));
    equal(message.includes('the source broke'), true, "the source's own error");
    equal(contents(backend.files.open('x.db')), pageOf(1), 'at once');
  });
  await withBackend(contract, name, async (backend) => {
    if (contract.kind !== 'memory') equal(contents(backend.files.open('x.db')), pageOf(1), 'after reopening');
  });
}

async function closesTwice(contract: Contract): Promise<void> {
  const name = contract.name();
  const backend = await openers(contract).open(contract.kind, { name, durability: 'strict' });
  await Promise.all([backend.close(), backend.close()]);
  await backend.close();
  await withBackend(contract, name, async () => {});
}

async function tellsState(contract: Contract): Promise<void> {
  await withBackend(contract, contract.name(), async (backend) => {
    write(backend, 'x.db', { 0: 1, 9: 2 }, 10);
    await hasState(contract, backend, 2 * PAGE);
  });
}

/** Flushed, it tells where its data is: at least so many bytes of it. */
export async function hasState(
  { kind }: Contract,
  backend: Pick<Backend, 'flush' | 'state' | 'persist'>,
  bytes: number,
): Promise<void> {
  await backend.flush();
  const state = await backend.state();
  equal(state.backend, kind, 'backend');
  equal(state.durability, 'strict', 'durability');
  equal(state.pending, 0, 'pending');
  equal(state.bytes >= bytes, true, `bytes (${state.bytes})`);
  equal(typeof state.persisted, 'boolean', 'persisted');
  equal((state.lastFlush ?? 0) > Date.now() - 60_000, kind !== 'memory', 'lastFlush');
  equal(typeof (await backend.persist()), 'boolean', 'persist');
}

async function removes(contract: Contract): Promise<void> {
  const name = contract.name();
  await openers(contract).remove(contract.kind, name);
  await withBackend(contract, name, async (backend) => write(backend, 'x.db', { 0: 1 }, 1));
  const isListed = contract.kind === 'indexeddb' || contract.kind === 'opfs';
  equal((await openers(contract).list(contract.kind)).includes(name), isListed, 'listed');
  await openers(contract).remove(contract.kind, name);
  equal((await openers(contract).list(contract.kind)).includes(name), false, 'listed after removal');
  await withBackend(contract, name, async (backend) => equal(backend.files.exists('x.db'), false, 'gone'));
}
