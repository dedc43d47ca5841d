/** A file whose pages are replaced as a storage does after each commit. */
import type { Pages } from '../../../src/storage/bdb/content.ts';
import type { PageStore } from '../../../src/storage/bdb/write/page-store.ts';

export class HeldPages implements Pages {
  readonly pageSize: number;
  #bytes: Uint8Array;

  constructor(pages: Pages) {
    this.pageSize = pages.pageSize;
    this.#bytes = bytesOf(pages);
  }

  get count(): number {
    return this.#bytes.length / this.pageSize;
  }

  /** The whole file. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  page(number: number): Uint8Array {
    return this.#bytes.subarray(number * this.pageSize, (number + 1) * this.pageSize);
  }

  /** Takes over what changed, and says how many pages that are. */
  hold({ size, pages, images }: ReturnType<PageStore['take']>): number {
    const bytes = new Uint8Array(size);
    bytes.set(this.#bytes.subarray(0, size));
    for (const [i, page] of pages.entries())
      bytes.set(images.subarray(i * this.pageSize, (i + 1) * this.pageSize), page * this.pageSize);
    this.#bytes = bytes;
    return pages.length;
  }
}

/** All pages one behind the other. */
export function bytesOf(pages: Pages): Uint8Array {
  const bytes = new Uint8Array(pages.count * pages.pageSize);
  for (let page = 0; page < pages.count; page++) bytes.set(pages.page(page), page * pages.pageSize);
  return bytes;
}
