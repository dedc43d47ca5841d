/** Clusters in IndexedDB stopped at every write, full, and committed many at once: what is found is always a prefix of the commits. */
import { describe, expect, test } from 'vitest';
import type { BackendOptions } from '../../src/storage/backend.ts';
import type { ClusterBackend } from '../../src/storage/cluster.ts';
import { openCluster, removeCluster } from '../../src/storage/open-cluster.ts';
import { type ClusterHistory, everythingOf, historyOf, play, same, stateOf, wholeFiles } from './cluster-history.ts';
import { fails } from './contract.ts';
import { idbCrashes } from './idb-crashes.ts';

const { freshName, inject, heal } = idbCrashes('cluster crash');

function open(name: string, options: Partial<BackendOptions> = {}): Promise<ClusterBackend> {
  return openCluster('indexeddb', { name, durability: 'relaxed', ...options });
}

/** Makes the commits one after the other; the number of those acknowledged. */
async function playAll(backend: ClusterBackend, { steps }: ClusterHistory): Promise<number> {
  for (const [i, step] of steps.entries()) {
    play(backend, step);
    try {
      await backend.durable();
    } catch {
      return i;
    }
  }
  return steps.length;
}

async function reopened(name: string, history: ClusterHistory, least: number, most: number): Promise<number> {
  const backend = await open(name);
  try {
    return stateOf(backend, history, least, most);
  } finally {
    await backend.close();
  }
}

/** Long enough for a fold. */
const history = historyOf(5, 36, 700_000, 200_000);
const all = history.steps.length;

describe('stopped at every write', () => {
  test.each(['die before', 'die after'] as const)(
    '%s it: the commits acknowledged are there, the others in order or not at all',
    async (fault) => {
      const { writes } = inject();
      const name = freshName();
      const backend = await open(name);
      await playAll(backend, history);
      await backend.close();
      heal();
      expect(writes).toContain('chunks');
      for (let stop = 1; stop <= writes.length; stop++) {
        const doomed = freshName();
        inject((_, write) => (write === stop ? fault : null));
        const opened = await open(doomed);
        const acknowledged = await playAll(opened, history);
        await opened.close().catch(() => {});
        heal();
        await reopened(doomed, history, acknowledged, Math.min(acknowledged + 1, all));
        await removeCluster('indexeddb', doomed);
      }
    },
    120_000,
  );

  test.each(['die before', 'die after'] as const)(
    '%s it, while whole files are put in place: the old ones or the new ones',
    async (fault) => {
      const [old, fresh] = [historyOf(9, 12, 60_000), historyOf(21, 40, 900_000, 300_000).states.at(-1)!];
      const prepared = async (): Promise<string> => {
        const name = freshName();
        const backend = await open(name);
        await playAll(backend, old);
        await backend.close();
        return name;
      };
      const replace = async (name: string): Promise<void> => {
        const backend = await open(name);
        await backend.replaceAll(wholeFiles(fresh), null).finally(() => backend.close());
      };
      const whole = await prepared();
      const { writes } = inject();
      await replace(whole);
      heal();
      const found = new Set<string>();
      // The last time it is not stopped.
      for (let stop = 1; stop <= writes.length + 1; stop++) {
        const name = await prepared();
        inject((_, write) => (write === stop ? fault : null));
        await replace(name).catch(() => {});
        heal();
        const again = await open(name);
        const actual = everythingOf(again);
        await again.close();
        const isNew = [...actual.values()].some((bytes) => bytes.length > 60_000);
        found.add(isNew ? 'new' : 'old');
        same(actual, isNew ? fresh : old.states.at(-1)!, `stop ${stop}`);
      }
      expect([...found].sort()).toEqual(['new', 'old']);
    },
  );

  test.each(['abort', 'lie'] as const)('%s: a transaction that fails once is made again', async (fault) => {
    const name = freshName();
    // The second attempt is the next write, so never two in a row.
    inject((_, write) => (write % 3 === 0 ? fault : null));
    const backend = await open(name);
    expect(await playAll(backend, history)).toBe(all);
    await backend.close();
    heal();
    await reopened(name, history, all, all);
  });
});

test('many commits at once are one record, and those joined are applied in order', async () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const name = freshName();
    const long = historyOf(seed, 100, 60_000);
    const { writes } = inject();
    const backend = await open(name);
    for (const step of long.steps) play(backend, step);
    await backend.durable();
    expect(writes.filter((part) => part === 'log').length).toBe(1);
    await backend.close();
    heal();
    await reopened(name, long, 100, 100);
    await removeCluster('indexeddb', name);
  }
});

test('full: the error comes until there is room, and nothing is lost', async () => {
  const name = freshName();
  let isFull = false;
  inject(() => (isFull ? 'quota' : null));
  const backend = await open(name);
  const [one, two, three] = history.steps;
  play(backend, one!);
  await backend.durable();
  isFull = true;
  play(backend, two!);
  expect((await fails(() => backend.durable(), 'StorageFullError')).message).toContain(name);
  await fails(() => backend.replaceAll(wholeFiles(history.states[9]!), null), 'StorageFullError');
  play(backend, three!);
  await fails(() => backend.durable(), 'StorageFullError');
  same(everythingOf(backend), history.states[3]!, 'what is in the files');
  isFull = false;
  await backend.durable();
  expect((await backend.state()).pending).toBe(0);
  await backend.close();
  expect(await reopened(name, history, 0, all)).toBe(3);
});

test('folds take a long history with them, and files that hold the same are stored once', async () => {
  const name = freshName();
  const backend = await open(name);
  const same1 = new Uint8Array(100_000).fill(7);
  await backend.replaceAll(
    Array.from({ length: 300 }, (_, i) => ({ name: `f${i}`, bytes: i % 3 === 0 ? same1 : new Uint8Array(8192).fill(i) })),
    null,
  );
  expect((await backend.state()).bytes).toBeLessThan(2 << 20);
  await backend.close();
  const again = await open(name);
  for (let i = 0; i < 300; i++) again.files.remove(`f${i}`);
  again.commit(Array.from({ length: 300 }, (_, i) => ({ file: `f${i}`, removed: true }) as const));
  const long = historyOf(3, 150, 1_500_000, 150_000);
  expect(await playAll(again, long)).toBe(150);
  await again.close();
  await reopened(name, long, 150, 150);
});
