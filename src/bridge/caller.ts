/** Calls functions on the other side of a port by name, through Comlink, without its traps. */
import { type Endpoint, expose, wrap } from 'comlink';
import { NotSupportedError, toWire } from '../errors.ts';
import { type MakeError, made } from './make-error.ts';
import { calling, hangUp } from './transfer.ts';

/** Functions by name, as one side offers them to the other. */
type Functions<F> = { readonly [K in keyof F]: (...args: never[]) => Promise<unknown> };
type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * One side of a control port. Comlink waits for ever when the other side is gone; here every call, pending or
 * later, fails once `fail` was called.
 */
export class Caller<F extends Functions<F>> {
  readonly #port: MessagePort;
  readonly #database: string | undefined;
  readonly #remote: Readonly<Record<string, Call>>;
  /** Comlink makes a new object at every access of a property; one per name is enough. */
  readonly #calls = new Map<string, Call>();
  readonly #pending = new Set<(error: MakeError) => void>();
  #lost: MakeError | null = null;

  /** Errors name `database`. */
  constructor(port: MessagePort, database?: string) {
    this.#port = port;
    this.#database = database;
    this.#remote = wrap(port) as unknown as Readonly<Record<string, Call>>;
  }

  /** Calls `name`. */
  async call<K extends keyof F & string>(name: K, ...args: Parameters<F[K]>): Promise<Awaited<ReturnType<F[K]>>> {
    try {
      return (await this.#ask(name, args)) as Awaited<ReturnType<F[K]>>;
    } catch (failure) {
      throw made(failure, this.#database);
    }
  }

  /** Fails what is pending and every later call, each with an error of its own. */
  fail(lost: MakeError): void {
    if (this.#lost) return;
    this.#lost = lost;
    for (const abandon of this.#pending) abandon(lost);
    this.#pending.clear();
    this.#port.close();
  }

  #ask(name: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#lost);
      this.#pending.add(reject);
      calling(() => this.#function(name)(...args))
        .then(resolve, reject)
        .finally(() => this.#pending.delete(reject));
    });
  }

  #function(name: string): Call {
    const call = this.#calls.get(name) ?? (this.#remote[name] as Call);
    this.#calls.set(name, call);
    return call;
  }
}

/**
 * Offers the own functions of `functions` on a port, and nothing else: Comlink by itself follows any path it is
 * sent, `constructor` included, and lets properties be set.
 */
export function offer<F extends Functions<F>>(functions: F, port: MessagePort): void {
  const offered: Record<string, Call> = Object.create(null);
  for (const [name, call] of Object.entries(functions as object)) offered[name] = letGo(call as Call);
  const guards = new Map<unknown, EventListener>();
  const endpoint: Endpoint = {
    postMessage: (message, transfer) => port.postMessage(message, transfer ?? []),
    addEventListener(type, listener) {
      const guard = guarded(offered, port, listener as EventListener);
      guards.set(listener, guard);
      port.addEventListener(type, guard);
    },
    removeEventListener: (type, listener) => port.removeEventListener(type, guards.get(listener) as EventListener),
    start: () => port.start(),
  };
  expose(offered, endpoint);
}

/** The function, letting go of the callbacks and signals it was given when it is done. */
function letGo(call: Call): Call {
  return async (...args) => {
    try {
      return await call(...args);
    } finally {
      hangUp(args);
    }
  };
}

function guarded(offered: Readonly<Record<string, Call>>, port: MessagePort, listener: EventListener): EventListener {
  return (event) => {
    const { id, type, path } = (event as MessageEvent).data ?? {};
    if (type === 'RELEASE') return port.close();
    if (type === 'APPLY' && Array.isArray(path) && path.length === 1 && Object.hasOwn(offered, path[0])) return listener(event);
    const error = new NotSupportedError(`There is no function "${String(path)}" to ${String(type)} on this port.`);
    port.postMessage({ id, type: 'HANDLER', name: 'throw', value: { isError: true, value: {}, waxwing: toWire(error) } });
  };
}
