/** Runs the load or the check in a worker and passes on what it reports. */
import type { Job, Verdict } from './job.ts';

interface Bound {
  /** Bound by the test: the number of a transaction that is acknowledged. */
  acknowledged?: (n: string) => void;
}

const bound = globalThis as Bound;

const workers = {
  sqlite: () => new Worker(new URL('./sqlite.ts', import.meta.url), { type: 'module' }),
  berkeley: () => new Worker(new URL('./berkeley.ts', import.meta.url), { type: 'module' }),
  pglite: () => new Worker(new URL('./pglite.ts', import.meta.url), { type: 'module' }),
};

function start(job: Job): Promise<Verdict> {
  const worker = workers[job.engine]();
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<number | string | Verdict>) => {
      if (typeof data === 'number') bound.acknowledged?.(String(data));
      else if (typeof data === 'string') reject(new Error(data));
      else resolve(data);
    };
    worker.postMessage(job);
  });
}

Object.assign(globalThis, { start });
