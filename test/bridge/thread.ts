/** Two ends of a worker's channel in one thread: what the page holds as its Worker, and the scope its module would see. */
import type { Scope } from '../../src/bridge/serve.ts';

export interface Thread {
  /** The page's end. */
  readonly worker: Worker;
  readonly terminated: boolean;
  /** Ends the thread as a crash does: its ports are gone and nothing more is said. */
  crash(): void;
  /** What the platform reports about the worker's script. */
  fail(event: object): void;
}

/** A thread whose module is `start`. */
export function thread(start: (scope: Scope) => void): Thread {
  const { port1, port2 } = new MessageChannel();
  const events = new EventTarget();
  const theirs: MessagePort[] = [port2];
  let terminated = false;
  port1.onmessage = ({ data }) => events.dispatchEvent(new MessageEvent('message', { data }));
  port2.addEventListener('message', ({ data }) => data?.control && theirs.push(data.control));
  const end = (): void => {
    terminated = true;
    for (const port of theirs) port.close();
  };
  const worker = {
    postMessage: port1.postMessage.bind(port1),
    addEventListener: events.addEventListener.bind(events),
    terminate: end,
  } as unknown as Worker;
  queueMicrotask(() => {
    start(port2);
    port2.start();
  });
  return {
    worker,
    get terminated() {
      return terminated;
    },
    crash: end,
    fail: (event) => events.dispatchEvent(Object.assign(new Event('error'), event)),
  };
}
