/** What this storage sees of Emscripten: the few parts of its file system that a file system of one's own is made with. */

/** The bytes behind a file's node. All calls are synchronous; a failure throws. */
export interface NodeFile {
  size(): number;
  /** Fills `into` from `at`; returns the bytes read, fewer at the end of the file. */
  read(into: Uint8Array, at: number): number;
  write(from: Uint8Array, at: number): void;
  truncate(size: number): void;
  rename(name: string): void;
  /** Takes the file out of the cluster; streams that have it open may go on. */
  remove(): void;
  /** A stream has opened it, or another was made of one that has. */
  opened(): void;
  released(): void;
}

/** A file or a directory in Emscripten's tree; `children` and `file` are ours. */
export interface FsNode {
  readonly id: number;
  name: string;
  mode: number;
  readonly rdev: number;
  parent: FsNode;
  atime: number;
  mtime: number;
  ctime: number;
  node_ops: NodeOps;
  stream_ops: StreamOps;
  /** What a directory holds. */
  children: Map<string, FsNode>;
  /** The bytes of a file. */
  file: NodeFile;
}

/** An open file. */
export interface FsStream {
  readonly node: FsNode;
  readonly position: number;
}

export interface FsStat {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly size: number;
  readonly atime: Date;
  readonly mtime: Date;
  readonly ctime: Date;
  readonly blksize: number;
  readonly blocks: number;
}

/** What is to be set; what is left out stays. */
export interface FsAttributes {
  readonly mode?: number;
  readonly size?: number;
  readonly atime?: number;
  readonly mtime?: number;
  readonly ctime?: number;
}

/** What can be done to a node by its name; a failure is an `ErrnoError`. */
export interface NodeOps {
  getattr(node: FsNode): FsStat;
  setattr(node: FsNode, attributes: FsAttributes): void;
  lookup?(parent: FsNode, name: string): FsNode;
  mknod?(parent: FsNode, name: string, mode: number, device?: number): FsNode;
  rename?(node: FsNode, parent: FsNode, name: string): void;
  unlink?(parent: FsNode, name: string): void;
  rmdir?(parent: FsNode, name: string): void;
  readdir?(node: FsNode): string[];
}

/** What can be done to an open file. `heap` is the memory of the engine, in whatever kind of view. */
export interface StreamOps {
  open?(stream: FsStream): void;
  dup?(stream: FsStream): void;
  close?(stream: FsStream): void;
  read?(stream: FsStream, heap: ArrayBufferView, offset: number, length: number, position: number): number;
  write?(stream: FsStream, heap: ArrayBufferView, offset: number, length: number, position: number): number;
  llseek(stream: FsStream, offset: number, whence: number): number;
}

/** A kind of file system, as `FS.mount` takes it. */
export interface FsType {
  mount(): FsNode;
  syncfs(mount: unknown, populate: boolean, done: (error?: unknown) => void): void;
}

/** The module's `FS`. */
export interface EmscriptenFS {
  readonly ErrnoError: new (errno: number) => Error & { readonly errno: number };
  createNode(parent: FsNode | null, name: string, mode: number, device?: number): FsNode;
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  mkdirTree(path: string): void;
  mount(type: FsType, options: object, path: string): unknown;
  quit(): void;
}

/** An Emscripten module as its `preRun` hooks get it. */
export interface EmscriptenModule {
  readonly FS: EmscriptenFS;
}
