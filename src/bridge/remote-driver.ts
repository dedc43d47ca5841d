/** A database whose engine lives in a worker, seen as any other driver. */
import { transfer } from 'comlink';
import type {
  Connection,
  ConnectOptions,
  Driver,
  DriverEvents,
  ExportOptions,
  OpenOptions,
  TransferOptions,
} from '../driver/driver.ts';
import { WaxwingError } from '../errors.ts';
import type { Durability, StorageState } from '../storage/backend.ts';
import { Deferred } from '../util/deferred.ts';
import { Emitter } from '../util/emitter.ts';
import { Caller } from './caller.ts';
import { DataPort } from './data-port.ts';
import { closed } from './failures.ts';
import { Link } from './link.ts';
import type { MakeError } from './make-error.ts';
import type { Opened, SessionFunctions } from './protocol.ts';
import { RemoteConnection } from './remote-connection.ts';

/** How a worker of ours comes to be. */
export interface Ours {
  spawn(): Worker;
  /** Compiles the engine served at an address, or at the one it has when none is told; null when nobody knows that. */
  compile(address?: string): Promise<WebAssembly.Module> | null;
}

/**
 * Opens a database in a worker: in `options.worker`, or in one of `ours` that ends with the driver. While ours starts, the
 * page compiles the engine for it.
 * @throws EngineLoadError when the worker or the engine cannot be loaded.
 * @throws DatabaseInUseError when another tab has the database open.
 * @throws StorageUnavailableError when the storage that was asked for cannot be had.
 */
export async function openRemote(options: OpenOptions, ours?: Ours): Promise<Driver> {
  const { worker, onProgress, engine: _, ...plain } = options;
  const wire = { ...plain, wasmUrl: absolute(options.wasmUrl) };
  // A function of its own, so that each database gets a worker of its own.
  const link = worker === undefined ? Link.to(() => (ours as Ours).spawn(), true) : Link.to(worker);
  const control = new MessageChannel();
  const data = new MessageChannel();
  // An app's worker has started already, and its engine perhaps with it.
  const engine = worker === undefined ? sent((ours as Ours).compile(wire.wasmUrl)) : null;
  try {
    const ports = { control: control.port2, data: data.port2, engine };
    const all = Object.values(ports).filter((port) => port !== null);
    const opened = await link.call('open', wire, transfer(ports, all), onProgress);
    return new RemoteDriver(link, options.name, opened, control.port1, data.port1);
  } catch (error) {
    control.port1.close();
    data.port1.close();
    link.release();
    // What fails before there is a session does not know for whom.
    if (error instanceof WaxwingError && error.database === undefined) {
      Object.defineProperty(error, 'database', { value: options.name, enumerable: true });
    }
    throw error;
  }
}

/** Where the engine will arrive when it is compiled, if it is. */
function sent(engine: Promise<WebAssembly.Module> | null): MessagePort | null {
  if (engine === null) return null;
  const { port1, port2 } = new MessageChannel();
  engine.then(
    (module) => port1.postMessage(module),
    () => port1.postMessage(null),
  );
  return port2;
}

/** An address as the page means it: the worker would take a relative one from its own script. */
function absolute(url: string | undefined): string | undefined {
  return url === undefined || !('document' in globalThis) ? url : new URL(url, document.baseURI).href;
}

class RemoteDriver implements Driver {
  readonly version: string;
  readonly #name: string;
  readonly #link: Link;
  readonly #session: Caller<SessionFunctions>;
  readonly #data: DataPort;
  readonly #events = new Emitter<DriverEvents>();
  readonly #bye = new Deferred<void>();
  readonly #forget: (() => void) | undefined;
  #connections = 0;
  #isOver = false;
  #closing: Promise<void> | null = null;

  constructor(link: Link, name: string, opened: Opened, control: MessagePort, data: MessagePort) {
    this.version = opened.version;
    this.#name = name;
    this.#link = link;
    this.#session = new Caller<SessionFunctions>(control, name);
    this.#data = new DataPort(data, name, {
      storage: (error) => this.#events.emit('storage', error),
      notification: (notification) => this.#events.emit('notification', notification),
      lost: (error) => this.#lose(error),
      bye: () => this.#bye.resolve(),
    });
    this.#forget = link.onLost((error) => this.#lose(error));
  }

  connect(options?: ConnectOptions): Connection {
    const number = ++this.#connections;
    this.#data.announce(number, options?.label);
    return new RemoteConnection(this.#data, number);
  }

  storage(): Promise<StorageState> {
    return this.#session.call('storage', this.#data.sent());
  }

  setDurability(durability: Durability): Promise<void> {
    return this.#session.call('setDurability', this.#data.sent(), durability);
  }

  flush(): Promise<void> {
    return this.#session.call('flush', this.#data.sent());
  }

  persist(): Promise<boolean> {
    return this.#session.call('persist', this.#data.sent());
  }

  exportFile({ as, of, onProgress, signal }: ExportOptions = {}): Promise<Blob> {
    return this.#session.call('exportFile', this.#data.sent(), as, of, onProgress, signal);
  }

  importFile(file: Blob, { onProgress, signal }: TransferOptions = {}): Promise<void> {
    return this.#session.call('importFile', this.#data.sent(), file, onProgress, signal);
  }

  on<K extends keyof DriverEvents>(event: K, listener: DriverEvents[K]): () => void {
    return this.#events.on(event, listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Who lost the database has been told; there is nothing left to close.
    if (this.#isOver) return;
    try {
      await this.#session.call('close', this.#data.sent());
      // The answers of calls still under way come before it.
      await this.#bye.promise;
    } finally {
      this.#end(closed);
    }
  }

  #lose(error: MakeError): void {
    if (this.#isOver) return;
    this.#end(error);
    if (!this.#closing) this.#events.emit('lost', error(this.#name));
  }

  #end(error: MakeError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#forget?.();
    this.#session.fail(error);
    this.#data.fail(error);
    this.#bye.resolve();
    this.#link.release();
  }
}
