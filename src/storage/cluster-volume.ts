/** The files of a cluster in memory. */
import type { ClusterFiles, WholeFile } from './cluster.ts';
import { CHUNK, MemoryFile, Volume } from './volume.ts';

export class ClusterVolume extends Volume implements ClusterFiles {
  /** Gives the file another name, whatever had that before. */
  rename(from: string, to: string): void {
    const file = this.file(from);
    this.remove(from);
    this.put(to, file);
  }

  list(): Iterable<string> {
    return this.byName.keys();
  }

  /** Puts these files in the place of all there are; their bytes are left as they are. */
  replaceAll(files: readonly WholeFile[]): void {
    this.byName.clear();
    for (const { name, bytes } of files) {
      const count = Math.ceil(bytes.length / CHUNK);
      const chunks = Array.from({ length: count }, (_, i) => bytes.subarray(i * CHUNK, (i + 1) * CHUNK));
      this.put(name, new MemoryFile(chunks, bytes.length, true));
    }
  }
}
