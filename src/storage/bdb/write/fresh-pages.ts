/** The pages of a file being written from nothing, in chunks as files in memory have them. */
import { CHUNK } from '../../volume.ts';
import type { Pages } from '../content.ts';
import type { PageSink } from './page-sink.ts';

/** Grows page by page; `chunks` and `size` make a `MemoryFile` of it without copying. */
export class FreshPages implements Pages, PageSink {
  readonly pageSize: number;
  /** Each of `CHUNK` bytes; behind `size` zero. */
  readonly chunks: Uint8Array[] = [];
  #count = 0;

  constructor(pageSize: number) {
    this.pageSize = pageSize;
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes in all. */
  get size(): number {
    return this.#count * this.pageSize;
  }

  page(number: number): Uint8Array {
    const at = number * this.pageSize;
    const offset = at % CHUNK;
    return this.chunks[(at - offset) / CHUNK]!.subarray(offset, offset + this.pageSize);
  }

  allocate(): number {
    const page = this.#count++;
    if (this.size > this.chunks.length * CHUNK) this.chunks.push(new Uint8Array(CHUNK));
    return page;
  }

  write(page: number): Uint8Array {
    return this.page(page).fill(0);
  }
}
