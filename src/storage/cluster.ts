/** The interface of a storage for many files that change together, as Postgres keeps its data. */
import type { Backend, ByteFile, Delta, Durability, OnProgress, StorageState } from './backend.ts';

/** A file that is gone after the commit. */
export interface Removal {
  readonly file: string;
  readonly removed: true;
}

/**
 * What a commit does to one file; a file that is new and empty is a delta without pages. A page has 2ⁿ bytes, 64 KiB at the most.
 * A file need not end with a whole page: what the last image has behind the end is nothing.
 */
export type Change = Delta | Removal;

/** A whole file, to be stored at once. */
export interface WholeFile {
  readonly name: string;
  /** Taken over; files that hold the same may share one array. */
  readonly bytes: Uint8Array;
}

/** The files of a cluster by their paths, `base/5/1259`, in memory or read when they are needed. */
export interface ClusterFiles {
  /** Opens a file, making it when it does not exist. Several may have the same file open, also after it was removed. */
  open(name: string): ByteFile;
  exists(name: string): boolean;
  remove(name: string): void;
  rename(from: string, to: string): void;
  list(): Iterable<string>;
}

/**
 * A backend for a cluster. What an engine writes to `files` is there at once for whoever reads them, and survives only by
 * `commit`: each stored state is one that some `commit` left, whole, whatever files it touched. A commit holds all that was changed
 * since the one before in the files that are to survive; others, temporary ones, need not be in any.
 */
export interface ClusterBackend extends Pick<Backend, 'kind' | 'durability' | 'durable' | 'flush' | 'persist' | 'close'> {
  readonly files: ClusterFiles;
  durability: Durability;
  /** Takes over one commit, synchronously; its changes are stored together or not at all, in their order. */
  commit(changes: readonly Change[]): void;
  /** Puts these files in the place of all there are, all or nothing, and stores them before it resolves. */
  replaceAll(files: Iterable<WholeFile> | AsyncIterable<WholeFile>, bytes: number | null, onProgress?: OnProgress): Promise<void>;
  state(): Promise<StorageState>;
}
