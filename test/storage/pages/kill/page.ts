/** Runs the load or the check in a worker and passes on what it reports. */
import type { Job, Verdict } from './worker.ts';

interface Bound {
  /** Bound by the test: the number of a transaction that is acknowledged. */
  acknowledged?: (n: string) => void;
}

const bound = globalThis as Bound;

function start(job: Job): Promise<Verdict> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
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
