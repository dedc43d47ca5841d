/** The commit log in two files: while a fold empties the one, commits go on in the other. */
import type { Numbered } from '../fold.ts';
import { corrupt } from './chunk-file.ts';
import { type Handle, readAll } from './handle.ts';
import { decodeRecords, encodeRecord } from './record-frame.ts';

/** One of the files. */
interface Part {
  readonly handle: Handle;
  /** Where the next record goes. */
  end: number;
  /** The number of its last record; 0 when it has none. */
  last: number;
  /** Holds what the device may not have yet. */
  unflushed: boolean;
  /** Holds what a failed attempt wrote behind `end`. */
  torn: boolean;
}

export interface OpenedLog {
  readonly log: CommitLog;
  /** Those that the base does not have. */
  readonly records: Numbered[];
}

export class CommitLog {
  readonly #parts: readonly [Part, Part];
  #active: Part;
  /** The records up to this number are on the device. */
  #flushed: number;
  #flushing: Promise<void> = Promise.resolve();

  private constructor(parts: readonly [Part, Part], flushed: number) {
    this.#parts = parts;
    this.#active = parts[0].last > parts[1].last ? parts[0] : parts[1];
    this.#flushed = flushed;
  }

  /**
   * Opens the log behind a base that has the records up to `folded`. What was written last and is not whole was never
   * acknowledged, or not as flushed, and is cut off.
   * @throws CorruptDatabaseError when records that were flushed are missing or damaged.
   */
  static open(handles: readonly [Handle, Handle], folded: number, name: string): OpenedLog {
    const found = handles.map((handle) => ({ handle, ...decodeRecords(readAll(handle)) }));
    const records = found
      .flatMap((part) => part.records)
      .filter(({ number }) => number > folded)
      .sort((a, b) => a.number - b.number);
    const whole = records.findIndex(({ number }, index) => number !== folded + index + 1);
    if (whole >= 0) records.length = whole;
    const last = folded + records.length;
    const flushed = Math.max(...found.map((part) => part.flushed));
    if (flushed > last) throw corrupt(name, `record ${last + 1} of its log is missing or damaged, and ${flushed} were stored`);
    const parts = found.map((part) => opened(part.handle, part.records, part.end, folded, last));
    return { log: new CommitLog(parts as [Part, Part], folded), records };
  }

  /** Bytes in both files. */
  get bytes(): number {
    return this.#parts[0].end + this.#parts[1].end;
  }

  /** Appends the record; `flush` waits until the device has it. */
  async append(record: Numbered, flush: boolean): Promise<void> {
    // Nothing else may be stored while a failed attempt could be found in its place.
    for (const part of this.#parts) if (part.torn) cut(part);
    const part = this.#active;
    let { end } = part;
    try {
      for (const piece of encodeRecord(record, this.#flushed)) {
        part.handle.write(piece, end);
        end += piece.length;
      }
      part.unflushed = true;
      if (flush) await this.flush();
    } catch (error) {
      part.torn = true;
      throw error;
    }
    part.end = end;
    part.last = record.number;
    if (flush) this.#flushed = record.number;
  }

  /** Waits until the device has all records. */
  flush(): Promise<void> {
    // One after the other: who finds nothing to do must not be told before it is done.
    this.#flushing = this.#flushing.catch(() => {}).then(() => this.#flush());
    return this.#flushing;
  }

  /** The last record that a fold is to take; later ones are in the other file. */
  rotate(): number {
    const [one, other] = this.#parts;
    const resting = this.#active === one ? other : one;
    // Not empty when the last fold failed: it is its records' turn first.
    if (resting.last > 0) return resting.last;
    const { last } = this.#active;
    this.#active = resting;
    return last;
  }

  /** Empties the files of which a base has everything. */
  trim(folded: number): void {
    for (const part of this.#parts) {
      if (part.end === 0 || part.last > folded) continue;
      part.end = 0;
      part.last = 0;
      part.unflushed = false;
      cut(part);
    }
  }

  async #flush(): Promise<void> {
    const last = Math.max(this.#parts[0].last, this.#parts[1].last);
    for (const part of this.#parts) {
      if (!part.unflushed) continue;
      // Before, not after: what is appended meanwhile is for the next time.
      part.unflushed = false;
      try {
        await part.handle.flush();
      } catch (error) {
        part.unflushed = true;
        throw error;
      }
    }
    this.#flushed = Math.max(this.#flushed, last);
  }
}

function opened(handle: Handle, records: readonly Numbered[], end: number, folded: number, last: number): Part {
  const own = records.at(-1)?.number ?? 0;
  const isUsed = own > folded && own <= last;
  const part = { handle, end: isUsed ? end : 0, last: isUsed ? own : 0, unflushed: isUsed, torn: false };
  if (handle.size() > part.end) cut(part);
  return part;
}

function cut(part: Part): void {
  part.torn = true;
  part.handle.truncate(part.end);
  part.torn = false;
}
