/** The folder of one database in the origin private file system: its files by generations, of which one counts. */
import { DatabaseInUseError, StorageUnavailableError, WaxwingError } from '../errors.ts';
import { endsPath, fromPath, toPath } from './safe-name.ts';

/** A file opened for this thread alone, to be used synchronously (the compiler's DOM library has no workers). */
export interface SyncHandle {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(from: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

/** A whole database: its files, open. */
export interface Generation {
  readonly number: number;
  readonly handles: Readonly<Record<Slot, SyncHandle>>;
}

type Slot = (typeof SLOTS)[number];

const SLOTS = ['', '-wal', '-journal'] as const;
/** An empty file of this name makes a generation count: it is there or not, never half. The first one needs none. */
const READY = '.ready';
const ROOT = 'waxwing';
/** Milliseconds for the handles of a worker that was just stopped to go; its lock may be free before them. */
const PATIENCE = 1_000;

export class OpfsFolder {
  readonly #name: string;
  readonly #directory: FileSystemDirectoryHandle;

  private constructor(name: string, directory: FileSystemDirectoryHandle) {
    this.#name = name;
    this.#directory = directory;
  }

  static async open(name: string): Promise<OpfsFolder> {
    try {
      let directory = await rootDirectory(true);
      for (const piece of toPath(name)) directory = await directory.getDirectoryHandle(piece, { create: true });
      return new OpfsFolder(name, directory);
    } catch (error) {
      throw refused(error, name);
    }
  }

  /** Opens the files that count, and deletes what a replacement left that did not get to its end. */
  async openCurrent(): Promise<Generation> {
    try {
      const found = await this.#list();
      const current = Math.max(0, ...found.filter((file) => file.endsWith(READY)).map(numberOf));
      const generation = await this.begin(current);
      for (const file of found) if (numberOf(file) !== current) await this.#directory.removeEntry(file).catch(() => {});
      return generation;
    } catch (error) {
      throw refused(error, this.#name);
    }
  }

  /** Opens the files of the generation `number`, made empty where they do not exist. */
  async begin(number: number): Promise<Generation> {
    const opened: SyncHandle[] = [];
    try {
      for (const slot of SLOTS) opened.push(await this.#openHandle(`${number}.db${slot}`));
      return { number, handles: { '': opened[0]!, '-wal': opened[1]!, '-journal': opened[2]! } };
    } catch (error) {
      for (const handle of opened) handle.close();
      throw refused(error, this.#name);
    }
  }

  /** From here on the generation is the one that counts. */
  async makeCurrent({ number }: Generation): Promise<void> {
    await this.#directory.getFileHandle(number + READY, { create: true });
  }

  /** Deletes the files of a generation that does not count, as far as they let themselves. */
  async discard({ number, handles }: Generation): Promise<void> {
    for (const handle of Object.values(handles)) handle.close();
    // The mark goes first: a generation that counts must be whole.
    for (const file of [number + READY, ...SLOTS.map((slot) => `${number}.db${slot}`)]) {
      await this.#directory.removeEntry(file).catch(() => {});
    }
  }

  /** Deletes the folder of the database `name`, and the folders it alone lay in. */
  static async remove(name: string): Promise<void> {
    const path = toPath(name);
    try {
      const parents = [await rootDirectory(false)];
      for (const piece of path.slice(0, -1)) parents.push(await parents.at(-1)!.getDirectoryHandle(piece));
      await parents.at(-1)!.removeEntry(path.at(-1)!, { recursive: true });
      for (let depth = path.length - 2; depth >= 0; depth--) await parents[depth]!.removeEntry(path[depth]!).catch(() => {});
    } catch (error) {
      if ((error as Error).name !== 'NotFoundError') throw refused(error, name);
    }
  }

  static async list(): Promise<string[]> {
    const names: string[] = [];
    try {
      await collect(await rootDirectory(false), [], names);
    } catch (error) {
      if ((error as Error).name !== 'NotFoundError') throw refused(error, ROOT);
    }
    return names;
  }

  async #list(): Promise<string[]> {
    const files: string[] = [];
    for await (const file of this.#directory.keys()) files.push(file);
    return files;
  }

  async #openHandle(file: string): Promise<SyncHandle> {
    const handle = (await this.#directory.getFileHandle(file, { create: true })) as FileSystemFileHandle & SyncOpener;
    for (const deadline = Date.now() + PATIENCE; ; ) {
      try {
        return await handle.createSyncAccessHandle();
      } catch (error) {
        if ((error as Error).name !== 'NoModificationAllowedError' || Date.now() >= deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

interface SyncOpener {
  createSyncAccessHandle(): Promise<SyncHandle>;
}

async function rootDirectory(create: boolean): Promise<FileSystemDirectoryHandle> {
  const manager = globalThis.navigator?.storage as StorageManager | undefined;
  if (typeof manager?.getDirectory !== 'function') {
    throw new StorageUnavailableError(
      "There is no private file system (OPFS) here: it needs a browser and HTTPS. Use storage: 'indexeddb', or 'file' on Node.",
    );
  }
  // Deleting and listing work anywhere; only opening needs handles that workers alone have.
  if (create && !('createSyncAccessHandle' in FileSystemFileHandle.prototype)) {
    throw new StorageUnavailableError(
      "OPFS can be used in a dedicated worker only, and this is none. Open the database on a page, which starts one, or use storage: 'indexeddb'.",
    );
  }
  return (await manager.getDirectory()).getDirectoryHandle(ROOT, { create });
}

async function collect(directory: FileSystemDirectoryHandle, path: readonly string[], into: string[]): Promise<void> {
  for await (const [piece, entry] of directory.entries()) {
    if (endsPath(piece)) into.push(fromPath([...path, piece]));
    else if (entry.kind === 'directory') await collect(entry as FileSystemDirectoryHandle, [...path, piece], into);
  }
}

function numberOf(file: string): number {
  return Number.parseInt(file, 10);
}

function refused(error: unknown, database: string): WaxwingError {
  if (error instanceof WaxwingError) return error;
  const details = { cause: error, database, code: (error as Error).name };
  if (details.code === 'NoModificationAllowedError') {
    return new DatabaseInUseError(`The files of "${database}" are open in another tab or worker. Close it there.`, details);
  }
  return new StorageUnavailableError(
    `The browser refuses to store "${database}" in its file system (${(error as Error).message}). Private windows and blocked site data do that; storage: 'memory' works everywhere.`,
    details,
  );
}
