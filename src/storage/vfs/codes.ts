/** The numbers of SQLite's C interface that a file system answers with or is asked by. */

export const OK = 0;
export const BUSY = 5;
export const IOERR = 10;
export const NOT_FOUND = 12;
export const FULL = 13;
export const CANTOPEN = 14;
export const IOERR_SHORT_READ = 522;

/** Levels of the lock on a database file. */
export const LOCK_NONE = 0;
export const LOCK_SHARED = 1;
export const LOCK_RESERVED = 2;
export const LOCK_PENDING = 3;
export const LOCK_EXCLUSIVE = 4;

/** Bits of a request for a shared-memory lock. */
export const SHM_UNLOCK = 1;
export const SHM_SHARED = 4;

/** What a file is opened for. */
export const OPEN_DELETE_ON_CLOSE = 0x8;
export const OPEN_DATABASE = 0x100;
export const OPEN_LOG = 0x80000;
export const ACCESS_EXISTS = 0;

export const CONTROL_COMMIT_PHASE_TWO = 22;

/**
 * A write that fails leaves the bytes around it alone; an open file cannot be deleted.
 * No more is promised: more would let SQLite skip flushes.
 */
export const CAPABILITIES: number = 0x1000 | 0x800;
