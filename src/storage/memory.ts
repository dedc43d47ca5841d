/** The backend that keeps nothing: files live as long as the thread that has them open. */
import type { Backend, BackendOptions, Durability, Files, OnProgress, StorageState } from './backend.ts';
import { chunked } from './chunked.ts';
import { SIDE_FILES } from './side-files.ts';
import { MemoryFile, Volume } from './volume.ts';

/** Opens a database that is gone when it is closed; `state()` says so. */
export async function openMemory(options: BackendOptions): Promise<Backend> {
  return new MemoryBackend(options.durability);
}

class MemoryBackend implements Backend {
  readonly kind = 'memory';
  // The engine's own files are all there is: nothing is copied out of them.
  readonly keeps = 'files';
  readonly #volume = new Volume();
  readonly files: Files = this.#volume;
  durability: Durability;

  constructor(durability: Durability) {
    this.durability = durability;
  }

  commit(): void {}

  async durable(): Promise<void> {}

  async flush(): Promise<void> {}

  async state(): Promise<StorageState> {
    const { durability } = this;
    return {
      backend: 'memory',
      durability,
      persisted: false,
      bytes: this.#volume.bytes,
      quota: null,
      pending: 0,
      lastFlush: null,
    };
  }

  async persist(): Promise<boolean> {
    return false;
  }

  async replace(name: string, source: AsyncIterable<Uint8Array>, bytes: number, onProgress?: OnProgress): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of chunked(source, bytes, onProgress)) chunks.push(chunk);
    this.#volume.put(name, new MemoryFile(chunks, bytes));
    for (const suffix of SIDE_FILES) this.#volume.remove(name + suffix);
  }

  async close(): Promise<void> {}
}
