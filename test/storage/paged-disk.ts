/** A disk for a few files, those of a cluster unless told, that stops, tears what is being written, forgets what was not flushed, or is full. */
import { StorageFullError, StorageUnavailableError } from '../../src/errors.ts';
import { FILES, folderOf, type Handle, type PagedFolder } from '../../src/storage/paged/handle.ts';

/** What becomes of an operation. */
export type DiskFault =
  /** Only so many of its bytes are written, and then the process is gone. */
  | { readonly stop: number }
  /** Only so many of its bytes are written, and it fails. */
  | { readonly full: number }
  | null;

export type Operation = 'write' | 'truncate' | 'flush';

type Decide = (count: number, operation: Operation, file: string, bytes: number) => DiskFault;

/** Sizes in which a disk writes. */
const SECTOR = 512;

export class PagedDisk {
  /** What was done so far, as `write log-0`. */
  readonly operations: string[] = [];
  bytesRead = 0;
  decide: Decide = () => null;
  readonly files: readonly DiskFile[];
  #isStopped = false;

  constructor(names: readonly string[] = FILES) {
    this.files = names.map((name) => new DiskFile(this, name));
  }

  /** The folder as a process that was just started finds it. */
  open(): PagedFolder {
    return folderOf(this.start(), () => {});
  }

  /** The files as a process that was just started finds them. */
  start(): readonly DiskFile[] {
    this.#isStopped = false;
    return this.files;
  }

  get sizes(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.files.map(({ name, bytes }) => [name, bytes.length]));
  }

  /** The machine loses its power: what was not flushed is there, or not, sector by sector. */
  losePower(random: (below: number) => number): void {
    for (const file of this.files) file.forget(random);
  }

  before(operation: Operation, file: string, bytes: number): DiskFault {
    this.requireRunning();
    this.operations.push(`${operation} ${file}`);
    const fault = this.decide(this.operations.length, operation, file, bytes);
    if (fault !== null && 'stop' in fault) this.#isStopped = true;
    return fault;
  }

  requireRunning(): void {
    if (this.#isStopped) throw new StorageUnavailableError('The process is gone.');
  }
}

class DiskFile implements Handle {
  readonly #disk: PagedDisk;
  readonly name: string;
  /** With room to grow. */
  #room: Uint8Array = new Uint8Array(1 << 16);
  #size = 0;
  /** What the device has for certain: its size, and the sectors that are not as they are in `room`. */
  #flushedSize = 0;
  readonly #flushed = new Map<number, Uint8Array>();

  constructor(disk: PagedDisk, name: string) {
    this.#disk = disk;
    this.name = name;
  }

  /** What is in the file, to be damaged. */
  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#size);
  }

  size(): number {
    this.#disk.requireRunning();
    return this.#size;
  }

  read(into: Uint8Array, at: number): number {
    this.#disk.requireRunning();
    const part = this.bytes.subarray(at, at + into.length);
    into.set(part);
    this.#disk.bytesRead += part.length;
    return part.length;
  }

  write(from: Uint8Array, at: number): void {
    this.#attempt('write', from.length, (length) => {
      this.#resize(Math.max(this.#size, at + length));
      this.#remember(at, at + length);
      this.#room.set(from.subarray(0, length), at);
    });
  }

  truncate(size: number): void {
    this.#attempt('truncate', 1, (length) => {
      if (length > 0) this.#resize(size);
    });
  }

  flush(): void {
    this.#attempt('flush', 1, (length) => {
      if (length === 0) return;
      this.#flushed.clear();
      this.#flushedSize = this.#size;
    });
  }

  forget(random: (below: number) => number): void {
    for (const [sector, old] of this.#flushed) if (random(2) === 0) this.#room.set(old, sector * SECTOR);
    if (random(2) === 0) this.#resize(this.#flushedSize);
    this.#flushed.clear();
    this.#flushedSize = this.#size;
  }

  #attempt(operation: Operation, bytes: number, run: (length: number) => void): void {
    const fault = this.#disk.before(operation, this.name, bytes);
    if (fault === null) return run(bytes);
    run(Math.min(bytes, 'stop' in fault ? fault.stop : fault.full));
    if ('full' in fault) throw new StorageFullError('There is no room left.');
    this.#disk.requireRunning();
  }

  #remember(start: number, end: number): void {
    for (let sector = Math.floor(start / SECTOR); sector * SECTOR < end; sector++) {
      if (!this.#flushed.has(sector)) this.#flushed.set(sector, this.#room.slice(sector * SECTOR, (sector + 1) * SECTOR));
    }
  }

  #resize(size: number): void {
    if (size > this.#room.length) {
      const longer = new Uint8Array(2 * Math.ceil(size / SECTOR) * SECTOR);
      longer.set(this.#room);
      this.#room = longer;
    }
    this.#remember(size, this.#size);
    if (size < this.#size) this.#room.fill(0, size, this.#size);
    this.#size = size;
  }
}
