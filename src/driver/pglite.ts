/** The Postgres driver: PGlite over a file system of ours, one session that all connections share. */
import { ConnectionClosedError, InternalError, NotSupportedError, WaxwingError } from '../errors.ts';
import type { Durability, StorageState } from '../storage/backend.ts';
import type { ClusterBackend } from '../storage/cluster.ts';
import { prepareCluster } from '../storage/pglite/prepare.ts';
import { Emitter } from '../util/emitter.ts';
import type { Statement } from '../wire/statement.ts';
import type { Connection, ConnectOptions, Driver, DriverEvents, OpenOptions, TransferOptions } from './driver.ts';
import { type Home, PgliteConnection } from './pglite-connection.ts';
import type { Cursor } from './pglite-cursor.ts';
import { extensionOf } from './pglite-extensions.ts';
import { loadPgliteFiles, type PgliteFiles } from './pglite-files.ts';
import { clusterImage } from './pglite-image.ts';
import { Maintenance, type Patient } from './pglite-maintenance.ts';
import { Running, type Start } from './pglite-running.ts';
import type { Session } from './pglite-session.ts';
import { DISCARD_TEMPORARY, RESET_ALL, UNLOCK_ALL, unlisten } from './pglite-sql.ts';
import type { Traces } from './pglite-traces.ts';
import { WriteQueue } from './write-queue.ts';

/** When deferred commits should be stored, in milliseconds: the 100 that are promised, and some. */
const LOOK = 250;
/** SQLSTATEs behind which there may be a failure of the storage: disk full, input/output, whatever a file had no code for. */
const OF_FILES = /^(?:53100|58|XX)/;

/**
 * Opens the database `options.name` on the files of `backend`; storage and engine load side by side when a promise is given.
 * Closing the driver closes the backend; so does a failure to open.
 * @throws EngineLoadError when the files of PGlite cannot be had or run.
 * @throws EngineMismatchError when PGlite is another version than this one of Waxwing knows, or the database another Postgres's.
 */
export async function openPglite(options: OpenOptions, backend: ClusterBackend | Promise<ClusterBackend>): Promise<Driver> {
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

type Timer = ReturnType<typeof setTimeout>;

class PgliteDriver implements Driver, Home, Patient {
  readonly queue = new WriteQueue({ lock: 'the session', waiter: 'statement' });
  readonly lockTimeout: number;
  idler: Cursor | null = null;
  readonly #options: OpenOptions;
  readonly #backend: ClusterBackend;
  readonly #start: Start;
  readonly #events = new Emitter<DriverEvents>();
  readonly #connections = new Set<PgliteConnection>();
  readonly #maintenance = new Maintenance(this);
  #running!: Running;
  #seen = 0;
  /** What cleans up after those who are gone, as soon as nobody is in a transaction. */
  #chores: Statement[] = [];
  #flushFailed = false;
  #restart: Promise<void> | null = null;
  #gone: Error | null = null;
  #look: Timer | undefined;
  #closing: Promise<void> | null = null;

  static async open(
    options: OpenOptions,
    backend: ClusterBackend,
    files: PgliteFiles | null,
    isNew: boolean,
  ): Promise<PgliteDriver> {
    const driver = new PgliteDriver(options, backend, files);
    driver.#running = await Running.start(driver.#start, isNew);
    void driver.settle();
    return driver;
  }

  constructor(options: OpenOptions, backend: ClusterBackend, files: PgliteFiles | null) {
    this.lockTimeout = options.lockTimeout;
    this.#options = options;
    this.#backend = backend;
    this.#start = {
      files,
      backend,
      setup: options.setup,
      extensions: options.extensions ?? [],
      wasmUrl: options.wasmUrl,
      onProgress: options.onProgress,
      // Told when the statement that brought it is over: who hears it may run another one.
      onNotification: (notification) => queueMicrotask(() => this.#events.emit('notification', notification)),
    };
  }

  get version(): string {
    return this.#running.version;
  }

  connect(options: ConnectOptions = {}): Connection {
    const connection = new PgliteConnection(this, options.label ?? 'a connection');
    const gone = this.#closing === null ? this.#gone : this.#closedError();
    if (gone !== null) connection.closeNow(gone);
    else this.#connections.add(connection);
    return connection;
  }

  storage(): Promise<StorageState> {
    return this.#backend.state();
  }

  async setDurability(durability: Durability): Promise<void> {
    this.#requireOpen();
    this.#backend.durability = durability;
    if (durability !== 'deferred') await this.#backend.flush();
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    await this.#backend.flush();
    this.#flushFailed = false;
  }

  persist(): Promise<boolean> {
    return this.#backend.persist();
  }

  async exportFile(_options: TransferOptions = {}): Promise<Blob> {
    throw new NotSupportedError('A Postgres database cannot be exported as a file yet.');
  }

  async importFile(_file: Blob, _options: TransferOptions = {}): Promise<void> {
    throw new NotSupportedError('A Postgres database cannot be imported from a file yet.');
  }

  on<K extends keyof DriverEvents>(event: K, listener: DriverEvents[K]): () => void {
    return this.#events.on(event, listener);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  // What connections need of their home, and maintenance of its patient.

  get session(): Session {
    return this.#running.session;
  }

  get walBytes(): number {
    return this.#running.fs.walBytes;
  }

  get isIdle(): boolean {
    return this.queue.isFree && this.#restart === null && !this.session.isOpen && !this.session.isRunning;
  }

  isBarred(writes: boolean): boolean {
    return this.#restart !== null || (writes && this.#flushFailed);
  }

  /** What was applied and not stored is stored before anything else is written, or that is not written either. */
  async passBarrier(): Promise<void> {
    if (this.#restart !== null) return this.#restart;
    await this.#backend.flush();
    this.#flushFailed = false;
  }

  provide(statements: readonly Statement[]): Promise<void> | null {
    for (const { sql } of statements) {
      const name = mayNeedFiles(sql) ? extensionOf(sql) : null;
      if (name !== null && !this.#running.extensions.has(name)) return this.#running.extensions.load(name);
    }
    return null;
  }

  settle(): Promise<void> | null {
    const { session, fs } = this.#running;
    if (session.isBroken) return null;
    if (!session.isOpen && this.#chores.length > 0) this.#cleanUp();
    // A commit writes to the log, and nothing else does but a checkpoint and a long transaction.
    if (fs.walWrites === this.#seen) return null;
    if (session.isOpen) {
      this.#maintenance.written();
      return null;
    }
    const stored = this.#publish();
    this.#maintenance.written();
    return stored;
  }

  hand(): void {
    void this.#publish();
  }

  explain(error: unknown): unknown {
    const { session, fs } = this.#running;
    if (session.isBroken) {
      this.#restartAfter(error as Error);
      return error;
    }
    const failure = fs.takeFailure();
    const code = error instanceof WaxwingError ? String(error.code) : '';
    return failure instanceof WaxwingError && OF_FILES.test(code) ? failure : error;
  }

  later(sql: string): void {
    this.#chores.push({ sql, mode: 'read' });
    if (this.isIdle) this.#cleanUp();
  }

  isHeard(channel: string, except: PgliteConnection): boolean {
    for (const connection of this.#connections) {
      if (connection !== except && connection.traces.channels.has(channel)) return true;
    }
    return false;
  }

  forget(connection: PgliteConnection): void {
    this.#connections.delete(connection);
    if (connection.traces.isEmpty || this.#closing !== null) return;
    this.#chores.push(...this.#wipe(connection.traces, connection));
    // The connection may be in a transaction, which it is about to roll back.
    queueMicrotask(() => {
      if (this.isIdle) this.#cleanUp();
    });
  }

  #publish(): Promise<void> {
    const { fs } = this.#running;
    this.#seen = fs.walWrites;
    if (fs.dirty) this.#backend.commit(fs.takeChanges());
    if (this.#backend.durability === 'deferred') this.#lookLater();
    const stored = this.#backend.durable();
    stored.catch(this.#onStorageFailure);
    return stored;
  }

  /** What takes back what a connection left; what others left as well stays. */
  #wipe(traces: Traces, connection: PgliteConnection): Statement[] {
    const others = [...this.#connections].map((other) => other.traces);
    const say = (sql: string): Statement => ({ sql, mode: 'read' });
    const chores: Statement[] = [];
    if (traces.settings.length > 0) {
      chores.push(say(RESET_ALL), ...this.#options.setup.map(say), ...others.flatMap((other) => other.settings));
    }
    if (traces.hasTemporary && !others.some((other) => other.hasTemporary)) chores.push(say(DISCARD_TEMPORARY));
    if (traces.hasLocks && !others.some((other) => other.hasLocks)) chores.push(say(UNLOCK_ALL));
    for (const channel of traces.channels) {
      if (!this.isHeard(channel, connection)) chores.push(say(unlisten(channel)));
    }
    return chores;
  }

  #cleanUp(): void {
    for (const chore of this.#chores.splice(0)) {
      try {
        this.session.run(chore);
      } catch {
        // What it was to clean up is gone already.
      }
    }
  }

  /** The engine is dead, its files are as it left them: Postgres starts anew on them, as it does when its process has died. */
  #restartAfter(error: Error): void {
    if (this.#restart !== null || this.#closing !== null) return;
    this.#restart = this.#startAgain(error).finally(() => {
      this.#restart = null;
    });
    this.#restart.catch(() => {});
  }

  async #startAgain(error: Error): Promise<void> {
    // The call that met the failure gets it first; the others then learn what became of their transactions.
    await null;
    for (const connection of [...this.#connections]) connection.giveUp(error);
    this.idler = null;
    try {
      // The dead one's last changes too: what is stored must be what the files hold.
      this.hand();
      this.#running = await Running.start(this.#start, false);
      this.#seen = -1;
      await this.settle();
    } catch (cause) {
      this.#lose(new InternalError(`The engine broke and could not be started again: ${String(cause)}`, { cause: error }));
    }
  }

  #lose(error: Error): void {
    this.#gone = error;
    this.#maintenance.stop();
    for (const connection of [...this.#connections]) connection.closeNow(error);
    this.#events.emit('lost', error);
  }

  readonly #onStorageFailure = (error: Error): void => {
    this.#flushFailed = true;
    this.#events.emit('storage', error);
  };

  /** A deferred commit that cannot be stored has nobody left who waits for it. */
  #lookLater(): void {
    this.#look ??= unref(
      setTimeout(() => {
        this.#look = undefined;
        if (this.#closing === null) this.#backend.durable().catch(this.#onStorageFailure);
      }, LOOK),
    );
  }

  async #close(): Promise<void> {
    const error = this.#closedError();
    this.#maintenance.stop();
    clearTimeout(this.#look);
    await this.#restart?.catch(() => {});
    for (const connection of [...this.#connections]) connection.closeNow(error);
    if (this.#gone === null) {
      await this.#running.close();
      const { fs } = this.#running;
      if (fs.dirty) this.#backend.commit(fs.takeChanges());
    }
    await this.#backend.close();
  }

  #requireOpen(): void {
    if (this.#closing !== null) throw this.#closedError();
    if (this.#gone !== null) throw this.#gone;
  }

  #closedError(): ConnectionClosedError {
    return new ConnectionClosedError(`The database "${this.#options.name}" is closed.`, { database: this.#options.name });
  }
}

/** CREATE and LOAD are the words by which extensions come. */
function mayNeedFiles(sql: string): boolean {
  return /^\s*[cl]/i.test(sql);
}

/** On Node a timer keeps the process alive; these are not worth it. */
function unref(timer: Timer): Timer {
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
