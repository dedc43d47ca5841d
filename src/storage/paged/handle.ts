/** What a cluster needs of a platform with files: five of them, used synchronously by nobody else. */

/** One open file. A failure throws, as an error of ours. */
export interface Handle {
  size(): number;
  /** Fills `into` from `at`; returns the bytes read, fewer than `into.length` only at the end of the file. */
  read(into: Uint8Array, at: number): number;
  /** Writes all of `from` or throws; what is written then is uncertain. */
  write(from: Uint8Array, at: number): void;
  truncate(size: number): void;
  /** Waits until the device has everything written so far. */
  flush(): void | Promise<void>;
}

/** The files of one cluster. */
export interface PagedFolder {
  /** Commits, in the one until a fold begins, then in the other. */
  readonly logs: readonly [Handle, Handle];
  /** The chunks of the base, in blocks. */
  readonly chunks: Handle;
  /** What the base consists of; written in turn, so that one is always whole. */
  readonly bases: readonly [Handle, Handle];
  /** Lets go of all of them. */
  close(): void;
}

export const FILES = ['base-0', 'base-1', 'chunks', 'log-0', 'log-1'] as const;

/** The folder made of its open files, in the order of `FILES`. */
export function folderOf<H extends Handle>(handles: readonly H[], close: () => void): PagedFolder {
  const [base0, base1, chunks, log0, log1] = handles as readonly [H, H, H, H, H];
  return { bases: [base0, base1], chunks, logs: [log0, log1], close };
}

/** All bytes of a file. */
export function readAll(handle: Handle): Uint8Array {
  const bytes = new Uint8Array(handle.size());
  return bytes.subarray(0, handle.read(bytes, 0));
}
