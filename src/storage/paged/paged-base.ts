/** The base of a cluster in files: chunks in one, what it consists of in two others that are written in turn. */
import type { Base, Numbered } from '../fold.ts';
import { type ChunkDraft, StoredBase } from '../stored-base.ts';
import { writeBase } from './base-table.ts';
import { CHUNK, type ChunkFile, PagedDraft } from './chunk-file.ts';
import type { CommitLog } from './commit-log.ts';
import type { Handle, PagedFolder } from './handle.ts';

/** Is told of a new base before the chunks that it no longer has are used for something else. */
export type OnBase = (base: Base, freed: readonly number[]) => void;

export class PagedBase extends StoredBase {
  readonly #bases: readonly [Handle, Handle];
  readonly #chunks: ChunkFile;
  readonly #log: CommitLog;
  readonly #onBase: OnBase;
  /** A base failed to be stored, in a way that does not tell whether it was. */
  #unsure = false;

  constructor(
    folder: PagedFolder,
    chunks: ChunkFile,
    log: CommitLog,
    name: string,
    base: Base,
    records: Numbered[],
    onBase: OnBase,
  ) {
    super(name, CHUNK, base, records);
    this.#bases = folder.bases;
    this.#chunks = chunks;
    this.#log = log;
    this.#onBase = onBase;
    this.considerFolding();
  }

  /** Chunks of a base that may be stored can be given up: nothing is written in their place before it is certain that it is not. */
  protected override get isUnsure(): boolean {
    return false;
  }

  protected override async draft(): Promise<ChunkDraft> {
    await this.#becomeSure();
    return new PagedDraft(this.#chunks, () => this.requireOpen());
  }

  protected override async foldable(log: readonly Numbered[]): Promise<readonly Numbered[]> {
    const last = this.#log.rotate();
    return log.filter(({ number }) => number <= last);
  }

  protected override async switchTo(next: Base): Promise<void> {
    const handle = this.#handleOf(next);
    this.#unsure = true;
    writeBase(handle, next);
    await handle.flush();
    const old = this.#handleOf(this.base);
    this.#unsure = false;
    this.adopt(next);
    try {
      // An empty one tells that it was not damaged: only one of the two can ever be.
      old.truncate(0);
      this.#log.trim(next.folded);
      this.#chunks.trim();
    } catch {
      // What is left is known to be old, and costs room, no more.
    }
  }

  protected override drop(keys: number[]): void {
    try {
      this.#onBase(this.base, keys);
    } catch {
      // Something that is open has a chunk that cannot be read: it stays where it is until the next opening.
      return;
    }
    this.#chunks.free(keys);
  }

  /** Sees to it that a base that may have been stored is not. */
  async #becomeSure(): Promise<void> {
    if (!this.#unsure) return;
    const handle = this.#handleOf({ generation: this.base.generation + 1 });
    handle.truncate(0);
    await handle.flush();
    this.#unsure = false;
  }

  #handleOf({ generation }: Pick<Base, 'generation'>): Handle {
    return this.#bases[generation % 2]!;
  }
}
