/** What every storage for clusters promises, as functions run against each of them, in Node, on a page and in a worker. */
import type { BackendOptions } from '../../src/storage/backend.ts';
import type { Change, ClusterBackend, WholeFile } from '../../src/storage/cluster.ts';
import { openBackend, removeDatabase } from '../../src/storage/open.ts';
import { listClusters, openCluster, removeCluster } from '../../src/storage/open-cluster.ts';
import { everythingOf, historyOf, play, same, stateOf } from './cluster-history.ts';
import { type Check, type Contract, contents, equal, fails, hasState, pageOf } from './contract.ts';

export const clusterChecks: Readonly<Record<string, Check>> = {
  'reads back what was written, across chunk borders': readsBack,
  'fills gaps with zeros and forgets what was cut off': gapsAndCuts,
  'has files that many open, and some that have no name': opensAndRemoves,
  'renames files and lists them': renames,
  'finds everything again after closing': survives,
  'keeps the order of what happens to one file': keepsOrder,
  'takes whole files in the place of all': replacesAll,
  'keeps what it has when whole files fail': keepsWhenReplacingFails,
  'is in the state after some commit after any history': history,
  'refuses a second opening at once': refusesSecond,
  'keeps a cluster and a database of one name apart': keepsApart,
  'can be closed twice, and not used after it': closesTwice,
  'tells where the data is': tellsState,
  'forgets a removed cluster': removes,
};

async function withCluster<T>(
  contract: Contract,
  name: string,
  use: (backend: ClusterBackend) => Promise<T>,
  options: Partial<BackendOptions> = {},
): Promise<T> {
  const backend = await openCluster(contract.kind, { name, durability: 'strict', ...options });
  try {
    return await use(backend);
  } finally {
    await backend.close();
  }
}

const PAGE = 8192;

/** Writes whole pages, and commits them. */
function write(backend: ClusterBackend, file: string, seeds: Readonly<Record<number, number>>, size: number): void {
  const open = backend.files.open(file);
  open.truncate(size);
  const pages = Object.keys(seeds).map(Number);
  const images = new Uint8Array(pages.length * PAGE);
  for (const [i, page] of pages.entries()) {
    const image = pageOf(seeds[page] ?? 0, PAGE);
    images.set(image, i * PAGE);
    open.write(image, page * PAGE);
  }
  open.close();
  backend.commit([{ file, pageSize: PAGE, size, pages, images }]);
}

function contentsOf(backend: ClusterBackend, name: string): Uint8Array {
  const file = backend.files.open(name);
  const bytes = contents(file);
  file.close();
  return bytes;
}

async function readsBack(contract: Contract): Promise<void> {
  await withCluster(contract, contract.name(), async ({ files }) => {
    const file = files.open('base/1/2');
    const bytes = pageOf(1, 3_300_000);
    for (let at = 0; at < bytes.length; at += 65_537) file.write(bytes.subarray(at, at + 65_537), at);
    equal(contents(file), bytes, 'contents');
    const part = new Uint8Array(100_000);
    equal(file.read(part, 1_000_000), part.length, 'bytes in the middle');
    equal(part, bytes.subarray(1_000_000, 1_100_000), 'the middle');
    equal(file.read(part, bytes.length - 10), 10, 'bytes at the end');
    equal(file.read(part, bytes.length + 10), 0, 'bytes behind the end');
  });
}

async function gapsAndCuts(contract: Contract): Promise<void> {
  await withCluster(contract, contract.name(), async ({ files }) => {
    const file = files.open('x');
    file.write(pageOf(1), 2_000_000);
    equal(contents(file).subarray(0, 2_000_000), new Uint8Array(2_000_000), 'gap');
    file.truncate(2_000_100);
    file.truncate(2_004_096);
    const expected = new Uint8Array(4096);
    expected.set(pageOf(1).subarray(0, 100));
    equal(contents(file).subarray(2_000_000), expected, 'cut and grown again');
    file.truncate(10);
    file.truncate(3_000_000);
    equal(contents(file), new Uint8Array(3_000_000), 'all zeros');
    file.truncate(0);
    equal(file.size(), 0, 'size');
  });
}

async function opensAndRemoves(contract: Contract): Promise<void> {
  const name = contract.name();
  await withCluster(contract, name, async (backend) => {
    const { files } = backend;
    equal(files.exists('a'), false, 'before');
    const [one, two] = [files.open('a'), files.open('a')];
    one.write(pageOf(7), 0);
    equal(contents(two), pageOf(7), 'seen by the other');
    one.close();
    files.remove('a');
    equal(files.exists('a'), false, 'removed');
    equal(contents(two), pageOf(7), 'without a name');
    two.write(pageOf(8), 0);
    equal(contentsOf(backend, 'a').length, 0, 'a new one');
    two.close();
    files.remove('never there');
    write(backend, 'b', { 0: 1, 40: 2 }, 41 * PAGE);
  });
  if (contract.kind === 'memory') return;
  // Of what is stored already, too.
  await withCluster(contract, name, async (backend) => {
    const old = backend.files.open('b');
    backend.files.remove('b');
    backend.commit([{ file: 'b', removed: true }]);
    write(backend, 'b', { 0: 3 }, PAGE);
    await backend.flush();
    equal(contents(old).subarray(40 * PAGE), pageOf(2, PAGE), 'the old one');
    old.close();
    equal(contentsOf(backend, 'b'), pageOf(3, PAGE), 'the new one');
  });
}

async function renames(contract: Contract): Promise<void> {
  await withCluster(contract, contract.name(), async ({ files }) => {
    const file = files.open('a');
    file.write(pageOf(1), 0);
    files.open('b').write(pageOf(2), 0);
    files.rename('a', 'b');
    equal([...files.list()].join(), 'b', 'names');
    equal(contents(files.open('b')), pageOf(1), 'under its new name');
    file.write(pageOf(3), 0);
    equal(contents(files.open('b')), pageOf(3), 'still the same file');
    files.rename('b', 'b');
    equal([...files.list()].join(), 'b', 'renamed to itself');
  });
}

async function survives(contract: Contract): Promise<void> {
  const name = contract.name();
  for (const durability of ['strict', 'relaxed', 'deferred'] as const) {
    const seed = durability.length;
    await withCluster(
      contract,
      name,
      async (backend) => {
        write(backend, 'x', { 0: seed, 1: seed + 1, 300: seed + 2 }, 301 * PAGE);
        write(backend, 'short', { 0: seed }, 3);
        await backend.durable();
        write(backend, 'x', { 1: seed + 9 }, 301 * PAGE);
      },
      { durability },
    );
    if (contract.kind === 'memory') continue;
    await withCluster(contract, name, async (backend) => {
      const bytes = contentsOf(backend, 'x');
      equal(bytes.length, 301 * PAGE, 'size');
      equal(bytes.subarray(0, PAGE), pageOf(seed, PAGE), 'page 0');
      equal(bytes.subarray(PAGE, 2 * PAGE), pageOf(seed + 9, PAGE), 'page 1');
      equal(bytes.subarray(300 * PAGE), pageOf(seed + 2, PAGE), 'page 300');
      equal(contentsOf(backend, 'short'), pageOf(seed, PAGE).subarray(0, 3), 'a part of a page');
    });
  }
}

async function keepsOrder(contract: Contract): Promise<void> {
  if (contract.kind === 'memory') return;
  const name = contract.name();
  const size = 4 * PAGE;
  const all = new Uint8Array(size).fill(7);
  const whole: Change = { file: 'a', pageSize: PAGE, size, pages: [0, 1, 2, 3], images: all };
  const image = (byte: number): Uint8Array => new Uint8Array(PAGE).fill(byte);
  for (const together of [true, false]) {
    await withCluster(contract, name, async (backend) => {
      const commits: Change[][] = [
        [whole],
        [{ file: 'a', removed: true }],
        [{ file: 'a', pageSize: PAGE, size, pages: [2], images: image(1) }],
        [{ file: 'b', pageSize: PAGE, size: PAGE, pages: [0], images: image(2) }],
        [{ file: 'b', removed: true }],
        [{ file: 'c', pageSize: PAGE, size: 0, pages: [], images: new Uint8Array() }],
        [
          { file: 'd', pageSize: PAGE, size, pages: [0, 1, 2, 3], images: all.slice() },
          { file: 'd', pageSize: PAGE, size: 100, pages: [], images: new Uint8Array() },
          { file: 'd', pageSize: 512, size, pages: [31], images: image(3).subarray(0, 512) },
        ],
      ];
      for (const commit of commits) {
        backend.commit(commit);
        if (!together) await backend.durable();
      }
    });
    await withCluster(contract, name, async (backend) => {
      const a = new Uint8Array(size);
      a.set(image(1), 2 * PAGE);
      const d = new Uint8Array(size);
      d.set(all.subarray(0, 100));
      d.set(image(3).subarray(0, 512), 31 * 512);
      equal([...backend.files.list()].sort().join(), 'a,c,d', 'names');
      equal(contentsOf(backend, 'a'), a, 'a');
      equal(contentsOf(backend, 'c').length, 0, 'c');
      equal(contentsOf(backend, 'd'), d, 'd');
    });
    await removeCluster(contract.kind, name);
  }
}

async function replacesAll(contract: Contract): Promise<void> {
  const name = contract.name();
  const [small, large] = [pageOf(1, 5000), pageOf(2, 2_500_000)];
  const check = (backend: ClusterBackend): void => {
    equal([...backend.files.list()].sort().join(), 'copy,empty,large,small', 'names');
    equal(contentsOf(backend, 'small'), small, 'small');
    equal(contentsOf(backend, 'copy'), small, 'copy');
    equal(contentsOf(backend, 'large'), large, 'large');
  };
  await withCluster(contract, name, async (backend) => {
    write(backend, 'old', { 0: 1, 7: 2 }, 8 * PAGE);
    const told: number[] = [];
    const shared = small.slice();
    const files: WholeFile[] = [
      { name: 'small', bytes: shared },
      { name: 'large', bytes: large.slice() },
      { name: 'empty', bytes: new Uint8Array() },
      { name: 'copy', bytes: shared },
    ];
    await backend.replaceAll(files, 2_510_000, (done) => told.push(done));
    equal(told.at(-1), 2_510_000, 'progress');
    check(backend);
    // One of two that share their bytes changes.
    write(backend, 'copy', { 0: 9 }, PAGE);
    equal(contentsOf(backend, 'small'), small, 'the other one');
    const images = new Uint8Array(PAGE);
    images.set(small);
    const copy = backend.files.open('copy');
    copy.write(small, 0);
    copy.truncate(small.length);
    copy.close();
    backend.commit([{ file: 'copy', pageSize: PAGE, size: small.length, pages: [0], images }]);
  });
  if (contract.kind === 'memory') return;
  await withCluster(contract, name, async (backend) => check(backend));
}

async function keepsWhenReplacingFails(contract: Contract): Promise<void> {
  const name = contract.name();
  async function* broken(): AsyncGenerator<{ name: string; bytes: Uint8Array }> {
    yield { name: 'x', bytes: pageOf(1, 1_500_000) };
    throw new RangeError('the source broke');
  }
  await withCluster(contract, name, async (backend) => {
    write(backend, 'x', { 0: 1 }, PAGE);
    let message = '';
    await backend.replaceAll(broken(), null).catch((error: Error) => (message = error.message));
    equal(message.includes('the source broke'), true, "the source's own error");
    equal(contentsOf(backend, 'x'), pageOf(1, PAGE), 'at once');
  });
  if (contract.kind === 'memory') return;
  await withCluster(contract, name, async (backend) => equal(contentsOf(backend, 'x'), pageOf(1, PAGE), 'after reopening'));
}

async function history(contract: Contract): Promise<void> {
  for (const seed of [1, 2]) {
    const name = contract.name();
    const random = historyOf(seed, 80, 200_000);
    await withCluster(contract, name, async (backend) => {
      for (const [i, step] of random.steps.entries()) {
        play(backend, step);
        same(everythingOf(backend), random.states[i + 1]!, `at step ${i}`);
        if (i % 7 === 0) await backend.durable();
      }
    });
    if (contract.kind === 'memory') continue;
    await withCluster(contract, name, async (backend) => {
      equal(stateOf(backend, random, 0, 80), 80, 'state');
    });
    await removeCluster(contract.kind, name);
  }
}

async function refusesSecond(contract: Contract): Promise<void> {
  if (contract.kind === 'memory') return;
  const name = contract.name();
  await withCluster(contract, name, async () => {
    const error = await fails(() => openCluster(contract.kind, { name, durability: 'strict' }), 'DatabaseInUseError');
    equal(error.message.includes(name), true, `names ${name}`);
    await fails(() => removeCluster(contract.kind, name), 'DatabaseInUseError');
  });
  await withCluster(contract, name, async () => {});
}

async function keepsApart(contract: Contract): Promise<void> {
  if (contract.kind === 'file') return;
  const name = contract.name();
  const database = await openBackend(contract.kind, { name, durability: 'strict' });
  try {
    database.files.open('x').write(pageOf(1), 0);
    await withCluster(contract, name, async (backend) => {
      equal(backend.files.exists('x'), false, 'new');
      write(backend, 'y', { 0: 1 }, PAGE);
    });
  } finally {
    await database.close();
  }
  await removeDatabase(contract.kind, name);
  if (contract.kind === 'memory') return;
  await withCluster(contract, name, async (backend) => equal(contentsOf(backend, 'y'), pageOf(1, PAGE), 'still there'));
}

async function closesTwice(contract: Contract): Promise<void> {
  const name = contract.name();
  const backend = await openCluster(contract.kind, { name, durability: 'strict' });
  await Promise.all([backend.close(), backend.close()]);
  await backend.close();
  if (contract.kind !== 'memory') {
    await fails(() => backend.commit([]), 'ConnectionClosedError');
    await fails(() => backend.replaceAll([], 0), 'ConnectionClosedError');
  }
  await withCluster(contract, name, async () => {});
}

async function tellsState(contract: Contract): Promise<void> {
  await withCluster(contract, contract.name(), async (backend) => {
    write(backend, 'x', { 0: 1, 9: 2 }, 10 * PAGE);
    await hasState(contract, backend, 2 * PAGE);
  });
}

async function removes(contract: Contract): Promise<void> {
  const name = contract.name();
  await removeCluster(contract.kind, name);
  await withCluster(contract, name, async (backend) => write(backend, 'x', { 0: 1 }, PAGE));
  const isListed = contract.kind === 'indexeddb' || contract.kind === 'opfs';
  equal((await listClusters(contract.kind)).includes(name), isListed, 'listed');
  await removeCluster(contract.kind, name);
  equal((await listClusters(contract.kind)).includes(name), false, 'listed after removal');
  await withCluster(contract, name, async (backend) => equal([...backend.files.list()].length, 0, 'gone'));
}
