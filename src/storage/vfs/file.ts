/** One file as SQLite has it open: bytes, locks, and for a database its shared memory and log. */
import type { ByteFile } from '../backend.ts';
import {
  BUSY,
  CONTROL_COMMIT_PHASE_TWO,
  LOCK_EXCLUSIVE,
  LOCK_NONE,
  LOCK_PENDING,
  LOCK_RESERVED,
  LOCK_SHARED,
  NOT_FOUND,
  OK,
} from './codes.ts';
import type { Committed } from './committed.ts';
import type { SharedMemory, SharedUser } from './shm.ts';

/** What all connections to one database share. */
export interface DatabaseState {
  readonly shm: SharedMemory;
  /** Null where the files themselves are stored and nobody asks for page images. */
  readonly committed: Committed | null;
  log: LogState | null;
  shared: number;
  reserved: DatabaseFile | null;
  exclusive: DatabaseFile | null;
  /** Called when SQLite reports a commit done. */
  readonly onCommit: () => void;
}

/** The log of one database; every connection has it open. */
export interface LogState {
  readonly bytes: ByteFile;
  /** True when commits were written that no flush has followed yet. */
  unflushed: boolean;
  /** True from the rewriting of the header until it is flushed. */
  restarted: boolean;
}

/** A temporary file or a rollback journal: bytes and nothing else. */
export class PlainFile {
  readonly bytes: ByteFile;
  readonly #release: () => void;

  constructor(bytes: ByteFile, release: () => void) {
    this.bytes = bytes;
    this.#release = release;
  }

  write(from: Uint8Array, at: number): void {
    this.bytes.write(from, at);
  }

  truncate(size: number): void {
    this.bytes.truncate(size);
  }

  sync(): void {
    this.bytes.sync();
  }

  close(): void {
    this.#release();
  }

  lock(_level: number): number {
    return OK;
  }

  unlock(_level: number): void {}

  get isReserved(): boolean {
    return false;
  }

  control(_operation: number): number {
    return NOT_FOUND;
  }
}

/** The write-ahead log. Its flushes are left to the backend, one for all commits that wait, except where order matters. */
export class LogFile extends PlainFile {
  readonly #state: LogState;
  readonly #committed: Committed | null;

  constructor(state: LogState, committed: Committed | null, release: () => void) {
    super(state.bytes, release);
    this.#state = state;
    this.#committed = committed;
  }

  override write(from: Uint8Array, at: number): void {
    try {
      super.write(from, at);
    } catch (error) {
      this.#committed?.logFailed();
      throw error;
    }
    this.#state.unflushed = true;
    if (at === 0) this.#state.restarted = true;
    this.#committed?.logWritten(from, at);
  }

  override truncate(size: number): void {
    super.truncate(size);
    if (size === 0) this.#committed?.logRestarted();
  }

  override sync(): void {
    // A log that starts over must not be found with the old header before new frames: that would bring back old pages.
    if (this.#state.restarted) flushLog(this.#state);
  }
}

/** The database file itself. */
export class DatabaseFile extends PlainFile {
  readonly state: DatabaseState;
  level: number = LOCK_NONE;
  #user: SharedUser | null = null;

  constructor(bytes: ByteFile, state: DatabaseState, release: () => void) {
    super(bytes, release);
    this.state = state;
  }

  override write(from: Uint8Array, at: number): void {
    const { log, committed } = this.state;
    if (log !== null) flushLog(log);
    super.write(from, at);
    // With frames in the log this is a checkpoint, which changes nothing that was not committed before.
    if (log === null || log.bytes.size() === 0) committed?.mainWritten(from.length, at);
  }

  override truncate(size: number): void {
    if (this.state.log !== null) flushLog(this.state.log);
    super.truncate(size);
  }

  override close(): void {
    this.unlock(LOCK_NONE);
    this.leaveShared();
    super.close();
  }

  override lock(level: number): number {
    if (this.level >= level) return OK;
    const { state } = this;
    const { reserved, exclusive } = state;
    if (exclusive !== null && exclusive !== this) return BUSY;
    if (level === LOCK_SHARED) {
      state.shared++;
    } else {
      if (reserved !== null && reserved !== this) return BUSY;
      state.reserved = this;
      if (level === LOCK_EXCLUSIVE) {
        // From here on no reader comes in; those who are in must leave first.
        state.exclusive = this;
        if (state.shared > 1) {
          this.level = LOCK_PENDING;
          return BUSY;
        }
      }
    }
    this.level = level;
    return OK;
  }

  override unlock(level: number): void {
    if (this.level <= level) return;
    const { state } = this;
    if (state.exclusive === this) state.exclusive = null;
    if (state.reserved === this && level < LOCK_RESERVED) state.reserved = null;
    if (level === LOCK_NONE) state.shared--;
    this.level = level;
  }

  override get isReserved(): boolean {
    return this.state.reserved !== null;
  }

  override control(operation: number): number {
    if (operation !== CONTROL_COMMIT_PHASE_TWO) return NOT_FOUND;
    this.state.committed?.committed();
    this.state.onCommit();
    return OK;
  }

  /** This connection's part in the shared memory. */
  get user(): SharedUser {
    return (this.#user ??= this.state.shm.join());
  }

  leaveShared(): void {
    if (this.#user !== null) this.state.shm.leave(this.#user);
    this.#user = null;
  }
}

/** Flushes what the log holds, if anything: before the database file is written from it, and when it starts over. */
function flushLog(log: LogState): void {
  if (!log.unflushed) return;
  log.bytes.sync();
  log.unflushed = false;
  log.restarted = false;
}
