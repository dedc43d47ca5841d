/** The interface of a storage whose stored form is a Berkeley DB file, while an engine works on SQLite pages in memory. */
import type { Backend, BackendOptions, OnProgress } from '../backend.ts';
import type { MemoryFile } from '../volume.ts';
import type { SoundFile } from './sound-file.ts';

/** How such a storage is opened. */
export interface BerkeleyOptions extends BackendOptions {
  /** Bytes in a page of the stored file, 512 to 32768; 4096 unless told. A file of another page size is rebuilt at the first commit. */
  readonly pageSize?: number | undefined;
}

/** How a file is put in the place of the stored one. */
export interface Replacing {
  readonly onProgress?: OnProgress | undefined;
  /** Gives it up, until the storage has all of the file. */
  readonly signal?: AbortSignal | undefined;
}

/** A Berkeley DB file, copied while commits go on: it is as it was at the call. */
export interface BerkeleyCopy {
  /** Bytes of all pieces together. */
  readonly bytes: number;
  readonly pieces: AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/**
 * A backend that keeps pages. What an engine finds in `files` after opening, and after `replace`, is a SQLite database made of the
 * stored file: its tables are whole, its indexes are empty until the engine has filled them (`REINDEX`). It then calls `ready`;
 * nothing before that is stored.
 *
 * `replace` takes a Berkeley DB file, checks it whole before anything changes, and stores it under a file id of its own;
 * `replaceBy` takes one that was checked.
 *
 * ```ts
 * const backend = await openBerkeley('indexeddb', { name: 'my_app.db', durability: 'strict' });
 * backend.fillIndexes(reindex);
 * backend.ready();
 * ```
 */
export interface BerkeleyBackend extends Backend {
  readonly keeps: 'pages';
  /**
   * Has `fill` fill the indexes of the SQLite file that `files` will have, if they are empty: before the engine opens anything
   * there, after opening and after `replace`.
   */
  fillIndexes(fill: (file: MemoryFile) => void): void;
  /** What is in `files` and was committed is the whole database: from here on commits are stored. */
  ready(): void;
  /**
   * Puts a file in the place of the stored one, all or nothing, under a file id of its own.
   * @throws AbortedError when it was given up before the storage had all of it.
   */
  replaceBy(sound: SoundFile, options: Replacing): Promise<void>;
  /** Builds the stored file anew, packed, without pages that hold nothing. */
  vacuum(onProgress?: OnProgress): Promise<void>;
  /** The stored file with everything committed before the call, under a new file id. */
  copy(): Promise<BerkeleyCopy>;
}
