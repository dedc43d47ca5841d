/** The files of one backend as an engine reaches them: by paths of their own, with what connections share. */
import type { ByteFile, Delta, Files } from '../backend.ts';
import { OPEN_DATABASE, OPEN_DELETE_ON_CLOSE, OPEN_LOG } from './codes.ts';
import { Committed } from './committed.ts';
import { DatabaseFile, type DatabaseState, LogFile, type LogState, PlainFile } from './file.ts';
import type { Instance } from './heap.ts';
import { SharedMemory } from './shm.ts';

const LOG_SUFFIX = '-wal';

/** Files made reachable for an engine. */
export class Mount {
  readonly files: Files;
  /** How many commits SQLite has reported done, on all databases of the mount. */
  commits = 0;
  readonly #instance: Instance;
  readonly #track: boolean;
  readonly #prefix: string;
  readonly #unmount: () => void;
  readonly #names: string[] = [];
  readonly #open = new Map<string, { readonly bytes: ByteFile; users: number }>();
  readonly #databases = new Map<string, DatabaseState>();

  constructor(instance: Instance, files: Files, track: boolean, prefix: string, unmount: () => void) {
    this.#instance = instance;
    this.files = files;
    this.#track = track;
    this.#prefix = prefix;
    this.#unmount = unmount;
  }

  /** What to open the file `name` by. */
  path(name: string): string {
    // A number in place of the name: any name will do then, whatever its letters and length.
    if (!this.#names.includes(name)) this.#names.push(name);
    return `${this.#prefix}${this.#names.indexOf(name)}`;
  }

  /** What finished commits changed since the last call, when the mount tracks them: to be applied in this order. */
  takeCommitted(): readonly Delta[] {
    const deltas: Delta[] = [];
    for (const { committed } of this.#databases.values()) if (committed !== null) deltas.push(...committed.take());
    return deltas;
  }

  /** Bytes in the log of the database `name`. */
  logBytes(name: string): number {
    return this.#databases.get(name)?.log?.bytes.size() ?? 0;
  }

  /** True while a connection reads a snapshot of the database `name`. */
  isPinned(name: string): boolean {
    return this.#databases.get(name)?.shm.pinned ?? false;
  }

  /** Forgets the paths. All connections have to be closed before. */
  close(): void {
    this.#unmount();
  }

  /** The name behind a path's number. */
  name(index: number): string | undefined {
    return this.#names[index];
  }

  /** A file for one more user; for `FileSystem`. */
  open(name: string, flags: number): PlainFile {
    const bytes = this.#share(name);
    const release = (): void => {
      this.#release(name);
      if (flags & OPEN_DELETE_ON_CLOSE) this.remove(name);
    };
    if (flags & OPEN_DATABASE) return this.#openDatabase(name, bytes, release);
    const database = flags & OPEN_LOG ? this.#databases.get(name.slice(0, -LOG_SUFFIX.length)) : undefined;
    if (database === undefined) return new PlainFile(bytes, release);
    const log: LogState = (database.log ??= { bytes, unflushed: bytes.size() > 0, restarted: false });
    return new LogFile(log, database.committed, () => {
      release();
      if (!this.#open.has(name)) database.log = null;
    });
  }

  remove(name: string): void {
    const database = name.endsWith(LOG_SUFFIX) ? this.#databases.get(name.slice(0, -LOG_SUFFIX.length)) : undefined;
    database?.committed?.logRestarted();
    if (database !== undefined) database.log = null;
    this.files.remove(name);
  }

  #openDatabase(name: string, bytes: ByteFile, release: () => void): DatabaseFile {
    return new DatabaseFile(bytes, this.#database(name, bytes), () => {
      release();
      // The file may be another one when it is opened next.
      if (!this.#open.has(name) && !this.#databases.get(name)?.committed?.hasChanges) this.#databases.delete(name);
    });
  }

  #share(name: string): ByteFile {
    let open = this.#open.get(name);
    if (open === undefined) this.#open.set(name, (open = { bytes: this.files.open(name), users: 0 }));
    open.users++;
    return open.bytes;
  }

  #release(name: string): void {
    const open = this.#open.get(name)!;
    if (--open.users > 0) return;
    this.#open.delete(name);
    open.bytes.close();
  }

  #database(name: string, bytes: ByteFile): DatabaseState {
    let state = this.#databases.get(name);
    if (state === undefined) {
      // The file is asked for anew each time: when all connections are closed, it is another one next time.
      const main = (): ByteFile => this.#open.get(name)?.bytes ?? bytes;
      const log = (): ByteFile | null => this.#open.get(name + LOG_SUFFIX)?.bytes ?? null;
      state = {
        shm: new SharedMemory(this.#instance),
        committed: this.#track ? new Committed(name, main, log) : null,
        log: null,
        shared: 0,
        reserved: null,
        exclusive: null,
        onCommit: () => void this.commits++,
      };
      this.#databases.set(name, state);
    }
    return state;
  }
}
