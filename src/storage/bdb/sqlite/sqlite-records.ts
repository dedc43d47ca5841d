/** Follows the pages that hold what of a SQLite record did not fit its cell. */
import { CorruptDatabaseError } from '../../../errors.ts';
import type { Entry, Pages } from '../content.ts';
import { indexEntry } from './index-entry.ts';
import { bigEndian } from './sqlite-header.ts';

/** A record in a cell, as `Cells` finds it. */
export interface CellRecord {
  readonly bytes: Uint8Array;
  readonly record: number;
  readonly local: number;
  readonly length: number;
  readonly overflow: number;
}

/** Reads records of a SQLite file, whole. */
export class SqliteRecords {
  readonly #pages: Pages;
  readonly #room: number;
  readonly #database: string;
  readonly #seen: Uint8Array | null;

  /** @param seen a byte for each page: where it is given, no page is met twice, and so everything ends. */
  constructor(pages: Pages, usable: number, database: string, seen: Uint8Array | null = null) {
    this.#pages = pages;
    this.#room = usable - 4;
    this.#database = database;
    this.#seen = seen;
  }

  /** The overflow pages of a cell, from 1, in order; none when all is in the cell. */
  chain({ length, local, overflow }: CellRecord): number[] {
    const chain: number[] = [];
    let rest = length - local;
    if (rest > this.#pages.count * this.#room) throw this.#damaged('a record is longer than the file');
    for (let page = overflow; rest > 0; rest -= this.#room) {
      if (page < 2 || page > this.#pages.count) throw this.#damaged(`a record goes on at page ${page}, which there is not`);
      if (this.#seen?.[page] === 1) throw this.#damaged(`page ${page} belongs to two records, or to a record and something else`);
      if (this.#seen !== null) this.#seen[page] = 1;
      chain.push(page);
      page = bigEndian(this.#pages.page(page - 1), 0);
    }
    return chain;
  }

  /** The record; a view of the page where all of it is there. */
  read(cell: CellRecord, chain: readonly number[] = this.chain(cell)): Uint8Array {
    const { bytes, record, local, length } = cell;
    if (local === length) return bytes.subarray(record, record + length);
    const whole = new Uint8Array(length);
    whole.set(bytes.subarray(record, record + local));
    let at = local;
    for (const page of chain) {
      const step = Math.min(this.#room, length - at);
      whole.set(this.#pages.page(page - 1).subarray(4, 4 + step), at);
      at += step;
    }
    return whole;
  }

  /** The entry of the record of an index, or null when it does not end in a rowid. */
  indexEntry(cell: CellRecord, splits: boolean, chain?: readonly number[]): Entry | null {
    const { bytes, record, local, length } = cell;
    return local === length ? indexEntry(bytes, record, length, splits) : indexEntry(this.read(cell, chain), 0, length, splits);
  }

  #damaged(how: string): CorruptDatabaseError {
    const database = this.#database;
    return new CorruptDatabaseError(`The database "${database}" is damaged: ${how}.`, { database });
  }
}
