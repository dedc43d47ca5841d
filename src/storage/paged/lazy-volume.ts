/** The files of a cluster that are read when they are needed. */
import type { ByteFile } from '../backend.ts';
import type { ClusterFiles } from '../cluster.ts';
import type { Base } from '../fold.ts';
import type { Target } from '../log.ts';
import type { ChunkCache } from './chunk-cache.ts';
import { LazyFile } from './lazy-file.ts';

export class LazyVolume implements ClusterFiles, Target {
  readonly #cache: ChunkCache;
  #files = new Map<string, LazyFile>();
  /** Without a name, but still open. */
  readonly #nameless = new Set<LazyFile>();

  constructor(cache: ChunkCache, base: Base) {
    this.#cache = cache;
    this.reset(base);
  }

  open(name: string): ByteFile {
    const file = this.file(name);
    file.users++;
    return file;
  }

  exists(name: string): boolean {
    return this.#files.has(name);
  }

  remove(name: string): void {
    const file = this.#files.get(name);
    if (file === undefined) return;
    this.#files.delete(name);
    if (file.users > 0) this.#nameless.add(file);
    else file.dispose();
  }

  rename(from: string, to: string): void {
    const file = this.file(from);
    this.#files.delete(from);
    this.remove(to);
    this.#files.set(to, file);
    file.named = this.#cache.commit;
  }

  list(): Iterable<string> {
    return this.#files.keys();
  }

  file(name: string): LazyFile {
    let file = this.#files.get(name);
    if (file === undefined) this.#files.set(name, (file = this.#made(null)));
    return file;
  }

  /** All files are those of the base, and nothing else. */
  reset({ files }: Base): void {
    for (const file of this.#files.values()) file.dispose();
    this.#files = new Map(files.map((stored) => [stored.name, this.#made(stored)]));
  }

  /** From here on the base is where things are stored, all that was committed up to `commit`; the chunks `freed` are gone. */
  adopt({ files }: Base, commit: number, freed: readonly number[]): void {
    for (const stored of files) {
      const file = this.#files.get(stored.name);
      if (file !== undefined && file.named <= commit) file.adopt(stored, commit);
    }
    const keys = new Set(freed);
    for (const file of [...this.#files.values(), ...this.#nameless]) file.detach((key) => keys.has(key));
  }

  #made(stored: ConstructorParameters<typeof LazyFile>[1]): LazyFile {
    return new LazyFile(this.#cache, stored, (file) => {
      if (this.#nameless.delete(file)) file.dispose();
    });
  }
}
