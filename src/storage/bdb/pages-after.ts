/** The pages of a file as commits leave them that were not applied yet. */
import type { Delta } from '../backend.ts';
import type { Pages } from './content.ts';

export class PagesAfter implements Pages {
  readonly pageSize: number;
  readonly count: number;
  readonly #before: Pages;
  readonly #images = new Map<number, Uint8Array>();

  /** `deltas` are of one file, in order. */
  constructor(before: Pages, deltas: readonly Delta[]) {
    this.#before = before;
    let { pageSize, count } = before;
    for (const { pageSize: size, size: bytes, pages, images } of deltas) {
      // Then it has all the pages.
      if (size !== pageSize) this.#images.clear();
      pageSize = size;
      count = bytes / pageSize;
      for (const number of this.#images.keys()) if (number >= count) this.#images.delete(number);
      for (let i = 0; i < pages.length; i++) this.#images.set(pages[i]!, images.subarray(i * pageSize, (i + 1) * pageSize));
    }
    this.pageSize = pageSize;
    this.count = count;
  }

  /** The pages that are not as they were, by number. */
  get images(): ReadonlyMap<number, Uint8Array> {
    return this.#images;
  }

  page(number: number): Uint8Array {
    return this.#images.get(number) ?? this.#before.page(number);
  }
}
