/** A page's typed access to the procedures of the app's own worker. */
import type { WorkerSource } from '../driver/driver.ts';
import { Link } from './link.ts';
import type { Connected, Procedures } from './types.ts';

type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * The procedures a worker exposes, to be called from the page. Callbacks and AbortSignals may be among the
 * arguments; a callback's answer does not go back. Errors arrive with their class; when the worker dies, every call
 * fails with a ConnectionClosedError. Pass the same `worker` to a database, and both share the engine in it.
 *
 * @param worker The worker, or a function that starts it; a worker started so ends when the result is disposed of.
 * @throws EngineLoadError when the worker cannot be started.
 * @example
 * const app = connect<typeof procedures>(() => new Worker(new URL('./app-worker.ts', import.meta.url), { type: 'module' }));
 * const users = await app.topUsers(10, (done) => showProgress(done), AbortSignal.timeout(5_000));
 */
export function connect<P extends Procedures>(worker: WorkerSource): Connected<P> {
  const link = Link.to(worker);
  const calls = new Map<PropertyKey, Call>();
  let disposed = false;
  calls.set(Symbol.asyncDispose, async () => {
    if (!disposed) link.release();
    disposed = true;
  });
  return new Proxy(Object.create(null), {
    get(_target, name) {
      // `then` would make every `await` of the object itself a call of the worker.
      if (!calls.has(name) && typeof name === 'string' && name !== 'then')
        calls.set(name, (...args) => link.call('call', name, ...args));
      return calls.get(name);
    },
  }) as Connected<P>;
}
