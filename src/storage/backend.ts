/** The interface of a storage backend: named byte files used synchronously by an engine, made to survive by the backend. */

/** When a commit counts as done. `strict`: flushed with the strongest hint the platform has; `relaxed`: handed to the platform; `deferred`: applied, stored within 100 ms. */
export type Durability = 'strict' | 'relaxed' | 'deferred';

/** Where data survives: the browser's IndexedDB, its origin-private files, a file on Node; or not at all, in memory. */
export type StorageKind = 'indexeddb' | 'opfs' | 'memory' | 'file';

/** One open byte file. All calls are synchronous; a failure throws. */
export interface ByteFile {
  size(): number;
  /** Fills `into` from `at`; returns the bytes read, which are fewer than `into.length` only at the end of the file. */
  read(into: Uint8Array, at: number): number;
  /** Copies `from` to `at`, growing the file with zeros where needed. */
  write(from: Uint8Array, at: number): void;
  truncate(size: number): void;
  /**
   * Hands what was written to the device, where the backend keeps real files. It orders an engine's own steps
   * (a checkpoint's, say); commits are made to last by `Backend.durable`, which shares one flush between them.
   */
  sync(): void;
  close(): void;
}

/**
 * The files of one database: the database itself, by any one name, and what its engine keeps beside it,
 * by that name with `-wal`, `-journal` or `-shm` behind it.
 */
export interface Files {
  /** Opens a file, making it when it does not exist. Several may have the same file open. */
  open(name: string): ByteFile;
  exists(name: string): boolean;
  remove(name: string): void;
}

/** The committed change of one file: page images and the size the file has afterwards. */
export interface Delta {
  readonly file: string;
  readonly pageSize: number;
  /** Bytes in the file after the commit. */
  readonly size: number;
  /** Page numbers, counted from 0, ascending; one for each image. */
  readonly pages: ArrayLike<number>;
  /** The images one after the other, `pageSize` bytes each. The backend takes them over. */
  readonly images: Uint8Array;
}

/** What a database can tell about where its data is. Sizes are bytes. */
export interface StorageState {
  /** Where the data is; `server` for a database that is not kept here. */
  readonly backend: StorageKind | 'server';
  /** When a commit counts as done. */
  readonly durability: Durability;
  /** True when the platform promised not to evict the data under pressure. */
  readonly persisted: boolean;
  /** Bytes the database takes in storage. */
  readonly bytes: number;
  /** Bytes the platform grants this origin in all, where it tells. */
  readonly quota: number | null;
  /** Commits applied but not yet stored. */
  readonly pending: number;
  /** When the last commit was stored, in milliseconds since 1970. */
  readonly lastFlush: number | null;
  /** Bytes of a page of the stored file, where its format is not the engine's own. */
  readonly pageSize?: number;
}

/** Bytes, rows or steps done and, where it is known, in all; `step` says for people what is being done where there are several things. */
export type OnProgress = (done: number, total: number | null, step?: string) => void;

export interface Backend {
  readonly kind: StorageKind;
  readonly files: Files;
  /**
   * `pages`: the files are in memory and survive only through `commit`.
   * `files`: the files themselves are stored, the engine's log included; `commit` is not called.
   */
  readonly keeps: 'pages' | 'files';
  durability: Durability;
  /** Takes over one commit, synchronously; deltas of one call are stored together or not at all. */
  commit(deltas: readonly Delta[]): void;
  /**
   * Resolves when every commit made before the call is stored as `durability` says; at once when nothing is pending.
   * @throws StorageFullError when the platform's quota is used up; what is pending is kept and tried again by the next call.
   * @throws StorageUnavailableError when the platform refuses.
   */
  durable(): Promise<void>;
  /** As `durable`, whatever the durability: everything committed is stored now. */
  flush(): Promise<void>;
  state(): Promise<StorageState>;
  /** Asks the platform to keep the data under storage pressure. */
  persist(): Promise<boolean>;
  /**
   * Replaces the stored file `name` by `bytes` bytes from `source`, all or nothing.
   * Open `ByteFile`s of the old content are dead afterwards: the engine closes its connections before.
   */
  replace(name: string, source: AsyncIterable<Uint8Array>, bytes: number, onProgress?: OnProgress): Promise<void>;
  /** Stores what is pending and lets go of every handle and lock. Twice is as good as once. */
  close(): Promise<void>;
}

/** How a backend is opened; the lock that makes this thread the database's only owner is held by whoever opens it. */
export interface BackendOptions {
  readonly name: string;
  readonly durability: Durability;
  readonly onProgress?: OnProgress | undefined;
}
