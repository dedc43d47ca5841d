/** A page's link to one worker: the greeting, calls that never hang, and the news of its death. */
import type { WorkerSource } from '../driver/driver.ts';
import { Deferred } from '../util/deferred.ts';
import { Emitter } from '../util/emitter.ts';
import { whenReleased } from '../util/web-lock.ts';
import { Caller } from './caller.ts';
import { crashed, gone, notLoaded, notStarted, otherBuild, released, silent, unreadable } from './failures.ts';
import type { MakeError } from './make-error.ts';
import { type Hello, type HostFunctions, isHere, PROTOCOL } from './protocol.ts';

/** How long a worker's module may take to load and run before it is taken for one that never answers, in milliseconds. */
const PATIENCE = 60_000;

interface LinkEvents {
  readonly lost: (error: MakeError) => void;
}

type Answer<K extends keyof HostFunctions> = Promise<Awaited<ReturnType<HostFunctions[K]>>>;

/** Links by what they were made of, so that databases and procedures of an app share its worker. */
const links = new WeakMap<WorkerSource, Link>();

export class Link {
  readonly #key: WorkerSource;
  readonly #worker: Worker;
  /** True when the worker was started here: it ends with its last user. */
  readonly #owned: boolean;
  readonly #events = new Emitter<LinkEvents>();
  /** Aborted when the link ends: takes all listeners away. */
  readonly #over = new AbortController();
  /** Resolves when there is somebody to call, or when the worker is lost. */
  readonly #settled = new Deferred<void>();
  #host: Caller<HostFunctions> | null = null;
  /** True once the worker has answered. */
  #isAlive = false;
  #lost: MakeError | null = null;
  #users = 0;

  /**
   * The link to a worker, shared with whoever else uses the same one. Every `to` wants its `release`.
   * `prompt` says that its module listens as soon as it runs, as ours does: calls need not wait for an answer then.
   * @throws EngineLoadError when the worker cannot even be started.
   */
  static to(source: WorkerSource, prompt = false): Link {
    const link = links.get(source) ?? new Link(source, prompt);
    links.set(source, link);
    link.#users++;
    return link;
  }

  private constructor(source: WorkerSource, prompt: boolean) {
    this.#key = source;
    this.#owned = typeof source === 'function';
    this.#worker = typeof source === 'function' ? start(source) : source;
    const { signal } = this.#over;
    this.#worker.addEventListener('error', (event) => this.#failed(event), { signal });
    this.#worker.addEventListener('messageerror', () => this.#lose(unreadable), { signal });
    this.#worker.addEventListener('message', ({ data }: MessageEvent) => isHere(data) && this.#heard(data.protocol), { signal });
    // A worker that runs already may have spoken before anybody listened here; one just started speaks first.
    if (prompt) this.#host = this.#greet();
    else if (!this.#owned) this.#greet();
    const silence = setTimeout(() => this.#isAlive || this.#lose(silent), PATIENCE);
    signal.addEventListener('abort', () => clearTimeout(silence));
  }

  /** Calls a function of the worker, as soon as it listens. */
  async call<K extends keyof HostFunctions>(name: K, ...args: Parameters<HostFunctions[K]>): Answer<K> {
    if (!this.#host) await this.#settled.promise;
    if (!this.#host) throw (this.#lost ?? gone)();
    return await this.#host.call(name, ...args);
  }

  /** Tells when the worker is gone, at once if it is already. */
  onLost(listener: LinkEvents['lost']): () => void {
    if (this.#lost) listener(this.#lost);
    return this.#events.on('lost', listener);
  }

  /** Lets go of the worker; one that was started here ends with its last user. */
  release(): void {
    if (--this.#users === 0) this.#lose(released);
  }

  /** Says hello. A module that awaited something before it could listen has missed an earlier one: browsers drop it. */
  #greet(): Caller<HostFunctions> {
    const { port1, port2 } = new MessageChannel();
    // Not randomUUID: pages without TLS do not have it.
    const alive = `waxwing:worker:${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
    const host = new Caller<HostFunctions>(port1);
    host.call('hello').then(
      ({ holdsLock }) => this.#answered(host, holdsLock ? alive : null),
      () => {},
    );
    const { signal } = this.#over;
    signal.addEventListener('abort', () => host.fail(this.#lost ?? released));
    // Where a port tells that its other end is gone, that is sooner than the lock.
    port1.addEventListener('close', () => this.#lose(gone), { signal });
    this.#worker.postMessage({ waxwing: 'hello', protocol: PROTOCOL, alive, control: port2 } satisfies Hello, [port2]);
    return host;
  }

  #heard(protocol: number): void {
    if (protocol !== PROTOCOL) this.#lose(otherBuild(protocol));
    else if (!this.#host) this.#greet();
  }

  #answered(host: Caller<HostFunctions>, alive: string | null): void {
    if (this.#isAlive || this.#lost) {
      host.fail(this.#lost ?? released);
      return;
    }
    this.#isAlive = true;
    this.#host = host;
    this.#settled.resolve();
    if (alive !== null) void whenReleased(alive, this.#over.signal).then((dead) => dead && this.#lose(gone));
  }

  /** Before the greeting is answered, an error means that the module did not load or did not run. */
  #failed(event: ErrorEvent): void {
    if (this.#isAlive && !this.#owned) return;
    // Whoever waits for the worker gets it; the page need not hear of it as uncaught besides.
    event.preventDefault();
    this.#lose(this.#isAlive ? crashed(event) : notLoaded(event));
  }

  #lose(error: MakeError): void {
    if (this.#lost) return;
    this.#lost = error;
    // Who uses a dead worker of the app again shall be told at once; any other may be used anew.
    if (this.#owned || error === released) links.delete(this.#key);
    this.#over.abort();
    this.#settled.resolve();
    if (this.#owned) this.#worker.terminate();
    this.#events.emit('lost', error);
  }
}

function start(source: () => Worker): Worker {
  try {
    return source();
  } catch (cause) {
    throw notStarted(cause);
  }
}
