/** Puts files of ours under an engine: databases opened by a path from here are read and written through them. */
import { StorageFullError } from '../../errors.ts';
import type { Files } from '../backend.ts';
import { MemoryFile } from '../volume.ts';
import { ACCESS_EXISTS, CANTOPEN, CAPABILITIES, FULL, IOERR, IOERR_SHORT_READ, OK } from './codes.ts';
import { type DatabaseFile, PlainFile } from './file.ts';
import type { Instance } from './heap.ts';
import { VFS } from './locate.ts';
import { Mount } from './mount.ts';
import { type Callback, install } from './trampoline.ts';

const PREFIX = 'waxwing-';
const PATH = /^waxwing-(\d+)\/(\d+)(.*)$/;

/** The order of the functions in a `sqlite3_io_methods`, after its version; 0 where SQLite never calls. */
const METHODS = [
  'close',
  'read',
  'write',
  'truncate',
  'sync',
  'fileSize',
  'lock',
  'unlock',
  'checkReserved',
  'control',
  'sectorSize',
  'capabilities',
  'shmMap',
  'shmLock',
  'shmBarrier',
  'shmUnmap',
] as const;
const METHODS_VERSION = 2;
const METHODS_SIZE = 76;

/** The file system of one engine instance. Paths that are not of ours go where they went before. */
export class FileSystem {
  readonly #instance: Instance;
  readonly #mounts = new Map<number, Mount>();
  readonly #files = new Map<number, PlainFile>();
  readonly #original: Readonly<Record<'open' | 'delete' | 'access' | 'fullPathname', Original>>;
  readonly #methods: number;
  #nextId = 1;
  #failure: unknown = undefined;

  /** `vfs` is the address that `locateVfs` found; four of its functions are replaced. */
  constructor(instance: Instance, vfs: number) {
    this.#instance = instance;
    const { heap, table } = instance;
    const slot = (offset: number): Original => table.get(heap.int(vfs + offset)) as Original;
    this.#original = {
      open: slot(VFS.open),
      delete: slot(VFS.delete),
      access: slot(VFS.access),
      fullPathname: slot(VFS.fullPathname),
    };
    const indexes = install(instance, this.#callbacks());
    this.#methods = instance.malloc(METHODS_SIZE);
    heap.u8.fill(0, this.#methods, this.#methods + METHODS_SIZE);
    heap.setInt(this.#methods, METHODS_VERSION);
    METHODS.forEach((name, index) => heap.setInt(this.#methods + 4 * (index + 1), indexes[name]));
    for (const name of ['open', 'delete', 'access', 'fullPathname'] as const) heap.setInt(vfs + VFS[name], indexes[name]);
  }

  /** Makes `files` reachable by paths of their own. With `track`, the mount can tell which pages commits changed. */
  mount(files: Files, track: boolean): Mount {
    const id = this.#nextId++;
    const mount = new Mount(this.#instance, files, track, `${PREFIX}${id}/`, () => this.#mounts.delete(id));
    this.#mounts.set(id, mount);
    return mount;
  }

  /** What a file threw during the last calls into the engine, once: the engine itself only knows that something failed. */
  takeFailure(): unknown {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  /** Nothing may be thrown through C: what a file throws is kept for the statement that fails by it. */
  #guard(call: Call): (a: number, b: number, c: number, d: number, e: number) => number {
    // Written out: collecting the arguments in an array would cost more than most of the calls.
    return (a, b, c, d, e) => {
      try {
        return call(a, b, c, d, e) ?? OK;
      } catch (error) {
        this.#failure ??= error;
        return error instanceof StorageFullError ? FULL : IOERR;
      }
    };
  }

  #callbacks(): Record<'open' | 'delete' | 'access' | 'fullPathname' | (typeof METHODS)[number], Callback> {
    const callback = (signature: string, call: Call): Callback => ({ signature, call: this.#guard(call) });
    const { heap } = this.#instance;
    const files = this.#files;
    const database = (file: number): DatabaseFile => files.get(file) as DatabaseFile;
    return {
      open: callback('iiiiii', (vfs, path, file, flags, outFlags) => this.#open(vfs, path, file, flags, outFlags)),
      delete: callback('iiii', (vfs, path, syncDirectory) => this.#delete(vfs, path, syncDirectory)),
      access: callback('iiiii', (vfs, path, flags, out) => this.#access(vfs, path, flags, out)),
      fullPathname: callback('iiiii', (vfs, path, room, out) => this.#fullPathname(vfs, path, room, out)),
      close: callback('ii', (file) => this.#close(file)),
      read: callback('iiiij', (file, into, length, at) => this.#read(file, into, length, at)),
      write: callback(
        'iiiij',
        (file, from, length, at) => void files.get(file)!.write(heap.u8.subarray(from, from + length), at),
      ),
      truncate: callback('iij', (file, size) => void files.get(file)!.truncate(size)),
      sync: callback('iii', (file) => void files.get(file)!.sync()),
      fileSize: callback('iii', (file, out) => void heap.setLong(out, files.get(file)!.bytes.size())),
      lock: callback('iii', (file, level) => files.get(file)!.lock(level)),
      unlock: callback('iii', (file, level) => void files.get(file)!.unlock(level)),
      checkReserved: callback('iii', (file, out) => void heap.setInt(out, files.get(file)!.isReserved ? 1 : 0)),
      control: callback('iiii', (file, operation) => files.get(file)!.control(operation)),
      sectorSize: { signature: 'ii', call: () => 4096 },
      capabilities: { signature: 'ii', call: () => CAPABILITIES },
      shmMap: callback(
        'iiiiii',
        (file, region, bytes, extend, out) => void heap.setInt(out, database(file).state.shm.region(region, bytes, extend !== 0)),
      ),
      shmLock: callback('iiiii', (file, offset, count, flags) =>
        database(file).state.shm.lock(database(file).user, offset, count, flags),
      ),
      shmBarrier: { signature: 'vi', call: () => undefined },
      shmUnmap: callback('iii', (file) => void database(file).leaveShared()),
    };
  }

  #open(vfs: number, path: number, file: number, flags: number, outFlags: number): number {
    const { heap } = this.#instance;
    const place = this.#place(path);
    if (place === null) return this.#original.open(vfs, path, file, flags, outFlags);
    heap.setInt(file, 0);
    if (place === 'gone') return CANTOPEN;
    this.#files.set(
      file,
      place === 'temporary' ? new PlainFile(new MemoryFile(), () => {}) : place.mount.open(place.name, flags),
    );
    if (outFlags !== 0) heap.setInt(outFlags, flags);
    heap.setInt(file, this.#methods);
    return OK;
  }

  #delete(vfs: number, path: number, syncDirectory: number): number {
    const place = this.#place(path);
    if (place === null || typeof place === 'string') return this.#original.delete(vfs, path, syncDirectory);
    place.mount.remove(place.name);
    return OK;
  }

  #access(vfs: number, path: number, flags: number, out: number): number {
    const place = this.#place(path);
    if (place === null || typeof place === 'string') return this.#original.access(vfs, path, flags, out);
    this.#instance.heap.setInt(out, flags !== ACCESS_EXISTS || place.mount.files.exists(place.name) ? 1 : 0);
    return OK;
  }

  #fullPathname(vfs: number, path: number, room: number, out: number): number {
    const { heap } = this.#instance;
    if (this.#place(path) === null) return this.#original.fullPathname(vfs, path, room, out);
    return heap.setText(out, heap.text(path), room) < 0 ? CANTOPEN : OK;
  }

  #close(pointer: number): number {
    const file = this.#files.get(pointer);
    this.#files.delete(pointer);
    file?.close();
    return OK;
  }

  #read(pointer: number, into: number, length: number, at: number): number {
    const { u8 } = this.#instance.heap;
    const read = this.#files.get(pointer)!.bytes.read(u8.subarray(into, into + length), at);
    if (read === length) return OK;
    u8.fill(0, into + read, into + length);
    return IOERR_SHORT_READ;
  }

  /** Where a path leads: to a file of a mount, nowhere when that is gone, to memory without a name; null for another's path. */
  #place(path: number): { readonly mount: Mount; readonly name: string } | 'gone' | 'temporary' | null {
    if (path === 0) return 'temporary';
    const [, id, index, suffix] = PATH.exec(this.#instance.heap.text(path)) ?? [];
    if (id === undefined) return null;
    const mount = this.#mounts.get(Number(id));
    const name = mount?.name(Number(index));
    return mount === undefined || name === undefined ? 'gone' : { mount, name: name + suffix };
  }
}

/** A function of the engine that was there before ours. */
type Original = (...args: number[]) => number;

/** A function that C calls, with up to five arguments; without an answer all is well. */
type Call = (a: number, b: number, c: number, d: number, e: number) => number | undefined;
