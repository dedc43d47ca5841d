/** Runs the tests of OPFS in a worker each. */
import { expect, test } from 'vitest';

const run = Math.random().toString(36).slice(2);

test.each([
  'a replacement stopped at any step leaves the old file or the new one, whole, and nothing else',
  'a full disk is told, and what was there stays',
  'files that are open already are refused even without locks',
  'commits that wait share one flush, and relaxed ones need none',
  'a second database file is refused',
])(
  '%s',
  async (name) => {
    const worker = new Worker(new URL('./opfs.worker.ts', import.meta.url), { type: 'module' });
    try {
      await new Promise<void>((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }: MessageEvent<readonly string[] | string | null>) => {
          if (typeof data === 'string') reject(new Error(data));
          else if (data === null) resolve();
          else {
            expect(data).toContain(name);
            worker.postMessage({ test: name, name: `opfs-${run}-${data.indexOf(name)}` });
          }
        };
      });
    } finally {
      worker.terminate();
    }
  },
  60_000,
);
