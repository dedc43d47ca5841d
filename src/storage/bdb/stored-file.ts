/** A Berkeley DB file in a storage that keeps one file: read at opening, then changed commit by commit. */
import type { Backend, ByteFile } from '../backend.ts';
import { CHUNK } from '../volume.ts';
import { whileWanted } from '../while-wanted.ts';
import type { BerkeleyCopy, Replacing } from './berkeley-backend.ts';
import type { Pages, TreeChange, TreeContent } from './content.ts';
import { stamp } from './file/identity.ts';
import { fileIdIn, forgetLog, newFileId, putFileId } from './read/file-marks.ts';
import { compareBytes } from './read/order.ts';
import { pagesOf } from './read/pages-of.ts';
import { type BdbFile, readBdb } from './read/reader.ts';
import { applyChanges } from './write/incremental.ts';
import { type ChangedPages, PageStore } from './write/page-store.ts';
import { writeBdb } from './write/writer.ts';

/** What the file is called in the storage. */
const FILE = 'database';
/** Bytes in a page of a new file. */
const PAGE_SIZE = 4096;

export class StoredFile {
  readonly #storage: Backend;
  readonly #name: string;
  readonly #pageSize: number | undefined;
  #file: ByteFile;
  /** Null until there is something in the file. */
  #store: PageStore | null = null;
  /** Nothing was stored in this opening yet. */
  #isUnstamped = true;

  /** `pageSize` is that of files that are written as a whole. */
  constructor(storage: Backend, name: string, pageSize: number | undefined) {
    this.#storage = storage;
    this.#name = name;
    this.#pageSize = pageSize;
    this.#file = storage.files.open(FILE);
  }

  /**
   * What is in the file; null when it is a new one.
   * @throws CorruptDatabaseError, NotSupportedError
   */
  read(): BdbFile | null {
    if (this.#file.size() === 0) return null;
    const file = readBdb(pagesOf(this.#file, this.#name), this.#name);
    this.#store = new PageStore(this.#pages(file.pageSize));
    return file;
  }

  /** Bytes in a page of the file. */
  get pageSize(): number {
    return this.#store?.pageSize ?? this.#wantedPageSize;
  }

  /** Whether the file has pages of the size that it shall have. */
  get hasRightPages(): boolean {
    return this.pageSize === this.#wantedPageSize;
  }

  /**
   * Changes trees of the file. When it throws, nothing is changed.
   * @throws CorruptDatabaseError when the file does not hold what the changes say it holds.
   */
  change(changes: readonly TreeChange[]): void {
    const store = this.#store!;
    try {
      applyChanges(store, changes);
      if (this.#isUnstamped) stamp(store.edit(0));
    } catch (error) {
      store.discard();
      throw error;
    }
    this.#commit(store.take());
  }

  /** Writes the file as a whole, under the id that it has or, when `isRenewed`, under another one. */
  write(trees: readonly TreeContent[], isRenewed: boolean): void {
    const fileId = this.#store === null || isRenewed ? newFileId() : fileIdIn(this.#store.page(0));
    const fresh = writeBdb(trees, { pageSize: this.#wantedPageSize, fileId });
    stamp(fresh.page(0));
    this.#commit(difference(this.#store, fresh));
    this.#store = new PageStore(this.#pages(fresh.pageSize));
  }

  /** The file as it is now under an id of its own; `trees` are what an empty one would have. */
  copy(trees: () => readonly TreeContent[]): BerkeleyCopy {
    const fileId = newFileId();
    const source = this.#store ?? writeBdb(trees(), { pageSize: this.#wantedPageSize, fileId });
    const chunks = [...chunksOf(source, (page) => putFileId(page, fileId))];
    return { bytes: source.count * source.pageSize, pieces: drained(chunks) };
  }

  /**
   * Puts the Berkeley DB file `pages` in the place of the one there is, under an id of its own, and stores it.
   * @throws StorageFullError; nothing is changed then.
   * @throws AbortedError when it was given up; likewise.
   */
  async replace(pages: Pages, { signal, onProgress }: Replacing): Promise<void> {
    const fileId = newFileId();
    const pieces = chunksOf(pages, (page, number) => {
      forgetLog(page);
      putFileId(page, fileId);
      if (number === 0) stamp(page);
    });
    const wanted = whileWanted(pieces, signal, ({ length }) => length);
    await this.#storage.replace(FILE, wanted, pages.count * pages.pageSize, onProgress);
    this.#file = this.#storage.files.open(FILE);
    this.#store = new PageStore(this.#pages(pages.pageSize));
  }

  get #wantedPageSize(): number {
    return this.#pageSize ?? this.#store?.pageSize ?? PAGE_SIZE;
  }

  #commit(changed: ChangedPages): void {
    const { pageSize, size, pages, images } = changed;
    this.#isUnstamped = false;
    if (size < this.#file.size()) this.#file.truncate(size);
    for (let i = 0; i < pages.length; i++) {
      this.#file.write(images.subarray(i * pageSize, (i + 1) * pageSize), pages[i]! * pageSize);
    }
    this.#storage.commit([{ file: FILE, ...changed }]);
  }

  #pages(pageSize: number): Pages {
    const file = this.#file;
    return {
      pageSize,
      get count() {
        return file.size() / pageSize;
      },
      page: (number) => {
        const bytes = new Uint8Array(pageSize);
        file.read(bytes, number * pageSize);
        return bytes;
      },
    };
  }
}

/** The pages of `fresh` that are not the same in `old`. */
function difference(old: Pages | null, fresh: Pages): ChangedPages {
  const { pageSize, count } = fresh;
  const comparable = old?.pageSize === pageSize ? old.count : 0;
  const numbers: number[] = [];
  for (let number = 0; number < count; number++) {
    if (number >= comparable || compareBytes(old!.page(number), fresh.page(number)) !== 0) numbers.push(number);
  }
  const images = new Uint8Array(numbers.length * pageSize);
  for (const [index, number] of numbers.entries()) images.set(fresh.page(number), index * pageSize);
  return { pageSize, size: count * pageSize, pages: Uint32Array.from(numbers), images };
}

/** Copies of all pages, each changed by `edit`, in chunks. */
function* chunksOf(source: Pages, edit: (page: Uint8Array, number: number) => void): Generator<Uint8Array<ArrayBuffer>, void> {
  const { pageSize, count } = source;
  const most = CHUNK / pageSize;
  for (let first = 0; first < count; first += most) {
    const chunk = new Uint8Array(Math.min(most, count - first) * pageSize);
    for (let at = 0; at < chunk.length; at += pageSize) {
      const number = first + at / pageSize;
      const page = chunk.subarray(at, at + pageSize);
      page.set(source.page(number));
      edit(page, number);
    }
    yield chunk;
  }
}

/** The items, which nobody else has: each can be freed as soon as it was taken. */
async function* drained<T>(items: T[]): AsyncGenerator<T> {
  items.reverse();
  for (let item = items.pop(); item !== undefined; item = items.pop()) yield item;
}
