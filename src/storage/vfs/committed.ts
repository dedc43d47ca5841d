/** Knows which pages the commits on one database changed, by watching what SQLite writes to its file and its log. */
import type { ByteFile, Delta } from '../backend.ts';

const LOG_HEADER = 32;
const FRAME_HEADER = 24;
/** The unit in which writes to the database file itself are noted: the smallest page size there is. */
const SECTOR = 512;
/** In place of a position in the log: the newest image is in the database file. */
const IN_MAIN = -1;

/**
 * In write-ahead mode every changed page goes to the log as a frame; a commit is a frame that names the database's new size,
 * and counts once SQLite reports it done. What a checkpoint copies to the database file later changes nothing.
 * In the older journal modes the database file is written itself, and its pages are taken the moment the commit is done.
 */
export class Committed {
  readonly #file: string;
  readonly #main: () => ByteFile;
  readonly #log: () => ByteFile | null;
  /** The page (counted from 1) of each frame of the log, in the order of the log. */
  #frames: number[] = [];
  /** Frames that belong to finished commits. */
  #done = 0;
  /** Frames up to the newest commit frame, finished or not, and the database's size in pages it names. */
  #last = 0;
  #lastPages = 0;
  #logPageSize = 0;
  #pages = 0;
  /** Pages (counted from 0) changed by finished commits and not yet taken, and where in the log the newest image is. */
  readonly #changed = new Map<number, number>();
  readonly #sectors = new Set<number>();
  readonly #ready: Delta[] = [];
  /** The page size of what was taken so far; a change of it means that every page is new. */
  #pageSize: number;

  constructor(file: string, main: () => ByteFile, log: () => ByteFile | null) {
    this.#file = file;
    this.#main = main;
    this.#log = log;
    this.#pageSize = main().size() === 0 ? 0 : this.#headerPageSize();
  }

  /** To be called after every write to the log. */
  logWritten(bytes: Uint8Array, at: number): void {
    if (at === 0) {
      this.logRestarted();
      this.#logPageSize = bigEndian(bytes, 8);
      return;
    }
    if (bytes.length !== FRAME_HEADER || this.#logPageSize === 0) return;
    const index = (at - LOG_HEADER) / (FRAME_HEADER + this.#logPageSize);
    this.#frames.length = Math.max(this.#frames.length, index + 1);
    this.#frames[index] = bigEndian(bytes, 0);
    const pages = bigEndian(bytes, 4);
    if (pages === 0) return;
    this.#last = index + 1;
    this.#lastPages = pages;
  }

  /**
   * The log starts anew: its header is written, it is cut to nothing or deleted. SQLite does so only when everything
   * in it has been copied to the database file; and it may do so without a new header, so a cut counts by itself.
   */
  logRestarted(): void {
    for (const page of this.#changed.keys()) this.#changed.set(page, IN_MAIN);
    this.#frames = [];
    this.#done = this.#last = 0;
  }

  /** A write to the log failed: the commit that was being written is none. */
  logFailed(): void {
    this.#last = this.#done;
  }

  /** To be called for every write to the database file that is not part of a checkpoint. */
  mainWritten(length: number, at: number): void {
    for (let sector = Math.floor(at / SECTOR); sector * SECTOR < at + length; sector++) this.#sectors.add(sector);
  }

  /** SQLite reports a commit done. */
  committed(): void {
    for (let index = this.#done; index < this.#last; index++) {
      this.#changed.set(this.#frames[index]! - 1, LOG_HEADER + index * (FRAME_HEADER + this.#logPageSize) + FRAME_HEADER);
    }
    if (this.#last > this.#done) this.#pages = this.#lastPages;
    this.#done = this.#last;
    if (this.#sectors.size === 0) return;
    const pageSize = this.#headerPageSize();
    for (const sector of this.#sectors) this.#changed.set(Math.floor((sector * SECTOR) / pageSize), IN_MAIN);
    this.#sectors.clear();
    // The next transaction may write over these pages before anybody asks, so they are copied now.
    this.#collect(pageSize, this.#main().size());
  }

  /** True when finished commits changed something that was not taken. */
  get hasChanges(): boolean {
    return this.#changed.size > 0 || this.#ready.length > 0;
  }

  /** What finished commits changed since the last call: deltas to be applied in this order. */
  take(): readonly Delta[] {
    if (this.#changed.size > 0) this.#collect(this.#logPageSize, this.#pages * this.#logPageSize);
    return this.#ready.splice(0);
  }

  #collect(pageSize: number, size: number): void {
    const count = size / pageSize;
    const pages =
      pageSize === this.#pageSize
        ? [...this.#changed.keys()].filter((page) => page < count)
        : Array.from({ length: count }, (_, page) => page);
    pages.sort((a, b) => a - b);
    const images = new Uint8Array(pages.length * pageSize);
    const main = this.#main();
    const log = this.#log();
    pages.forEach((page, index) => {
      const image = images.subarray(index * pageSize, (index + 1) * pageSize);
      const at = this.#changed.get(page) ?? IN_MAIN;
      if (at === IN_MAIN) main.read(image, page * pageSize);
      else log?.read(image, at);
    });
    this.#changed.clear();
    this.#pageSize = pageSize;
    this.#ready.push({ file: this.#file, pageSize, size, pages, images });
  }

  #headerPageSize(): number {
    const header = new Uint8Array(18);
    this.#main().read(header, 0);
    const size = (header[16]! << 8) | header[17]!;
    return size === 1 ? 65_536 : size;
  }
}

function bigEndian(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
