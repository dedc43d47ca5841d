/** A database with an engine here and a storage of its own: what SQLite and Postgres have in common. */
import type { Node } from '../ast/node.ts';
import type { ExportOptions, OpenOptions, TransferOptions, WorkerSource } from '../driver/driver.ts';
import { ConnectionClosedError, ImproperlyConfigured, InterfaceError } from '../errors.ts';
import type { Durability, OnProgress, StorageKind } from '../storage/backend.ts';
import type { Outcome, Rows, Statement } from '../wire/statement.ts';
import { type DatabaseOptions, LOCK_TIMEOUT } from './core.ts';
import { Database } from './database.ts';
import { DatabaseStorage } from './storage-handle.ts';

/** Options of every database whose data an engine here keeps. */
export interface StoredOptions extends DatabaseOptions {
  /**
   * Where the data survives. In a browser `indexeddb` unless told, or `opfs`; on Node `file`. `memory` nowhere, and
   * never unasked: storage that cannot be had is a StorageUnavailableError.
   */
  readonly storage?: StorageKind;
  /** When a write counts as done; `strict` unless told. */
  readonly durability?: Durability;
  /** Where the engine's wasm file is, when the bundler does not say; an engine of several files has them side by side. */
  readonly wasmUrl?: string | URL;
  /** On a page: the app's own worker that shall host the database; see `waxwing/worker`. */
  readonly worker?: WorkerSource;
  /** Bytes read and bytes in all while the stored database is opened, or another step that takes its time. */
  readonly onProgress?: OnProgress;
}

/** A database file as an import takes it. */
export type DatabaseFile = Blob | Uint8Array | ArrayBuffer;

/** A query, or SQL text. */
export type Explainable = string | { readonly '~query': true };

const MEMORY = ':memory:';

export abstract class StoredDatabase<O extends StoredOptions> extends Database<O> {
  /** Where the data is, and whether it is safe there. */
  readonly storage: DatabaseStorage;
  /** Settings made since the database was opened, for the connections to come. */
  readonly #settings: Map<string, Statement> = new Map();

  constructor(name: string | null, options: O) {
    super(name, options);
    const self = this;
    this.storage = new DatabaseStorage({
      driver: async () => (await this.lifecycle.ready()).driver,
      get opened() {
        return self.lifecycle.link?.driver ?? null;
      },
      get durability() {
        return self.options.durability ?? 'strict';
      },
      set durability(durability) {
        self.amend({ durability } as Partial<O>);
      },
      fail: (error) => this.fail(error),
      onWrite: (listener) => this.on('write', listener),
    });
  }

  /** Where data survives on this platform, for who does not say. */
  protected abstract defaultStorage(): StorageKind;

  /** What every opening says to the engine, whatever it is; `setup` is run on each connection. */
  protected openOptions(name: string, options: O, setup: readonly string[]): OpenOptions {
    this.#settings.clear();
    const { wasmUrl } = options;
    return {
      name,
      storage: this.#storageOf(name, options.storage),
      durability: options.durability ?? 'strict',
      lockTimeout: options.lockTimeout ?? LOCK_TIMEOUT,
      setup,
      wasmUrl: wasmUrl === undefined ? undefined : String(wasmUrl),
      onProgress: options.onProgress,
      worker: options.worker,
    };
  }

  protected override preamble(): readonly Statement[] {
    return [...this.#settings.values()];
  }

  /** Runs a statement that sets something, or asks for it; one that sets is kept, under `name`, for the connections to come. */
  protected async set(name: string, statement: Statement, keeps = true): Promise<Rows> {
    if (keeps && this.session !== null) throw new InterfaceError('A setting cannot change inside a session: end it first.');
    const [outcome] = await this.run({ statements: [statement] });
    if (keeps) this.#settings.set(name, statement);
    return (outcome as Outcome).rows;
  }

  /** Everything committed is stored when this resolves, whatever the durability. */
  flush(): Promise<void> {
    return this.storage.flush();
  }

  /** The rows in which the engine tells how it would run a query, or SQL text with its params. */
  protected async explained(query: Explainable, params: readonly unknown[], more: object = {}): Promise<Rows> {
    const node = typeof query === 'string' ? rawNode(query, params) : (query as object as { readonly '~node': Node })['~node'];
    const statements = this.dialect.compile({ kind: 'explain', node, ...more } as Node);
    const [outcome] = await this.run({ statements });
    return (outcome as Outcome).rows;
  }

  /**
   * The whole database as one file, a consistent snapshot, while others go on: SQLite's own file, which everything reads
   * that reads SQLite; of Postgres its cluster, which `importFile` of the same engine reads.
   * @throws AbortedError when `signal` was aborted.
   */
  async exportFile(options?: TransferOptions): Promise<Blob> {
    return this.exported(options);
  }

  protected async exported(options?: ExportOptions): Promise<Blob> {
    try {
      const { driver } = await this.lifecycle.ready();
      return await driver.exportFile(options);
    } catch (error) {
      throw this.fail(error);
    }
  }

  /**
   * Replaces the whole database by such a file, after checking it. Statements called meanwhile wait; open transactions end.
   * @throws CorruptDatabaseError when the file is not a sound database; nothing is changed then.
   * @throws AbortedError when `signal` was aborted before the storage had been handed all of the file; nothing is changed then.
   * Later the import takes place, and this resolves.
   */
  async importFile(file: DatabaseFile, options?: TransferOptions): Promise<void> {
    const blob = file instanceof Blob ? file : new Blob([file as BlobPart]);
    const reason = new ConnectionClosedError('The database was replaced by importFile() while this transaction was open.', {
      database: this.name,
    });
    try {
      await this.lifecycle.replace((driver) => driver.importFile(blob, options), reason);
      this.announceWrite();
    } catch (error) {
      throw this.fail(error);
    }
  }

  #storageOf(name: string, storage: StorageKind | undefined): StorageKind {
    if (name !== MEMORY) return storage ?? this.defaultStorage();
    if (storage === undefined || storage === 'memory') return 'memory';
    throw new ImproperlyConfigured(`"${MEMORY}" is a database in memory: give it a name to keep it in storage '${storage}'.`);
  }
}

function rawNode(text: string, params: readonly unknown[]): Node {
  return { kind: 'raw', text, params: params.map((value) => ({ kind: 'value', value })) };
}
