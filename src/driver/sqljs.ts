/** The SQLite driver: stock sql.js over a file system of ours, several connections to one database. */
import { ConnectionClosedError, CorruptDatabaseError, WaxwingError } from '../errors.ts';
import type { Backend, Durability, StorageState } from '../storage/backend.ts';
import type { Mount } from '../storage/vfs/mount.ts';
import { hearOut, whileWanted } from '../storage/while-wanted.ts';
import { Emitter } from '../util/emitter.ts';
import type { Connection, ConnectOptions, Driver, DriverEvents, OpenOptions, TransferOptions } from './driver.ts';
import { beingReplaced, notReplaced, replaced } from './import-reasons.ts';
import type { Guest } from './ordered-connection.ts';
import { type Home, SqlJsConnection } from './sqljs-connection.ts';
import type { Engine } from './sqljs-engine.ts';
import { exportDatabase } from './sqljs-export.ts';
import { Handle } from './sqljs-handle.ts';
import { checkImport } from './sqljs-import.ts';
import { EMPTY_LOG, ROLL_BACK } from './sqljs-sql.ts';
import { WriteQueue } from './write-queue.ts';

/** Connections to the engine kept for the next who needs one. */
const SPARE = 4;
/** A log of more bytes is copied into the database file and cut when nothing else is going on. */
const LONG_LOG = 8 << 20;
const IDLE = 50;
/** When deferred commits should be stored, in milliseconds: the 100 that are promised, and some. */
const LOOK = 250;
/** Codes by which SQLite says that a file is damaged or not a database. */
const DAMAGED: ReadonlySet<unknown> = new Set([11, 26]);

type Timer = ReturnType<typeof setTimeout>;

/** A database of stock sql.js. */
export class SqlJsDriver<B extends Backend = Backend> implements Driver, Home {
  readonly version: string;
  readonly queue: WriteQueue = new WriteQueue();
  readonly lockTimeout: number;
  protected readonly options: OpenOptions;
  protected readonly backend: B;
  protected readonly engine: Engine;
  protected readonly mount: Mount;
  readonly #events = new Emitter<DriverEvents>();
  readonly #connections = new Set<Guest>();
  readonly #spare: Handle[] = [];
  #published = 0;
  #flushFailed = false;
  #import: Promise<void> | null = null;
  #idle: Timer | undefined;
  #look: Timer | undefined;
  #closing: Promise<void> | null = null;

  constructor(options: OpenOptions, backend: B, engine: Engine) {
    this.version = engine.version;
    this.lockTimeout = options.lockTimeout;
    this.options = options;
    this.backend = backend;
    this.engine = engine;
    this.mount = engine.files.mount(backend.files, backend.keeps === 'pages');
  }

  /** Opens the first connection, which shows whether the file is sound. */
  start(): void {
    const { name } = this.options;
    try {
      this.begin();
    } catch (error) {
      this.mount.close();
      if (error instanceof WaxwingError && DAMAGED.has(error.code)) {
        throw new CorruptDatabaseError(`The database "${name}" cannot be read: ${error.message}.`, {
          code: error.code,
          database: name,
          cause: error,
        });
      }
      throw error;
    }
  }

  connect(options: ConnectOptions = {}): Connection {
    const connection = new SqlJsConnection(this, options.label ?? 'a connection');
    if (this.#closing !== null) connection.closeNow(this.#closedError());
    else this.#connections.add(connection);
    return connection;
  }

  storage(): Promise<StorageState> {
    return this.backend.state();
  }

  async setDurability(durability: Durability): Promise<void> {
    this.#requireOpen();
    this.backend.durability = durability;
    if (durability !== 'deferred') await this.backend.flush();
  }

  async flush(): Promise<void> {
    this.#requireOpen();
    await this.backend.flush();
    this.#flushFailed = false;
  }

  persist(): Promise<boolean> {
    return this.backend.persist();
  }

  async exportFile(options: TransferOptions = {}): Promise<Blob> {
    await this.afterImports();
    const source = this.acquire();
    try {
      return await exportDatabase(this.engine, source, options);
    } finally {
      this.release(source);
      this.#scheduleIdle();
    }
  }

  async importFile(file: Blob, options: TransferOptions = {}): Promise<void> {
    this.#requireOpen();
    while (this.#import !== null) await this.#import;
    const running = this.replace(file, options);
    this.#import = running
      .catch(() => {})
      .finally(() => {
        this.#import = null;
      });
    await running;
  }

  on<K extends keyof DriverEvents>(event: K, listener: DriverEvents[K]): () => void {
    return this.#events.on(event, listener);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  // What connections need of their home.

  isBarred(writes: boolean): boolean {
    return this.#import !== null || (writes && this.#flushFailed);
  }

  /** What was applied and not stored is stored before anything else is written, or that is not written either. */
  async passBarrier(): Promise<void> {
    if (this.#import !== null) return this.#import;
    await this.backend.flush();
    this.#flushFailed = false;
  }

  acquire(): Handle {
    return this.#spare.pop() ?? this.handle(this.mount.path(this.options.name));
  }

  release(handle: Handle): void {
    if (handle.isOpen) handle.query(ROLL_BACK);
    if (handle.isReusable && this.#spare.length < SPARE && this.#closing === null) this.#spare.push(handle);
    else handle.close();
  }

  settle(): Promise<void> | null {
    if (this.mount.commits === this.#published) return null;
    this.#published = this.mount.commits;
    if (this.backend.keeps === 'pages') {
      const deltas = this.mount.takeCommitted();
      if (deltas.length > 0) this.backend.commit(deltas);
    }
    this.#scheduleIdle();
    if (this.backend.durability === 'deferred') this.#lookLater();
    const stored = this.backend.durable();
    stored.catch(this.#onStorageFailure);
    return stored;
  }

  forget(connection: Guest): void {
    this.#connections.delete(connection);
  }

  /** A connection to the engine. */
  protected handle(path: string): Handle {
    return Handle.open(this.engine, path, this.options.setup);
  }

  /** Opens the first connection, and hands over what that changes. */
  protected begin(): void {
    this.release(this.acquire());
    void this.settle();
  }

  /** Waits for imports. */
  protected async afterImports(): Promise<void> {
    this.#requireOpen();
    while (this.#import !== null) await this.#import;
  }

  protected async replace(file: Blob, options: TransferOptions): Promise<void> {
    const { onProgress, signal } = options;
    const copy = await checkImport(this.engine, file, signal);
    await this.replaceBy(signal, () => {
      const pieces = whileWanted(copy.pieces(), signal, ({ length }) => length);
      return this.backend.replace(this.options.name, pieces, copy.size(), onProgress);
    });
  }

  /** Ends what is open, and has `store` replace the stored file. */
  protected async replaceBy(signal: AbortSignal | undefined, store: () => Promise<void>): Promise<void> {
    await hearOut(signal);
    const reason = beingReplaced();
    this.#giveUpAll(reason);
    try {
      await store();
    } catch (error) {
      this.#explain(reason, notReplaced(error));
      throw error;
    }
    this.#explain(reason, replaced());
  }

  /** Says better why those transactions are gone that ended for `was`. */
  #explain(was: Error, reason: Error): void {
    for (const connection of this.#connections) connection.explain(was, reason);
  }

  #giveUpAll(error: Error): void {
    for (const connection of [...this.#connections]) connection.giveUp(error);
    for (const handle of this.#spare.splice(0)) handle.close();
    void this.settle();
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
        if (this.#closing === null) this.backend.durable().catch(this.#onStorageFailure);
      }, LOOK),
    );
  }

  #scheduleIdle(): void {
    if (this.mount.logBytes(this.options.name) < LONG_LOG || this.#closing !== null) return;
    this.#idle ??= unref(
      setTimeout(() => {
        this.#idle = undefined;
        this.#emptyLog();
      }, IDLE),
    );
  }

  #emptyLog(): void {
    if (this.#closing !== null || this.#import !== null) return;
    if (!this.queue.isFree || this.mount.isPinned(this.options.name)) return this.#scheduleIdle();
    const handle = this.acquire();
    try {
      handle.query(EMPTY_LOG);
      handle.isLikeNew = true;
    } catch {
      // The log stays long; whatever was wrong, the next write will meet it and tell.
    } finally {
      this.release(handle);
    }
  }

  /** Closes at once, in the middle of an import. */
  protected abandon(): void {
    this.#closing ??= this.#end();
    this.#closing.catch(() => {});
  }

  async #close(): Promise<void> {
    while (this.#import !== null) await this.#import;
    await this.#end();
  }

  async #end(): Promise<void> {
    const error = this.#closedError();
    clearTimeout(this.#idle);
    clearTimeout(this.#look);
    for (const connection of [...this.#connections]) connection.closeNow(error);
    this.#giveUpAll(error);
    this.mount.close();
    this.engine.files.takeFailure();
    await this.backend.close();
  }

  #requireOpen(): void {
    if (this.#closing !== null) throw this.#closedError();
  }

  #closedError(): ConnectionClosedError {
    return new ConnectionClosedError(`The database "${this.options.name}" is closed.`, { database: this.options.name });
  }
}

/** On Node a timer keeps the process alive; these are not worth it. */
function unref(timer: Timer): Timer {
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
