/** A file system for Emscripten whose files are those of a cluster, and whose directories follow from their names. */
import { StorageFullError } from '../../errors.ts';
import type { ClusterFiles } from '../cluster.ts';
import type { ChangeLog } from './change-log.ts';
import { DIRECTORIES } from './directories.ts';
import type { EmscriptenFS, FsAttributes, FsNode, FsStat, FsStream, FsType, NodeOps, StreamOps } from './emscripten.ts';
import { TrackedFile } from './tracked-file.ts';
import { isVolatile, VolatileFile } from './volatile-file.ts';

const DIRECTORY = 0o040700;
const FILE = 0o100600;
/** Emscripten's numbers of errors, which are those of WASI. */
const EINVAL = 28;
const EIO = 29;
const ENOENT = 44;
const ENOSPC = 51;
const ENOTEMPTY = 55;
const EXDEV = 75;

export interface MountOptions {
  readonly fs: EmscriptenFS;
  readonly files: ClusterFiles;
  readonly log: ChangeLog;
  /** What a call of the storage threw; Postgres gets to know no more than a number. */
  readonly failed: (error: unknown) => void;
}

/** The file system, to be given to `FS.mount`. Emscripten keeps all nodes in a table of its own, so none is ever looked up here. */
export class ClusterMount implements FsType {
  readonly #options: MountOptions;
  readonly #missing: Error;
  readonly #directoryOps: NodeOps;
  readonly #fileOps: NodeOps;
  readonly #streamOps: StreamOps;

  constructor(options: MountOptions) {
    this.#options = options;
    this.#missing = this.#error(ENOENT);
    const getattr = attributesOf;
    const setattr = (node: FsNode, attributes: FsAttributes): void => this.#set(node, attributes);
    this.#fileOps = { getattr, setattr };
    this.#directoryOps = {
      getattr,
      setattr,
      lookup: () => {
        throw this.#missing;
      },
      mknod: (parent, name, mode) => this.#make(parent, name, mode),
      rename: (node, parent, name) => this.#rename(node, parent, name),
      unlink: (parent, name) => this.#unlink(parent, name),
      rmdir: (parent, name) => this.#removeDirectory(parent, name),
      readdir: (node) => ['.', '..', ...node.children.keys()],
    };
    this.#streamOps = {
      open: ({ node }) => node.file?.opened(),
      dup: ({ node }) => node.file?.opened(),
      close: ({ node }) => node.file?.released(),
      read: (stream, heap, offset, length, position) =>
        this.#guarded(() => stream.node.file.read(bytesOf(heap, offset, length), position)),
      write: (stream, heap, offset, length, position) => this.#write(stream.node, bytesOf(heap, offset, length), position),
      llseek: (stream, offset, whence) => this.#seek(stream, offset, whence),
    };
  }

  mount(): FsNode {
    const { files, log } = this.#options;
    const root = this.#node(null, '/', DIRECTORY);
    const directories = new Map([['', root]]);
    const directory = (path: string): FsNode => {
      const known = directories.get(path);
      if (known !== undefined) return known;
      const [parent, name] = split(path);
      const made = this.#node(directory(parent), name, DIRECTORY);
      directories.set(path, made);
      return made;
    };
    for (const path of DIRECTORIES) directory(path);
    for (const path of files.list()) {
      const [parent, name] = split(path);
      this.#node(directory(parent), name, FILE).file = new TrackedFile(path, files, log, true);
    }
    return root;
  }

  syncfs(_mount: unknown, _populate: boolean, done: (error?: unknown) => void): void {
    done(null);
  }

  #node(parent: FsNode | null, name: string, mode: number): FsNode {
    const node = this.#options.fs.createNode(parent, name, mode, 0);
    const isDirectory = this.#options.fs.isDir(mode);
    node.node_ops = isDirectory ? this.#directoryOps : this.#fileOps;
    node.stream_ops = this.#streamOps;
    if (isDirectory) node.children = new Map();
    parent?.children.set(name, node);
    return node;
  }

  #make(parent: FsNode, name: string, mode: number): FsNode {
    const { fs, files, log } = this.#options;
    if (fs.isDir(mode)) return this.#node(parent, name, mode);
    if (!fs.isFile(mode)) throw this.#error(EINVAL);
    const path = pathOf(parent, name);
    const file = this.#guarded(() => (isVolatile(path) ? new VolatileFile() : new TrackedFile(path, files, log, false)));
    const node = this.#node(parent, name, mode);
    node.file = file;
    parent.mtime = parent.ctime = node.mtime;
    return node;
  }

  #rename(node: FsNode, parent: FsNode, name: string): void {
    const path = pathOf(parent, name);
    const there = parent.children.get(name);
    if (there?.children !== undefined && there.children.size > 0) throw this.#error(ENOTEMPTY);
    if (isVolatile(pathOf(node.parent, node.name)) !== isVolatile(path)) throw this.#error(EXDEV);
    this.#guarded(() => {
      there?.file?.remove();
      renameAll(node, path);
    });
    node.parent.children.delete(node.name);
    parent.children.set(name, node);
    node.name = name;
    parent.mtime = parent.ctime = node.parent.mtime = node.parent.ctime = Date.now();
  }

  #unlink(parent: FsNode, name: string): void {
    this.#guarded(() => parent.children.get(name)?.file.remove());
    parent.children.delete(name);
    parent.mtime = parent.ctime = Date.now();
  }

  #removeDirectory(parent: FsNode, name: string): void {
    if (parent.children.get(name)?.children.size !== 0) throw this.#error(ENOTEMPTY);
    parent.children.delete(name);
    parent.mtime = parent.ctime = Date.now();
  }

  #set(node: FsNode, { mode, size, atime, mtime, ctime }: FsAttributes): void {
    if (mode !== undefined) node.mode = mode;
    if (atime != null) node.atime = atime;
    if (mtime != null) node.mtime = mtime;
    if (ctime != null) node.ctime = ctime;
    if (size === undefined) return;
    this.#guarded(() => node.file.truncate(size));
    node.mtime = node.ctime = Date.now();
  }

  #write(node: FsNode, bytes: Uint8Array, position: number): number {
    if (bytes.length === 0) return 0;
    this.#guarded(() => node.file.write(bytes, position));
    node.mtime = node.ctime = Date.now();
    return bytes.length;
  }

  #seek({ node, position }: FsStream, offset: number, whence: number): number {
    const from = whence === 1 ? position : whence === 2 && node.file !== undefined ? node.file.size() : 0;
    if (from + offset < 0) throw this.#error(EINVAL);
    return from + offset;
  }

  /** An exception of ours must not pass through the engine: it leaves it half way through whatever it does. */
  #guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      this.#options.failed(error);
      throw this.#error(error instanceof StorageFullError ? ENOSPC : EIO);
    }
  }

  #error(number: number): Error {
    return new this.#options.fs.ErrnoError(number);
  }
}

function attributesOf(node: FsNode): FsStat {
  const size = node.file?.size() ?? 4096;
  return {
    dev: 1,
    ino: node.id,
    mode: node.mode,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: node.rdev,
    size,
    atime: new Date(node.atime),
    mtime: new Date(node.mtime),
    ctime: new Date(node.ctime),
    blksize: 4096,
    blocks: Math.ceil(size / 4096),
  };
}

function renameAll(node: FsNode, path: string): void {
  node.file?.rename(path);
  for (const child of node.children?.values() ?? []) renameAll(child, `${path}/${child.name}`);
}

function pathOf(parent: FsNode, name: string): string {
  return parent.parent === parent ? name : `${pathOf(parent.parent, parent.name)}/${name}`;
}

function split(path: string): [parent: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
}

function bytesOf(heap: ArrayBufferView, offset: number, length: number): Uint8Array {
  return new Uint8Array(heap.buffer, heap.byteOffset + offset, length);
}
