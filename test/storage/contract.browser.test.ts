/** The contract of backends, in a real browser: IndexedDB and memory on the page, OPFS in a dedicated worker. */
import { describe, test } from 'vitest';
import { clusterChecks } from './cluster-contract.ts';
import { checks } from './contract.ts';

const run = Math.random().toString(36).slice(2);
let count = 0;
const name = (): string => `contract ${run}/${++count}.db`;

describe.each([
  ['memory', checks],
  ['indexeddb', checks],
  ['memory', clusterChecks],
  ['indexeddb', clusterChecks],
] as const)('%s on the page', (kind, all) => {
  test.each(Object.entries(all))('%s', async (_, check) => check({ kind, name }));
});

describe.each([
  ['indexeddb', 'files'],
  ['opfs', 'files'],
  ['indexeddb', 'clusters'],
  ['opfs', 'clusters'],
  ['opfs', 'journaled'],
] as const)('%s in a worker, %s', (kind, what) => {
  test.each(Object.keys(what === 'clusters' ? clusterChecks : checks))('%s', async (check) => {
    const worker = new Worker(new URL('./contract.worker.ts', import.meta.url), { type: 'module' });
    try {
      await new Promise<void>((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }: MessageEvent<string | null>) => (data === null ? resolve() : reject(new Error(data)));
        worker.postMessage({ kind, what, check, name: name() });
      });
    } finally {
      worker.terminate();
    }
  });
});
