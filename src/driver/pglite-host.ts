/** What all connections to one Postgres share: its session, who has it, and what becomes of what they leave. */
import { InternalError, WaxwingError } from '../errors.ts';
import type { ClusterBackend } from '../storage/cluster.ts';
import type { Statement } from '../wire/statement.ts';
import { beingReplaced, notReplaced, replaced } from './import-reasons.ts';
import { Chores } from './pglite-chores.ts';
import { extensionOf } from './pglite-extensions.ts';
import type { Guest, Home, Idler } from './pglite-home.ts';
import { Maintenance, type Patient } from './pglite-maintenance.ts';
import { Running, type Start } from './pglite-running.ts';
import type { Session } from './pglite-session.ts';
import { WriteQueue } from './write-queue.ts';

/** When deferred commits should be stored, in milliseconds: the 100 that are promised, and some. */
const LOOK = 250;
/** SQLSTATEs behind which there may be a failure of the storage: disk full, input/output, whatever a file had no code for. */
const OF_FILES = /^(?:53100|58|XX)/;

/** Who hears of failures that no call can be told of. */
export interface HostListener {
  storage(error: Error): void;
  /** The engine is gone for good. */
  lost(error: Error): void;
}

type Timer = ReturnType<typeof setTimeout>;

export class Host implements Home, Patient {
  readonly queue: WriteQueue = new WriteQueue({ lock: 'the session', waiter: 'statement' });
  readonly lockTimeout: number;
  readonly connections: Set<Guest> = new Set();
  readonly maintenance: Maintenance = new Maintenance(this);
  idler: Idler | null = null;
  /** Settles when the engine, which is being started again, runs. */
  barrier: Promise<void> | null = null;
  /** Why nothing can be run any more. */
  gone: Error | null = null;
  readonly #start: Start;
  readonly #backend: ClusterBackend;
  readonly #listener: HostListener;
  readonly #chores: Chores;
  #running: Running;
  /** Writes to the log when the last commit was handed over. */
  #seen = 0;
  #flushFailed = false;
  #look: Timer | undefined;

  private constructor(start: Start, running: Running, lockTimeout: number, listener: HostListener) {
    this.#start = start;
    this.#backend = start.backend;
    this.#running = running;
    this.#chores = new Chores(start.setup);
    this.#listener = listener;
    this.lockTimeout = lockTimeout;
  }

  static async start(start: Start, isNew: boolean, lockTimeout: number, listener: HostListener): Promise<Host> {
    const host = new Host(start, await Running.start(start, isNew), lockTimeout, listener);
    void host.settle();
    return host;
  }

  get version(): string {
    return this.#running.version;
  }

  get session(): Session {
    return this.#running.session;
  }

  get walBytes(): number {
    return this.#running.fs.walBytes;
  }

  get isIdle(): boolean {
    return this.queue.isFree && this.barrier === null && !this.session.isOpen && !this.session.isRunning;
  }

  isBarred(writes: boolean): boolean {
    return this.barrier !== null || (writes && this.#flushFailed);
  }

  /** What was applied and not stored is stored before anything else is written, or that is not written either. */
  async passBarrier(): Promise<void> {
    if (this.barrier !== null) return this.barrier;
    await this.#backend.flush();
    this.#flushFailed = false;
  }

  provide(statements: readonly Statement[]): Promise<void> | null {
    const { extensions } = this.#running;
    let missing: string[] | null = null;
    for (const { sql } of statements) {
      const name = mayNeedFiles(sql) ? extensionOf(sql) : null;
      if (name !== null && !extensions.has(name)) missing = [...(missing ?? []), name];
    }
    const provided = missing && Promise.all(missing.map((name) => extensions.load(name))).then(() => {});
    // Whoever only asks whether anything is missing does not hear that it cannot be had.
    provided?.catch(() => {});
    return provided;
  }

  settle(): Promise<void> | null {
    const { session, fs } = this.#running;
    if (session.isBroken) return null;
    if (!session.isOpen) this.#doChores();
    // A commit writes to the log, and nothing else does but a checkpoint and a long transaction.
    if (fs.walWrites === this.#seen) return null;
    if (session.isOpen) {
      this.maintenance.written();
      return null;
    }
    const stored = this.#publish();
    this.maintenance.written();
    return stored;
  }

  hand(): void {
    void this.#publish();
  }

  explain(error: unknown): unknown {
    const { session, fs } = this.#running;
    if (session.isBroken) {
      if (this.barrier === null && this.gone === null) void this.behindBarrier(() => this.#recover(error as Error));
      return error;
    }
    const failure = fs.takeFailure();
    const code = error instanceof WaxwingError ? String(error.code) : '';
    return failure instanceof WaxwingError && OF_FILES.test(code) ? failure : error;
  }

  later(sql: string): void {
    this.#chores.add(sql);
    if (this.isIdle) this.#doChores();
  }

  isHeard(channel: string, except: Guest): boolean {
    for (const connection of this.connections) {
      if (connection !== except && connection.traces.channels.has(channel)) return true;
    }
    return false;
  }

  forget(connection: Guest): void {
    this.connections.delete(connection);
    if (connection.traces.isEmpty || this.gone !== null) return;
    this.#chores.wipe(
      connection.traces,
      [...this.connections].map(({ traces }) => traces),
    );
    // The connection may be in a transaction, which it is about to roll back.
    queueMicrotask(() => {
      if (this.isIdle) this.#doChores();
    });
  }

  /** Everything committed is stored when this resolves. */
  async flush(): Promise<void> {
    await this.#backend.flush();
    this.#flushFailed = false;
  }

  /** Lets `work` replace the files while Postgres does not run; open transactions end, and hear what became of it. */
  async replace(work: () => Promise<void>): Promise<void> {
    const reason = beingReplaced();
    this.#giveUpAll(reason);
    await this.#stop();
    try {
      await work();
      this.#explain(reason, replaced());
    } catch (error) {
      this.#explain(reason, notReplaced(error));
      throw error;
    } finally {
      await this.#startAgain(null);
    }
  }

  /** Ends everything for `reason`. */
  async close(reason: Error): Promise<void> {
    this.maintenance.stop();
    clearTimeout(this.#look);
    while (this.barrier !== null) await this.barrier;
    for (const connection of [...this.connections]) connection.closeNow(reason);
    if (this.gone !== null) return;
    this.gone = reason;
    await this.#stop();
  }

  /** Calls wait until the work is done. */
  behindBarrier(work: () => Promise<void>): Promise<void> {
    const working = work();
    this.barrier = working
      .catch(() => {})
      .finally(() => {
        this.barrier = null;
      });
    return working;
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

  #doChores(): void {
    if (!this.#chores.isDone) this.#chores.do(this.session);
  }

  /** The engine is dead, its files are as it left them: Postgres starts anew on them, as it does when its process has died. */
  async #recover(error: Error): Promise<void> {
    // The call that met the failure gets it first; the others then learn what became of their transactions.
    await null;
    this.#giveUpAll(error);
    // The dead one's last changes too: what is stored must be what the files hold.
    this.hand();
    await this.#startAgain(error);
  }

  async #startAgain(reason: Error | null): Promise<void> {
    try {
      this.#running = await Running.start(this.#start, false);
      this.#seen = -1;
      this.#chores.restore([...this.connections].map(({ traces }) => traces));
      await this.settle();
    } catch (cause) {
      this.#lose(new InternalError(`The engine could not be started again: ${String(cause)}`, { cause: reason ?? cause }));
    }
  }

  /** Shuts Postgres down and hands over what it wrote on its way. */
  async #stop(): Promise<void> {
    await this.#running.close();
    const { fs } = this.#running;
    if (fs.dirty) this.#backend.commit(fs.takeChanges());
  }

  #giveUpAll(error: Error): void {
    for (const connection of [...this.connections]) connection.giveUp(error);
    this.idler = null;
  }

  #explain(was: Error, reason: Error): void {
    for (const connection of this.connections) connection.explain(was, reason);
  }

  #lose(error: Error): void {
    this.gone = error;
    this.maintenance.stop();
    for (const connection of [...this.connections]) connection.closeNow(error);
    this.#listener.lost(error);
  }

  readonly #onStorageFailure = (error: Error): void => {
    this.#flushFailed = true;
    this.#listener.storage(error);
  };

  /** A deferred commit that cannot be stored has nobody left who waits for it. */
  #lookLater(): void {
    this.#look ??= unref(
      setTimeout(() => {
        this.#look = undefined;
        this.#backend.durable().catch(this.#onStorageFailure);
      }, LOOK),
    );
  }
}

/** CREATE and LOAD are the words by which extensions come, with a comment before them perhaps. */
function mayNeedFiles(sql: string): boolean {
  return /^\s*[cl/-]/i.test(sql);
}

/** On Node a timer keeps the process alive; these are not worth it. */
function unref(timer: Timer): Timer {
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
