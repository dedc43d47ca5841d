/** The Postgres driver: PGlite over a file system of ours, one session that all connections share. */
import { ConnectionClosedError } from '../errors.ts';
import type { Durability, StorageState } from '../storage/backend.ts';
import type { ClusterBackend } from '../storage/cluster.ts';
import { archiveCluster, readArchive } from '../storage/pglite/archive.ts';
import { prepareCluster } from '../storage/pglite/prepare.ts';
import { hearOut, whileWanted } from '../storage/while-wanted.ts';
import { Emitter } from '../util/emitter.ts';
import type { Connection, ConnectOptions, Driver, DriverEvents, OpenOptions, TransferOptions } from './driver.ts';
import { checkCluster } from './pglite-check.ts';
import { PgliteConnection } from './pglite-connection.ts';
import { importPglite } from './pglite-engine.ts';
import { loadPgliteFiles, type PgliteFiles } from './pglite-files.ts';
import { Host } from './pglite-host.ts';
import { clusterImage } from './pglite-image.ts';
import type { Start } from './pglite-running.ts';

/**
 * Opens the database `options.name` on the files of `backend`; storage and engine load side by side when a promise is given.
 * Closing the driver closes the backend; so does a failure to open.
 * @throws EngineLoadError when the files of PGlite cannot be had or run.
 * @throws EngineMismatchError when PGlite is another version than this one of Waxwing knows, or the database another Postgres's.
 */
export async function openPglite(options: OpenOptions, backend: ClusterBackend | Promise<ClusterBackend>): Promise<Driver> {
  // Its script is fetched beside the rest; what is wrong with it shows when it is used.
  importPglite().catch(() => {});
  const opened = Promise.resolve(backend);
  const prepared = opened.then((cluster) => prepareCluster(cluster, clusterImage, options.onProgress));
  const [storage, files, found] = await Promise.allSettled([opened, loadPgliteFiles(options.wasmUrl, options.engine), prepared]);
  if (storage.status === 'rejected') throw storage.reason;
  try {
    if (files.status === 'rejected') throw files.reason;
    if (found.status === 'rejected') throw found.reason;
    return await PgliteDriver.open(options, storage.value, files.value, found.value === 'none');
  } catch (error) {
    await storage.value.close();
    throw error;
  }
}

class PgliteDriver implements Driver {
  readonly #name: string;
  readonly #start: Start;
  readonly #host: Host;
  readonly #events: Emitter<DriverEvents>;
  #closing: Promise<void> | null = null;

  static async open(
    options: OpenOptions,
    backend: ClusterBackend,
    files: PgliteFiles | null,
    isNew: boolean,
  ): Promise<PgliteDriver> {
    const events = new Emitter<DriverEvents>();
    const start: Start = {
      files,
      backend,
      setup: options.setup,
      extensions: options.extensions ?? [],
      wasmUrl: options.wasmUrl,
      onProgress: options.onProgress,
      // Told when the statement that brought it is over: who hears it may run another one.
      onNotification: (notification) => queueMicrotask(() => events.emit('notification', notification)),
    };
    const host = await Host.start(start, isNew, options.lockTimeout, {
      storage: (error) => events.emit('storage', error),
      lost: (error) => events.emit('lost', error),
    });
    return new PgliteDriver(options.name, start, host, events);
  }

  constructor(name: string, start: Start, host: Host, events: Emitter<DriverEvents>) {
    this.#name = name;
    this.#start = start;
    this.#host = host;
    this.#events = events;
  }

  get version(): string {
    return this.#host.version;
  }

  connect(options: ConnectOptions = {}): Connection {
    const connection = new PgliteConnection(this.#host, options.label ?? 'a connection');
    const gone = this.#closing === null ? this.#host.gone : this.#closedError();
    if (gone !== null) connection.closeNow(gone);
    else this.#host.connections.add(connection);
    return connection;
  }

  storage(): Promise<StorageState> {
    return this.#start.backend.state();
  }

  async setDurability(durability: Durability): Promise<void> {
    this.#requireOpen();
    const { backend } = this.#start;
    backend.durability = durability;
    if (durability !== 'deferred') await backend.flush();
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    await this.#host.flush();
  }

  persist(): Promise<boolean> {
    return this.#start.backend.persist();
  }

  async exportFile(options: TransferOptions = {}): Promise<Blob> {
    const host = this.#host;
    this.#requireOpen();
    while (host.barrier !== null) await host.barrier;
    // What is in the tables need not be in the log as well; in the middle of a transaction it is.
    host.idler?.makeWay();
    if (host.isIdle) host.maintenance.checkpoint();
    return archiveCluster(this.#start.backend.files, options);
  }

  async importFile(file: Blob, options: TransferOptions = {}): Promise<void> {
    this.#requireOpen();
    while (this.#host.barrier !== null) await this.#host.barrier;
    await this.#host.behindBarrier(() => this.#replace(file, options));
  }

  on<K extends keyof DriverEvents>(event: K, listener: DriverEvents[K]): () => void {
    return this.#events.on(event, listener);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #replace(file: Blob, options: TransferOptions): Promise<void> {
    const files = await readArchive(file, options);
    await checkCluster(files, this.#start);
    await hearOut(options.signal);
    const wanted = whileWanted(files, options.signal, ({ bytes }) => bytes.length);
    await this.#host.replace(() => this.#start.backend.replaceAll(wanted, null));
  }

  async #close(): Promise<void> {
    await this.#host.close(this.#closedError());
    await this.#start.backend.close();
  }

  #requireOpen(): void {
    if (this.#closing !== null) throw this.#closedError();
    if (this.#host.gone !== null) throw this.#host.gone;
  }

  #closedError(): ConnectionClosedError {
    return new ConnectionClosedError(`The database "${this.#name}" is closed.`, { database: this.#name });
  }
}
