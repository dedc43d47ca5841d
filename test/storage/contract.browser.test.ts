/** The contract of backends, in a real browser: IndexedDB and memory on the page, OPFS in a dedicated worker. */
import { describe, test } from 'vitest';
import { checks } from './contract.ts';

const run = Math.random().toString(36).slice(2);
let count = 0;
const name = (): string => `contract ${run}/${++count}.db`;

describe.each(['memory', 'indexeddb'] as const)('%s on the page', (kind) => {
  test.each(Object.entries(checks))('%s', async (_, check) => check({ kind, name }));
});

describe.each(['indexeddb', 'opfs'] as const)('%s in a worker', (kind) => {
  test.each(Object.keys(checks))('%s', async (check) => {
    const worker = new Worker(new URL('./contract.worker.ts', import.meta.url), { type: 'module' });
    try {
      await new Promise<void>((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }: MessageEvent<string | null>) => (data === null ? resolve() : reject(new Error(data)));
        worker.postMessage({ kind, check, name: name() });
      });
    } finally {
      worker.terminate();
    }
  });
});
