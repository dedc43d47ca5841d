/** A lock file beside a database: it names the process that has it open, and gives way when that one is gone. */
import { DatabaseInUseError } from '../errors.ts';
import { explained, type Fs } from './node-fs.ts';

/** Two start times of one process, taken apart from another, may differ by this many milliseconds. */
const SLACK = 2_000;

interface Holder {
  readonly pid: number;
  /** When the process started, in milliseconds since 1970: numbers of processes are used again. */
  readonly started: number;
}

export class FileLock {
  readonly #fs: Fs;
  readonly #path: string;
  #held = true;

  private constructor(fs: Fs, path: string) {
    this.#fs = fs;
    this.#path = path;
  }

  /**
   * Locks the database at `path`.
   * @throws DatabaseInUseError when a living process has it, this one included.
   */
  static take(fs: Fs, path: string): FileLock {
    const lockPath = `${path}-lock`;
    try {
      if (!claim(fs, lockPath)) {
        removeStale(fs, lockPath, path);
        if (!claim(fs, lockPath)) throw inUse(path, readHolder(fs, lockPath));
      }
    } catch (error) {
      throw explained(error, path);
    }
    return new FileLock(fs, lockPath);
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#fs.rmSync(this.#path, { force: true });
  }
}

function self(): Holder {
  return { pid: process.pid, started: Math.round(Date.now() - process.uptime() * 1000) };
}

/** Makes the lock file, complete from the first moment on; false when there is one. */
function claim(fs: Fs, lockPath: string): boolean {
  const draft = `${lockPath}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  fs.writeFileSync(draft, JSON.stringify(self()));
  try {
    fs.linkSync(draft, lockPath);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** @throws DatabaseInUseError unless the holder is gone. */
function removeStale(fs: Fs, lockPath: string, path: string): void {
  const holder = readHolder(fs, lockPath);
  if (holder !== null && isAlive(holder)) throw inUse(path, holder);
  // Moved away before it is deleted: of two processes that find it stale, one gets it.
  const aside = `${lockPath}.stale.${process.pid}`;
  try {
    fs.renameSync(lockPath, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(fs, aside);
  // Another process was quicker, and this is its new lock: put it back.
  if (moved !== null && isAlive(moved)) fs.linkSync(aside, lockPath);
  fs.rmSync(aside, { force: true });
}

/** Who holds the lock; null when the file is gone or says nothing sensible. */
function readHolder(fs: Fs, lockPath: string): Holder | null {
  try {
    const { pid, started } = JSON.parse(fs.readFileSync(lockPath, 'utf8')) as Partial<Holder>;
    return Number.isSafeInteger(pid) && typeof started === 'number' ? { pid: pid!, started } : null;
  } catch {
    return null;
  }
}

function isAlive({ pid, started }: Holder): boolean {
  if (pid === process.pid) return Math.abs(started - self().started) < SLACK;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists, but is not ours to signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function inUse(path: string, holder: Holder | null): DatabaseInUseError {
  const who = holder === null ? 'another process' : holder.pid === process.pid ? 'this process' : `process ${holder.pid}`;
  return new DatabaseInUseError(`"${path}" is open in ${who}. Close it there; if that is not so, delete "${path}-lock".`, {
    database: path,
  });
}
