/** Stores whole files as the chunks of a new base; what several of them hold is stored once. */
import { checksum } from '../util/checksum.ts';
import type { OnProgress } from './backend.ts';
import type { WholeFile } from './cluster.ts';
import type { ChunkStore, StoredFile } from './fold.ts';

/** Writes all chunks of `files` and tells how the base is to list them. `each` is called with every file when it is written. */
export async function writeFiles(
  files: Iterable<WholeFile> | AsyncIterable<WholeFile>,
  store: ChunkStore,
  bytes: number | null,
  onProgress: OnProgress | undefined,
  each: (file: WholeFile) => void,
): Promise<StoredFile[]> {
  const written: StoredFile[] = [];
  const writer = new ChunkSet(store);
  let done = 0;
  for await (const file of files) {
    const { name, bytes: all } = file;
    const chunks: number[] = [];
    const sums: number[] = [];
    for (let at = 0; at < all.length; at += store.chunkBytes) {
      const chunk = all.subarray(at, at + store.chunkBytes);
      const sum = checksum(chunk);
      sums.push(sum);
      chunks.push(await writer.keyOf(chunk, sum));
    }
    written.push({ name, size: all.length, chunks, sums, since: 0 });
    each(file);
    done += all.length;
    onProgress?.(done, bytes);
  }
  return written;
}

/** The chunks written so far, by what they hold. */
class ChunkSet {
  readonly #store: ChunkStore;
  readonly #known = new Map<string, { readonly key: number; readonly chunk: Uint8Array }[]>();

  constructor(store: ChunkStore) {
    this.#store = store;
  }

  /** The key of the chunk, which is written unless one like it was. */
  async keyOf(chunk: Uint8Array, sum: number): Promise<number> {
    const name = `${sum}:${chunk.length}`;
    const alike = this.#known.get(name) ?? [];
    const same = alike.find((other) => isSame(other.chunk, chunk));
    if (same !== undefined) return same.key;
    // A view would be stored with all of the buffer behind it.
    const key = await this.#store.write(chunk.byteLength === chunk.buffer.byteLength ? chunk : chunk.slice());
    this.#known.set(name, [...alike, { key, chunk }]);
    return key;
  }
}

function isSame(some: Uint8Array, others: Uint8Array): boolean {
  return some.buffer === others.buffer && some.byteOffset === others.byteOffset
    ? some.length === others.length
    : some.length === others.length && some.every((byte, i) => byte === others[i]);
}
