/** The journal beside a file that is changed in place: what is to be written there is on the device here before. */
import { CorruptDatabaseError } from '../../../errors.ts';
import { checksum } from '../../../util/checksum.ts';
import type { Numbered } from '../../fold.ts';
import type { LogRecord } from '../../log.ts';
import { type Handle, readAll } from '../../paged/handle.ts';
import { decodeRecords, encodeRecord } from '../../paged/record-frame.ts';

/**
 * The journal begins with two copies of its head, each in a sector of its own, so that one is always whole. A head is the mark, its
 * checksum, the number of the last record that the file has for certain (a double), and the identity the file had then.
 */
const SECTOR = 512;
const COPIES = [0, SECTOR] as const;
const START = 2 * SECTOR;
const MARK = 0x314a_5857;
const NUMBER = 8;
const IDENTITY = 16;
const END = 64;
/** No record has fewer bytes. */
const LEAST = 40;

/** What a head says. */
interface Head {
  /** The file has all records up to this number; the others follow. */
  readonly folded: number;
  /** The file's identity, 48 hexadecimal digits. */
  readonly identity: string;
}

export interface OpenedJournal {
  readonly journal: RedoJournal;
  /** Those that the file may not have, in order. */
  readonly records: readonly Numbered[];
  /** What the file was when the first of them was written. */
  readonly identity: string | null;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class RedoJournal {
  readonly #handle: Handle;
  /** Where the next record goes. */
  #end = START;
  #last: number;
  /** The records up to this number are on the device. */
  #flushed: number;
  #hasHead: boolean;
  /** Holds something behind `end`. */
  #torn: boolean;

  private constructor(handle: Handle, last: number, hasHead: boolean) {
    this.#handle = handle;
    this.#last = this.#flushed = last;
    this.#hasHead = hasHead;
    this.#torn = handle.size() > START;
  }

  /**
   * Opens the journal, which is to be emptied before anything is appended. What was written last and is not whole was never in
   * the file, and counts as not written.
   * @throws CorruptDatabaseError when records that were on the device are missing or damaged.
   */
  static open(handle: Handle, name: string): OpenedJournal {
    const bytes = readAll(handle);
    const head = newestHead(bytes);
    const folded = head?.folded ?? 0;
    const found = decodeRecords(bytes.subarray(START));
    const newer = found.records.filter(({ number }) => number > folded);
    // Without a head nothing was on the device ever, and nothing was written to the file.
    const records = head !== null && newer[0]?.number === folded + 1 ? newer : [];
    const whole = folded + records.length;
    if (found.flushed > whole) throw corrupt(name, whole + 1);
    // No record there, whole or not, has a higher number: none can be taken for one of those to come.
    const last = folded + Math.ceil(Math.max(0, bytes.length - START) / LEAST);
    return { journal: new RedoJournal(handle, last, head !== null), records, identity: head?.identity ?? null };
  }

  /** Bytes in the journal. */
  get bytes(): number {
    return this.#end;
  }

  get isEmpty(): boolean {
    return this.#end === START && !this.#torn;
  }

  /** Appends a record, which then is the last; `identity` is that of the file before all records. */
  append(record: LogRecord, identity: string): void {
    this.#cut();
    if (!this.#hasHead) this.#writeHead({ folded: this.#last, identity });
    this.#torn = true;
    let end = this.#end;
    for (const piece of encodeRecord({ number: this.#last + 1, record }, this.#flushed)) {
      this.#handle.write(piece, end);
      end += piece.length;
    }
    this.#torn = false;
    this.#end = end;
    this.#last++;
  }

  /** Appends a record and waits until the device has it; when that fails, it is not there. */
  async store(record: LogRecord, identity: string): Promise<void> {
    await this.flush();
    const end = this.#end;
    this.append(record, identity);
    try {
      await this.flush();
    } catch (error) {
      this.#end = end;
      this.#torn = true;
      this.#last--;
      this.#cut();
      throw error;
    }
  }

  /** Waits until the device has all records. */
  async flush(): Promise<void> {
    const last = this.#last;
    if (this.#flushed === last) return;
    await this.#handle.flush();
    this.#flushed = last;
  }

  /** Empties the journal: the device has all of its records in the file, which is `identity` now. */
  async reset(identity: string): Promise<void> {
    this.#writeHead({ folded: this.#last, identity });
    // Before anything goes: what is left of old records must be known to be old.
    await this.#handle.flush();
    this.#flushed = this.#last;
    this.#end = START;
    this.#torn = true;
    this.#cut();
  }

  #cut(): void {
    if (!this.#torn) return;
    if (this.#handle.size() > this.#end) this.#handle.truncate(this.#end);
    this.#torn = false;
  }

  #writeHead(head: Head): void {
    this.#hasHead = false;
    for (const at of COPIES) this.#handle.write(encodeHead(head), at);
    this.#hasHead = true;
  }
}

function encodeHead({ folded, identity }: Head): Uint8Array {
  const bytes = new Uint8Array(SECTOR);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MARK, true);
  view.setFloat64(NUMBER, folded, true);
  bytes.set(encoder.encode(identity), IDENTITY);
  view.setUint32(4, checksum(bytes.subarray(NUMBER, END)), true);
  return bytes;
}

/** Both copies are the same unless the writing of one was cut off: then the other counts, or the one that is further on. */
function newestHead(bytes: Uint8Array): Head | null {
  const heads = COPIES.flatMap((at) => decodeHead(bytes.subarray(at, at + SECTOR)) ?? []);
  return heads.reduce<Head | null>((newest, head) => (newest === null || head.folded > newest.folded ? head : newest), null);
}

function decodeHead(bytes: Uint8Array): Head | null {
  if (bytes.length < SECTOR) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, SECTOR);
  if (view.getUint32(0, true) !== MARK || view.getUint32(4, true) !== checksum(bytes.slice(NUMBER, END))) return null;
  return { folded: view.getFloat64(NUMBER, true), identity: decoder.decode(bytes.subarray(IDENTITY, END)) };
}

function corrupt(name: string, number: number): CorruptDatabaseError {
  return new CorruptDatabaseError(
    `The stored database "${name}" may be damaged: record ${number} of the journal beside it is missing or damaged, and it was stored. ` +
      'It was left as it is. Import a copy under another name, or remove it.',
    { database: name },
  );
}
