/** Puts files of ours under an engine: databases opened by a path from here are read and written through them. */
import { StorageFullError } from '../../errors.ts';
import type { ByteFile, Delta, Files } from '../backend.ts';
import { MemoryFile } from '../volume.ts';
import { ACCESS_EXISTS, CANTOPEN, CAPABILITIES, FULL, IOERR, IOERR_SHORT_READ, OK, OPEN_DELETE_ON_CLOSE } from './codes.ts';
import { Committed } from './committed.ts';
import { DatabaseFile, LogFile, PlainFile, type DatabaseState, type LogState } from './file.ts';
import type { Instance } from './heap.ts';
import { VFS } from './locate.ts';
import { SharedMemory } from './shm.ts';
import { install, type Callback } from './trampoline.ts';

const PREFIX = 'waxwing-';
const PATH = /^waxwing-(\d+)\/(\d+)(.*)$/;
const LOG_SUFFIX = '-wal';
const OPEN_DATABASE = 0x100;
const OPEN_LOG = 0x80000;

/** The order of the functions in a `sqlite3_io_methods`, after its version; 0 where SQLite never calls. */
const METHODS = [
  'close', 'read', 'write', 'truncate', 'sync', 'fileSize', 'lock', 'unlock', 'checkReserved', 'control',
  'sectorSize', 'capabilities', 'shmMap', 'shmLock', 'shmBarrier', 'shmUnmap',
] as const;
const METHODS_VERSION = 2;
const METHODS_SIZE = 76;

/** The file system of one engine instance. Paths that are not of ours go where they went before. */
export class FileSystem {
  readonly #instance: Instance;
  readonly #mounts = new Map<number, Mount>();
  readonly #files = new Map<number, PlainFile>();
  readonly #original: { readonly open: Call; readonly delete: Call; readonly access: Call; readonly fullPathname: Call };
  readonly #methods: number;
  #nextId = 1;
  #failure: unknown = undefined;

  /** `vfs` is the address that `locateVfs` found; four of its functions are replaced. */
  constructor(instance: Instance, vfs: number) {
    this.#instance = instance;
    const { heap, table } = instance;
    const slot = (offset: number): Call => table.get(heap.int(vfs + offset)) as Call;
    this.#original = {
      open: slot(VFS.open), delete: slot(VFS.delete), access: slot(VFS.access), fullPathname: slot(VFS.fullPathname),
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

  #guard(call: (...args: number[]) => number): (...args: number[]) => number {
    return (...args) => {
      try {
        return call(...args);
      } catch (error) {
        this.#failure ??= error;
        return error instanceof StorageFullError ? FULL : IOERR;
      }
    };
  }

  #callbacks(): Record<'open' | 'delete' | 'access' | 'fullPathname' | (typeof METHODS)[number], Callback> {
    const callback = (signature: string, call: (...args: number[]) => number): Callback => ({ signature, call: this.#guard(call) });
    const { heap } = this.#instance;
    const files = this.#files;
    const database = (file: number): DatabaseFile => files.get(file) as DatabaseFile;
    return {
      open: callback('iiiiii', (vfs, path, file, flags, outFlags) => this.#open(vfs!, path!, file!, flags!, outFlags!)),
      delete: callback('iiii', (vfs, path, syncDirectory) => this.#delete(vfs!, path!, syncDirectory!)),
      access: callback('iiiii', (vfs, path, flags, out) => this.#access(vfs!, path!, flags!, out!)),
      fullPathname: callback('iiiii', (vfs, path, room, out) => this.#fullPathname(vfs!, path!, room!, out!)),
      close: callback('ii', (file) => this.#close(file!)),
      read: callback('iiiij', (file, into, length, at) => this.#read(file!, into!, length!, at!)),
      write: callback('iiiij', (file, from, length, at) => {
        files.get(file!)!.write(heap.u8.subarray(from!, from! + length!), at!);
        return OK;
      }),
      truncate: callback('iij', (file, size) => (files.get(file!)!.truncate(size!), OK)),
      sync: callback('iii', (file) => (files.get(file!)!.sync(), OK)),
      fileSize: callback('iii', (file, out) => (heap.setLong(out!, files.get(file!)!.bytes.size()), OK)),
      lock: callback('iii', (file, level) => files.get(file!)!.lock(level!)),
      unlock: callback('iii', (file, level) => (files.get(file!)!.unlock(level!), OK)),
      checkReserved: callback('iii', (file, out) => (heap.setInt(out!, files.get(file!)!.isReserved ? 1 : 0), OK)),
      control: callback('iiii', (file, operation) => files.get(file!)!.control(operation!)),
      sectorSize: { signature: 'ii', call: () => 4096 },
      capabilities: { signature: 'ii', call: () => CAPABILITIES },
      shmMap: callback('iiiiii', (file, region, bytes, extend, out) => {
        heap.setInt(out!, database(file!).state.shm.region(region!, bytes!, extend !== 0));
        return OK;
      }),
      shmLock: callback('iiiii', (file, offset, count, flags) => database(file!).state.shm.lock(database(file!).user, offset!, count!, flags!)),
      shmBarrier: { signature: 'vi', call: () => {} },
      shmUnmap: callback('iii', (file) => (database(file!).leaveShared(), OK)),
    };
  }

  #open(vfs: number, path: number, file: number, flags: number, outFlags: number): number {
    const { heap } = this.#instance;
    const place = this.#place(path);
    if (place === null) return this.#original.open(vfs, path, file, flags, outFlags);
    heap.setInt(file, 0);
    if (place === 'gone') return CANTOPEN;
    this.#files.set(file, place === 'temporary' ? new PlainFile(new MemoryFile(), () => {}) : place.mount.open(place.name, flags));
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

  /** Where a path leads: to a file of a mount, to nowhere when its mount is gone, to memory without a name; null for another's path. */
  #place(path: number): { readonly mount: Mount; readonly name: string } | 'gone' | 'temporary' | null {
    if (path === 0) return 'temporary';
    const [, id, index, suffix] = PATH.exec(this.#instance.heap.text(path)) ?? [];
    if (id === undefined) return null;
    const mount = this.#mounts.get(Number(id));
    const name = mount?.name(Number(index));
    return mount === undefined || name === undefined ? 'gone' : { mount, name: name + suffix };
  }
}

type Call = (...args: number[]) => number;

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
    if (flags & OPEN_DATABASE) return new DatabaseFile(bytes, this.#database(name, bytes), release);
    const database = flags & OPEN_LOG ? this.#databases.get(name.slice(0, -LOG_SUFFIX.length)) : undefined;
    if (database === undefined) return new PlainFile(bytes, release);
    const log: LogState = database.log ??= { bytes, unflushed: bytes.size() > 0, restarted: false };
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

  #share(name: string): ByteFile {
    let open = this.#open.get(name);
    if (open === undefined) this.#open.set(name, open = { bytes: this.files.open(name), users: 0 });
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
        shm: new SharedMemory(this.#instance), committed: this.#track ? new Committed(name, main, log) : null,
        log: null, shared: 0, reserved: null, exclusive: null, onCommit: () => void this.commits++,
      };
      this.#databases.set(name, state);
    }
    return state;
  }
}
