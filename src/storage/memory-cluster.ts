/** The cluster that keeps nothing: its files live as long as the thread that has them open. */
import type { BackendOptions, Durability, OnProgress, StorageState } from './backend.ts';
import type { ClusterBackend, WholeFile } from './cluster.ts';
import { ClusterVolume } from './cluster-volume.ts';

/** Opens a cluster that is gone when it is closed; `state()` says so. */
export async function openMemoryCluster(options: BackendOptions): Promise<ClusterBackend> {
  return new MemoryCluster(options.durability);
}

class MemoryCluster implements ClusterBackend {
  readonly kind = 'memory';
  readonly files: ClusterVolume = new ClusterVolume();
  durability: Durability;

  constructor(durability: Durability) {
    this.durability = durability;
  }

  commit(): void {}

  async durable(): Promise<void> {}

  async flush(): Promise<void> {}

  async state(): Promise<StorageState> {
    const { durability } = this;
    return { backend: 'memory', durability, persisted: false, bytes: this.files.bytes, quota: null, pending: 0, lastFlush: null };
  }

  async persist(): Promise<boolean> {
    return false;
  }

  async replaceAll(
    files: Iterable<WholeFile> | AsyncIterable<WholeFile>,
    bytes: number | null,
    onProgress?: OnProgress,
  ): Promise<void> {
    const fresh: WholeFile[] = [];
    let done = 0;
    for await (const file of files) {
      fresh.push(file);
      done += file.bytes.length;
      onProgress?.(done, bytes);
    }
    this.files.replaceAll(fresh);
  }

  async close(): Promise<void> {}
}
