/** A database as a file on Node, with its log beside it, safe from a second process by a lock file. */
import { ConnectionClosedError, InternalError, NotSupportedError } from '../errors.ts';
import type { Backend, BackendOptions, ByteFile, Durability, Files, OnProgress, StorageState } from './backend.ts';
import { chunked } from './chunked.ts';
import { GroupCommit } from './group-commit.ts';
import { explained, type Fs, nodeFs, syncFolder, wholePath } from './node-fs.ts';
import { FileLock } from './node-lock.ts';
import { NodeFile, writeAll } from './node-open-file.ts';
import { SIDE_FILES } from './side-files.ts';

/** Behind the name of a file that is being written to take the place of the database. */
const NEW = '-new';

/**
 * Opens the file `options.name`, a path as Node takes it; it is made when it is first written to.
 * @throws DatabaseInUseError when it is open already, here or in another process.
 * @throws StorageUnavailableError when the system refuses: no such folder, no permission.
 */
export async function openFile(options: BackendOptions): Promise<Backend> {
  const fs = nodeFs();
  const name = wholePath(fs, options.name);
  const lock = FileLock.take(fs, name);
  try {
    return new FileBackend(fs, lock, { ...options, name });
  } catch (error) {
    lock.release();
    throw explained(error, options.name);
  }
}

/** Deletes the file `name` and those beside it. */
export async function removeFile(name: string): Promise<void> {
  const fs = nodeFs();
  const path = wholePath(fs, name);
  const lock = FileLock.take(fs, path);
  try {
    // The side files first: a log without its database is taken for the log of the next one of that name.
    for (const suffix of [...SIDE_FILES, NEW, '']) fs.rmSync(path + suffix, { force: true });
  } catch (error) {
    throw explained(error, name);
  } finally {
    lock.release();
  }
}

class FileBackend implements Backend {
  readonly kind = 'file';
  readonly keeps = 'files';
  durability: Durability;
  readonly files: NodeFiles;
  readonly #fs: Fs;
  readonly #name: string;
  readonly #lock: FileLock;
  readonly #group = new GroupCommit<void>(() => this.files.flush());
  #closing: Promise<void> | null = null;

  constructor(fs: Fs, lock: FileLock, options: BackendOptions) {
    this.#fs = fs;
    this.#lock = lock;
    this.#name = options.name;
    this.durability = options.durability;
    this.files = new NodeFiles(fs, options.name);
    fs.rmSync(options.name + NEW, { force: true });
    if (fs.existsSync(options.name)) fs.accessSync(options.name, fs.constants.R_OK | fs.constants.W_OK);
  }

  commit(): void {}

  async durable(): Promise<void> {
    // What was written is in the hands of the operating system at once; only `strict` waits for the device.
    if (this.durability === 'strict') await this.flush();
  }

  async flush(): Promise<void> {
    if (this.files.unflushed) this.#group.add();
    await this.#group.drained();
  }

  async state(): Promise<StorageState> {
    const { pending, lastFlush } = this.#group;
    return {
      backend: 'file',
      durability: this.durability,
      persisted: true,
      bytes: this.files.bytes,
      quota: null,
      pending,
      lastFlush,
    };
  }

  async persist(): Promise<boolean> {
    return true;
  }

  async replace(name: string, source: AsyncIterable<Uint8Array>, bytes: number, onProgress?: OnProgress): Promise<void> {
    if (this.#closing !== null)
      throw new ConnectionClosedError(`The database "${this.#name}" is closed.`, { database: this.#name });
    if (SIDE_FILES.some((suffix) => this.files.exists(name + suffix) && this.files.open(name + suffix).size() > 0)) {
      // It would be applied to the new file, and the old one is not whole without it.
      throw new InternalError(`"${name}" cannot be replaced while its log holds changes.`, { database: this.#name });
    }
    const fresh = this.#name + NEW;
    try {
      const fd = this.#fs.openSync(fresh, 'w');
      try {
        for await (const chunk of chunked(source, bytes, onProgress)) writeAll(this.#fs, fd, chunk, null);
        this.#fs.fsyncSync(fd);
      } finally {
        this.#fs.closeSync(fd);
      }
      this.files.forget();
      for (const suffix of SIDE_FILES) this.#fs.rmSync(this.#name + suffix, { force: true });
      this.#fs.renameSync(fresh, this.#name);
      this.files.syncFolder();
    } catch (error) {
      this.#fs.rmSync(fresh, { force: true });
      throw explained(error, this.#name);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      this.files.forget();
      this.#lock.release();
    }
  }
}

/** The database's file and those beside it, each opened once and shared. */
class NodeFiles implements Files {
  readonly #fs: Fs;
  readonly #path: string;
  readonly #open = new Map<string, NodeFile>();
  /** What the engine calls the database. */
  #called: string | null = null;
  /** Files were made or deleted, and the folder on the device may not know. */
  #folderChanged = false;
  #flushing = false;
  /** Deleted while a flush was using them. */
  #retired: NodeFile[] = [];

  constructor(fs: Fs, path: string) {
    this.#fs = fs;
    this.#path = path;
  }

  open(name: string): ByteFile {
    const path = this.#pathOf(name);
    let file = this.#open.get(path);
    if (file === undefined) {
      try {
        this.#folderChanged ||= !this.#fs.existsSync(path);
        file = new NodeFile(this.#fs, path, this.#fs.openSync(path, this.#fs.constants.O_RDWR | this.#fs.constants.O_CREAT));
      } catch (error) {
        throw explained(error, this.#path);
      }
      this.#open.set(path, file);
    }
    return file;
  }

  exists(name: string): boolean {
    return this.#fs.existsSync(this.#pathOf(name));
  }

  remove(name: string): void {
    const path = this.#pathOf(name);
    const file = this.#open.get(path);
    this.#open.delete(path);
    if (file !== undefined) this.#retire(file);
    try {
      this.#fs.rmSync(path, { force: true });
    } catch (error) {
      throw explained(error, this.#path);
    }
    this.#folderChanged = true;
  }

  get bytes(): number {
    return ['', ...SIDE_FILES].reduce(
      (sum, suffix) => sum + (this.#fs.statSync(this.#path + suffix, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  get unflushed(): boolean {
    return this.#folderChanged || [...this.#open.values()].some((file) => file.unflushed);
  }

  /** Waits until the device has everything written so far. */
  async flush(): Promise<void> {
    this.#flushing = true;
    try {
      await Promise.all(Array.from(this.#open.values(), (file) => file.flush()));
      if (this.#folderChanged) this.syncFolder();
    } catch (error) {
      throw explained(error, this.#path);
    } finally {
      this.#flushing = false;
      for (const file of this.#retired.splice(0)) file.end();
    }
  }

  /** Makes the folder's entries last, where the system has a way to. */
  syncFolder(): void {
    this.#folderChanged = false;
    syncFolder(this.#fs, this.#path.replace(/[^/\\]*$/, '') || '.');
  }

  /** Closes all files; the next opening opens them anew. */
  forget(): void {
    for (const file of this.#open.values()) this.#retire(file);
    this.#open.clear();
  }

  #retire(file: NodeFile): void {
    if (this.#flushing) this.#retired.push(file);
    else file.end();
  }

  #pathOf(name: string): string {
    const suffix = SIDE_FILES.find((side) => name.endsWith(side)) ?? '';
    const database = name.slice(0, name.length - suffix.length);
    this.#called ??= database;
    if (database === this.#called) return this.#path + suffix;
    throw new NotSupportedError(`"${name}" is not a file of "${this.#called}".`, { database: this.#path });
  }
}
