/** The folder of one database in the origin private file system: its files by generations, of which one counts. */
import { listDirectories, openDirectory, openHandle, refused, removeDirectory, type SyncHandle } from './opfs-directory.ts';

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

export class OpfsFolder {
  readonly #name: string;
  readonly #directory: FileSystemDirectoryHandle;

  private constructor(name: string, directory: FileSystemDirectoryHandle) {
    this.#name = name;
    this.#directory = directory;
  }

  static async open(name: string): Promise<OpfsFolder> {
    return new OpfsFolder(name, await openDirectory(ROOT, name));
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
      for (const slot of SLOTS) opened.push(await openHandle(this.#directory, `${number}.db${slot}`));
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

  static remove(name: string): Promise<void> {
    return removeDirectory(ROOT, name);
  }

  static list(): Promise<string[]> {
    return listDirectories(ROOT);
  }

  async #list(): Promise<string[]> {
    const files: string[] = [];
    for await (const file of this.#directory.keys()) files.push(file);
    return files;
  }
}

function numberOf(file: string): number {
  return Number.parseInt(file, 10);
}
