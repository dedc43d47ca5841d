/** Two ends of a worker's channel in one thread: what the page holds as its Worker, and the scope its module would see. */
import type { Scope } from '../../src/bridge/serve.ts';

export interface Thread {
  /** The page's end. */
  readonly worker: Worker;
  /** The worker's end. */
  readonly scope: Scope;
  /** Messages that page and worker have posted on the worker's own channel and on ports handed over. */
  terminated: boolean;
  /** Ends the thread as a crash does: nothing more is said. */
  crash(): void;
}

/** A thread that was not terminated yet. `start` is its module. */
export function thread(start: (scope: Scope) => void): Thread {
  const { port1, port2 } = new MessageChannel();
  const events = new EventTarget();
  port1.addEventListener('message', (event) =>
    events.dispatchEvent(new MessageEvent('message', { data: (event as MessageEvent).data })),
  );
  const state = { terminated: false };
  const end = (): void => {
    state.terminated = true;
    port1.close();
  };
  const worker = {
    postMessage: port1.postMessage.bind(port1),
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
    dispatchEvent: events.dispatchEvent.bind(events),
    terminate: end,
  } as unknown as Worker;
  port1.start();
  queueMicrotask(() => {
    start(port2);
    port2.start();
  });
  return {
    worker,
    scope: port2,
    get terminated() {
      return state.terminated;
    },
    crash: end,
  };
}
