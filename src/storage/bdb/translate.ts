/** Stores what commits change in SQLite pages as changes of a Berkeley DB file, which is whole after each of them. */
import type { Backend, Delta, Durability, OnProgress, StorageKind, StorageState } from '../backend.ts';
import { chunked } from '../chunked.ts';
import { Committing } from '../committing.ts';
import { sideOf } from '../side-files.ts';
import { MemoryFile } from '../volume.ts';
import type { BerkeleyBackend, BerkeleyCopy, BerkeleyOptions, Replacing } from './berkeley-backend.ts';
import type { Entry, Pages, TreeContent } from './content.ts';
import { LiveVolume } from './live-volume.ts';
import { PagesAfter } from './pages-after.ts';
import { pagesOf } from './read/pages-of.ts';
import type { BdbFile } from './read/reader.ts';
import { type SoundFile, soundFile } from './sound-file.ts';
import { fromSqlite } from './sqlite/from-sqlite.ts';
import { type Followed, SqliteTrees } from './sqlite/sqlite-trees.ts';
import { toSqlite } from './sqlite/to-sqlite.ts';
import { StoredFile } from './stored-file.ts';
import { headerTree } from './write/header-tree.ts';

/** When commits changed a larger part of the pages, the file is faster written as a whole. */
const LARGE_PART = 0.15;
/** So few pages are no large part. */
const FEW = 16;

export interface TranslateOptions extends BerkeleyOptions {
  /** Logs of another program are beside the file, and must not be applied to it: it gets another id with the first commit. */
  readonly isForeign?: boolean;
}

/**
 * Opens the Berkeley DB file in `storage`, which keeps one file, and is closed with it, or when it cannot be opened.
 * @throws CorruptDatabaseError when the file is damaged, or none of Berkeley DB SQL.
 * @throws NotSupportedError when it is one of a kind that is not read here.
 */
export async function openTranslating(storage: Backend, options: TranslateOptions): Promise<BerkeleyBackend> {
  try {
    return new Translating(storage, options);
  } catch (error) {
    await storage.close().catch(() => {});
    throw error;
  }
}

class Translating extends Committing implements BerkeleyBackend {
  readonly kind: StorageKind;
  readonly keeps = 'pages';
  readonly files: LiveVolume;
  readonly #storage: Backend;
  readonly #stored: StoredFile;
  #isForeign: boolean;
  #isReady = false;
  /** The SQLite file made of the stored one, while its indexes are empty. */
  #unindexed: MemoryFile | null = null;
  /** What the file had that was opened, until its indexes are made. */
  #followed: Followed | null = null;
  /** The structure of the committed SQLite pages; null when the file has to be written as a whole. */
  #trees: SqliteTrees | null = null;
  /** What the file has besides all that SQLite knows. */
  #sequences: readonly Entry[] = [];
  /** Commits that were not translated yet. */
  #waiting: Delta[] = [];
  /** The stored file is not what it should be, even without them. */
  #isBehind = false;

  constructor(storage: Backend, options: TranslateOptions) {
    super(options);
    this.kind = storage.kind;
    this.#storage = storage;
    this.#isForeign = options.isForeign ?? false;
    this.files = new LiveVolume(options.name);
    this.#stored = new StoredFile(storage, options.name, options.pageSize);
    this.durability = options.durability;
    const file = this.#stored.read();
    if (file !== null) this.#adopt(file);
  }

  override get durability(): Durability {
    return super.durability;
  }

  override set durability(durability: Durability) {
    super.durability = durability;
    // Commits are deferred here already.
    this.#storage.durability = durability === 'deferred' ? 'relaxed' : durability;
  }

  fillIndexes(fill: (file: MemoryFile) => void): void {
    const file = this.#unindexed;
    if (file === null) return;
    fill(file);
    this.files.renew(file);
    this.#unindexed = null;
  }

  ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    if (this.#followed !== null) this.#follow(this.files.pages, this.#followed);
    this.#followed = null;
  }

  override commit(deltas: readonly Delta[]): void {
    this.requireOpen();
    // What the engine keeps beside the file is its own affair.
    const changes = deltas.filter(({ file }) => sideOf(file) === '');
    if (this.#isReady) {
      this.#waiting.push(...changes);
      // They are translated together with those that come while others are stored.
      super.commit([]);
    } else this.files.pages.advance(new PagesAfter(this.files.pages, changes));
  }

  override durable(): Promise<void> {
    // What was committed under another durability counts, too.
    return this.durability === 'strict' ? this.flush() : super.durable();
  }

  override async flush(): Promise<void> {
    await super.flush();
    await this.#storage.flush();
  }

  override async state(): Promise<StorageState> {
    const { durability, pending } = await super.state();
    return { ...(await this.#storage.state()), durability, pending, pageSize: this.#stored.pageSize };
  }

  override persist(): Promise<boolean> {
    return this.#storage.persist();
  }

  async vacuum(): Promise<void> {
    this.requireOpen();
    this.#trees = null;
    this.#isBehind = true;
    super.commit([]);
    await this.flush();
  }

  async copy(): Promise<BerkeleyCopy> {
    this.requireOpen();
    this.#translate();
    return this.#stored.copy(() => this.#contentOf(this.files.pages).trees);
  }

  async replace(_name: string, source: AsyncIterable<Uint8Array>, bytes: number, onProgress?: OnProgress): Promise<void> {
    const file = new MemoryFile();
    for await (const chunk of chunked(source, bytes)) file.write(chunk, file.size());
    await this.replaceBy(soundFile(pagesOf(file, this.name), this.name), { onProgress });
  }

  async replaceBy({ file, live, unused }: SoundFile, options: Replacing): Promise<void> {
    this.requireOpen();
    await this.flush();
    this.requireOpen();
    await this.#stored.replace(file.pages, options);
    this.#isForeign = false;
    this.#adopt(file, live);
    if (unused === 0) return;
    // Berkeley DB's own checks complain of them: the file is written without them as soon as it is written or copied.
    this.#followed = null;
    this.#isBehind = true;
  }

  /** The storage tells more exactly. */
  protected override get bytes(): number {
    return this.files.bytes;
  }

  protected override async append(): Promise<void> {
    this.#translate();
    await this.#storage.durable();
  }

  protected override release(): Promise<void> {
    return this.#storage.close();
  }

  /** Gives the engine the SQLite file of a stored one. */
  #adopt(file: BdbFile, { file: live, numbers, indexes } = toSqlite(file)): void {
    this.files.renew(live);
    this.#sequences = file.sequences.map(({ key, data }) => ({ key: key.slice(), data: data.slice() }));
    this.#followed = this.#isForeign || !this.#stored.hasRightPages ? null : { header: file.header, numbers };
    this.#trees = null;
    this.#isReady = false;
    this.#unindexed = indexes > 0 ? live : null;
  }

  /** Brings what was committed into the stored file. */
  #translate(): void {
    const deltas = this.#waiting.splice(0);
    if (deltas.length === 0 && !this.#isBehind) return;
    const before = this.files.pages;
    const after = new PagesAfter(before, deltas);
    try {
      this.#isBehind = true;
      if (!this.#changeBy(before, after)) this.#writeAll(after);
      this.#isBehind = false;
    } finally {
      before.advance(after);
    }
  }

  /** Changes the trees that are not as they were; false when the file has to be written as a whole. */
  #changeBy(before: Pages, after: PagesAfter): boolean {
    const { size } = after.images;
    if (this.#trees === null || size >= after.count || size > Math.max(FEW, LARGE_PART * after.count)) return false;
    try {
      const changes = this.#trees.changesOf({ before, after, dirty: [...after.images.keys()] });
      if (changes === null) return false;
      this.#stored.change(changes);
      return true;
    } catch {
      // Pages do not fit together, or the file has not what it should: all of it is made anew from what the engine has.
      return false;
    }
  }

  #writeAll(after: Pages): void {
    this.#trees = null;
    const { header, numbers, trees } = this.#contentOf(after);
    this.#stored.write(trees, this.#isForeign);
    this.#isForeign = false;
    this.#follow(after, { header, numbers });
  }

  #contentOf(pages: Pages): Followed & { readonly trees: readonly TreeContent[] } {
    const { header, numbers, trees } = fromSqlite(pages, this.name);
    return { header, numbers, trees: [headerTree(header, this.#sequences), ...trees] };
  }

  #follow(pages: Pages, followed: Followed): void {
    try {
      this.#trees = new SqliteTrees(pages, followed, this.name);
    } catch {
      // Then every commit writes the file as a whole.
      this.#trees = null;
    }
  }
}
