/** A database in the origin private file system: real files through synchronous handles, in a dedicated worker. */
import { ConnectionClosedError, NotSupportedError } from '../errors.ts';
import type { Backend, BackendOptions, ByteFile, Durability, Files, OnProgress, StorageState } from './backend.ts';
import { chunked } from './chunked.ts';
import { GroupCommit } from './group-commit.ts';
import type { SyncHandle } from './opfs-directory.ts';
import { explained, OpfsFile } from './opfs-file.ts';
import { type Generation, OpfsFolder } from './opfs-folder.ts';
import { askToPersist, platformState } from './platform.ts';
import { sideOf } from './side-files.ts';

/**
 * Opens the database `options.name` of this origin; nothing of it is read.
 * @throws StorageUnavailableError outside a dedicated worker, and where the platform has no such file system.
 * @throws DatabaseInUseError when another worker has its files open.
 */
export async function openOpfs(options: BackendOptions): Promise<Backend> {
  const folder = await OpfsFolder.open(options.name);
  return new OpfsBackend(folder, await folder.openCurrent(), options);
}

/** Deletes the database `name`, if there is one. */
export function removeOpfs(name: string): Promise<void> {
  return OpfsFolder.remove(name);
}

/** The names of the databases stored here. */
export function listOpfs(): Promise<string[]> {
  return OpfsFolder.list();
}

class OpfsBackend implements Backend {
  readonly kind = 'opfs';
  readonly keeps = 'files';
  durability: Durability;
  readonly files: OpfsFiles;
  readonly #name: string;
  readonly #folder: OpfsFolder;
  #current: Generation;
  readonly #group = new GroupCommit<void>(async () => this.files.flush());
  #closing: Promise<void> | null = null;

  constructor(folder: OpfsFolder, current: Generation, options: BackendOptions) {
    this.#folder = folder;
    this.#current = current;
    this.#name = options.name;
    this.durability = options.durability;
    this.files = new OpfsFiles(current, options.name);
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
      backend: this.kind,
      durability: this.durability,
      bytes: this.files.bytes,
      pending,
      lastFlush,
      ...(await platformState()),
    };
  }

  persist(): Promise<boolean> {
    return askToPersist();
  }

  async replace(_name: string, source: AsyncIterable<Uint8Array>, bytes: number, onProgress?: OnProgress): Promise<void> {
    if (this.#closing !== null)
      throw new ConnectionClosedError(`The database "${this.#name}" is closed.`, { database: this.#name });
    const old = this.#current;
    const fresh = await this.#folder.begin(old.number + 1);
    try {
      const file = new OpfsFile(fresh.handles[''], this.#name);
      let at = 0;
      for await (const chunk of chunked(source, bytes, onProgress)) {
        file.write(chunk, at);
        at += chunk.length;
      }
      file.sync();
      await this.#folder.makeCurrent(fresh);
    } catch (error) {
      await this.#folder.discard(fresh);
      throw explained(error, this.#name);
    }
    this.#current = fresh;
    this.files.use(fresh);
    await this.#folder.discard(old);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      for (const handle of Object.values(this.#current.handles)) handle.close();
    }
  }
}

/** The few files of one database; their handles are open all the time, so that opening one needs no waiting. */
class OpfsFiles implements Files {
  readonly #name: string;
  #files: Readonly<Record<'' | '-wal' | '-journal', OpfsFile>>;
  /** What the engine calls the database. */
  #called: string | null = null;

  constructor(generation: Generation, name: string) {
    this.#name = name;
    this.#files = this.#filesOf(generation);
  }

  open(name: string): ByteFile {
    return this.#find(name);
  }

  /** An empty file is as good as none: the engine's side files are emptied, not deleted. */
  exists(name: string): boolean {
    return sideOf(name) !== '-shm' && this.#find(name).size() > 0;
  }

  remove(name: string): void {
    const file = this.#find(name);
    file.truncate(0);
    file.sync();
  }

  use(generation: Generation): void {
    this.#files = this.#filesOf(generation);
  }

  get bytes(): number {
    return Object.values(this.#files).reduce((sum, file) => sum + file.size(), 0);
  }

  /** Whether something was written that the device may not have yet. */
  get unflushed(): boolean {
    return Object.values(this.#files).some((file) => file.unflushed);
  }

  flush(): void {
    for (const file of Object.values(this.#files)) if (file.unflushed) file.sync();
  }

  #find(name: string): OpfsFile {
    const side = sideOf(name);
    const database = name.slice(0, name.length - side.length);
    this.#called ??= database;
    if (database === this.#called && side !== '-shm') return this.#files[side];
    throw new NotSupportedError(`OPFS keeps one database file at a time: "${name}" is not a file of "${this.#called}".`, {
      database: this.#name,
    });
  }

  #filesOf({ handles }: Generation): Record<'' | '-wal' | '-journal', OpfsFile> {
    const file = (handle: SyncHandle) => new OpfsFile(handle, this.#name);
    return { '': file(handles['']), '-wal': file(handles['-wal']), '-journal': file(handles['-journal']) };
  }
}
