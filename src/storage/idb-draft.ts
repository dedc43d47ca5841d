/** New chunks of a base in IndexedDB, written some at a time. */
import { delMany, get, setMany } from 'idb-keyval';
import { CorruptDatabaseError } from '../errors.ts';
import type { StoredFile } from './fold.ts';
import type { IdbConnection } from './idb-connection.ts';
import type { ChunkDraft } from './stored-base.ts';
import { CHUNK } from './volume.ts';

export class IdbDraft implements ChunkDraft {
  readonly chunkBytes: number = CHUNK;
  next: number;
  readonly #chunks: IdbConnection;
  readonly #first: number;
  readonly #requireOpen: () => void;
  #waiting: [number, Uint8Array][] = [];
  #waitingBytes = 0;

  constructor(chunks: IdbConnection, first: number, requireOpen: () => void) {
    this.#chunks = chunks;
    this.#first = first;
    this.next = first;
    this.#requireOpen = requireOpen;
  }

  async read({ name, chunks }: StoredFile, index: number): Promise<Uint8Array> {
    const bytes = await get<Uint8Array>(chunks[index]!, this.#chunks.store('relaxed'));
    if (bytes) return bytes;
    const database = this.#chunks.name;
    throw new CorruptDatabaseError(`Chunk ${index} of "${name}" of the stored database "${database}" is gone.`, { database });
  }

  async write(bytes: Uint8Array): Promise<number> {
    this.#waiting.push([this.next, bytes]);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= CHUNK) await this.finish();
    return this.next++;
  }

  async finish(): Promise<void> {
    this.#requireOpen();
    // Strict even for relaxed databases: the records that a chunk replaces are gone afterwards.
    if (this.#waiting.length > 0) await setMany(this.#waiting, this.#chunks.store('strict'));
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  discard(): Promise<void> {
    return deleteChunks(
      this.#chunks,
      Array.from({ length: this.next - this.#first }, (_, i) => this.#first + i),
    );
  }
}

/** Best effort: chunks that nobody refers to cost room, no more, and the next opening looks for them. */
export async function deleteChunks(chunks: IdbConnection, keys: number[]): Promise<void> {
  if (keys.length > 0) await delMany(keys, chunks.store('relaxed')).catch(() => {});
}
