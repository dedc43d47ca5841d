/** One file of a cluster, and which of its pages were changed since they were last taken. */
import type { ByteFile, Delta } from '../backend.ts';
import type { Change, ClusterFiles } from '../cluster.ts';
import type { Changed, ChangeLog } from './change-log.ts';
import type { NodeFile } from './emscripten.ts';
import { differing, isZero } from './words.ts';

/** The unit in which changes are noted: a page of Postgres. */
const PAGE = 8192;
/** The unit for the write-ahead log, where Postgres writes the same page again and again, each time a little fuller. */
const SECTOR = 512;
/** Pages in one delta, at the most. */
const MOST = 2048;

/** What a page of the log held before, to be compared with what is written. */
const before = new Uint8Array(PAGE);

export class TrackedFile implements NodeFile, Changed {
  #name: string;
  readonly #files: ClusterFiles;
  readonly #log: ChangeLog;
  /** Opened when it is first used: most files of a cluster are not. */
  #bytes: ByteFile | null = null;
  #streams = 0;
  #pageSize: number;
  readonly #pages = new Set<number>();
  /** Some commit knows the file by its name. Of one that none knows, everything is a change. */
  #stored: boolean;
  #removed = false;
  /** Changed since it was last taken: its size then, and the smallest since. */
  #dirty = false;
  #base = 0;
  #low = 0;
  /** Of a file of the write-ahead log: where the last write to it ended. */
  #logged = 0;

  /** @param stored whether the cluster has the file already; one that is new is a change by itself. */
  constructor(name: string, files: ClusterFiles, log: ChangeLog, stored: boolean) {
    this.#name = name;
    this.#files = files;
    this.#log = log;
    this.#pageSize = pageSizeOf(name);
    this.#stored = stored;
    if (!stored) this.#touch();
  }

  size(): number {
    return this.#file().size();
  }

  read(into: Uint8Array, at: number): number {
    return this.#file().read(into, at);
  }

  write(from: Uint8Array, at: number): void {
    const file = this.#touch();
    if (this.#pageSize === SECTOR) this.#countLog(at, at + from.length);
    // Written at the end of each checkpoint.
    else if (this.#name === 'global/pg_control') this.#log.walBytes = 0;
    if (this.#stored) this.#mark(file, from, at);
    file.write(from, at);
  }

  truncate(size: number): void {
    const file = this.#touch();
    if (size < this.#low) this.#low = size;
    file.truncate(size);
  }

  rename(name: string): void {
    this.#file();
    this.close();
    this.#files.rename(this.#name, name);
    this.#forget();
    this.#name = name;
    this.#pageSize = pageSizeOf(name);
    this.#touch();
  }

  remove(): void {
    // Opened before it is gone, for whoever goes on using it.
    this.#file();
    this.#files.remove(this.#name);
    this.#forget();
    this.#removed = true;
    if (this.#streams === 0) this.close();
  }

  opened(): void {
    this.#streams++;
  }

  released(): void {
    this.#streams--;
    if (this.#removed && this.#streams === 0) this.close();
  }

  close(): void {
    this.#bytes?.close();
    this.#bytes = null;
  }

  takeInto(changes: Change[]): void {
    const file = this.#file();
    const size = file.size();
    const kept = this.#stored ? Math.min(this.#base, this.#low) : 0;
    if (kept < this.#base && kept < size) changes.push(this.#delta(kept, []));
    const pages = this.#changedPages(size);
    for (let i = 0; i === 0 || i < pages.length; i += MOST)
      changes.push(this.#filled(file, size, kept, pages.slice(i, i + MOST)));
    this.#pages.clear();
    this.#stored = true;
    this.#dirty = false;
  }

  #file(): ByteFile {
    this.#bytes ??= this.#files.open(this.#name);
    return this.#bytes;
  }

  /** To be called before every change. */
  #touch(): ByteFile {
    const file = this.#file();
    if (this.#dirty || this.#removed) return file;
    this.#dirty = true;
    this.#base = this.#low = this.#stored ? file.size() : 0;
    this.#log.add(this);
    return file;
  }

  /** The name is given up: what a commit knew by it goes, and what was changed in it is no matter any more. */
  #forget(): void {
    if (this.#stored) this.#log.remove(this.#name);
    this.#log.drop(this);
    this.#stored = false;
    this.#dirty = false;
    this.#logged = 0;
    this.#pages.clear();
  }

  #countLog(start: number, end: number): void {
    const again = start <= this.#logged && this.#logged <= end ? this.#logged - start : 0;
    this.#log.walBytes += end - start - again;
    this.#log.walWrites++;
    this.#logged = end;
  }

  #mark(file: ByteFile, from: Uint8Array, at: number): void {
    const size = this.#pageSize;
    const first = Math.floor(at / size);
    const end = at + from.length;
    if (size === SECTOR && from.length === PAGE && at % PAGE === 0 && from.byteOffset % 4 === 0 && end <= file.size()) {
      file.read(before, at);
      differing(before, from, SECTOR, (sector) => this.#pages.add(first + sector));
      return;
    }
    for (let page = first; page * size < end; page++) this.#pages.add(page);
  }

  #changedPages(size: number): number[] {
    const count = Math.ceil(size / this.#pageSize);
    if (!this.#stored) return Array.from({ length: count }, (_, page) => page);
    return [...this.#pages].filter((page) => page < count).sort((a, b) => a - b);
  }

  /** The delta with the images of `pages`, but for those that are zero because the file grew. */
  #filled(file: ByteFile, size: number, kept: number, pages: readonly number[]): Delta {
    const pageSize = this.#pageSize;
    const images = new Uint8Array(pages.length * pageSize);
    const numbers: number[] = [];
    for (const page of pages) {
      const at = numbers.length * pageSize;
      const image = images.subarray(at, at + pageSize);
      const length = file.read(image, page * pageSize);
      image.fill(0, length);
      if (page * pageSize < kept || !isZero(image)) numbers.push(page);
    }
    return this.#delta(size, numbers, images.subarray(0, numbers.length * pageSize));
  }

  #delta(size: number, pages: readonly number[], images = new Uint8Array()): Delta {
    return { file: this.#name, pageSize: this.#pageSize, size, pages, images };
  }
}

function pageSizeOf(name: string): number {
  return name.startsWith('pg_wal/') ? SECTOR : PAGE;
}
