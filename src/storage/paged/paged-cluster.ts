/** A cluster in five files: a commit is appended to a log, and nothing is read before it is needed. */
import { InternalError } from '../../errors.ts';
import type { BackendOptions, OnProgress, StorageState } from '../backend.ts';
import type { Change, ClusterBackend, WholeFile } from '../cluster.ts';
import { Committing } from '../committing.ts';
import { type Base, EMPTY_BASE } from '../fold.ts';
import { applyRecord, isRemoval, toRecords } from '../log.ts';
import { writeFiles } from '../whole-files.ts';
import { decodeBase, writeBase } from './base-table.ts';
import { ChunkCache } from './chunk-cache.ts';
import { CHUNK, ChunkFile, corrupt } from './chunk-file.ts';
import { CommitLog, type OpenedLog } from './commit-log.ts';
import { type Handle, type PagedFolder, readAll } from './handle.ts';
import { LazyVolume } from './lazy-volume.ts';
import { PagedBase } from './paged-base.ts';

export interface PagedOptions extends BackendOptions {
  /** Bytes of chunks to be kept in memory, unless more of them were changed and are not in the base yet. */
  readonly memory?: number;
}

/** Enough for most clusters to be read once. */
const MEMORY = 256 << 20;

/** Records need not be small: they are written piece by piece. */
const MOST = 2 ** 40;

/**
 * Opens the cluster in `folder`, which is closed with it.
 * @throws CorruptDatabaseError when a part is missing or damaged; it tells which.
 */
export async function openPaged(kind: 'opfs' | 'file', folder: PagedFolder, options: PagedOptions): Promise<ClusterBackend> {
  const { name } = options;
  const { base, unused } = await readBase(folder, name);
  const chunks = new ChunkFile(folder.chunks, name, base);
  const opened = CommitLog.open(folder.logs, base.folded, name);
  if (unused.size() > 0) unused.truncate(0);
  const cluster = new PagedCluster(kind, folder, options, base, chunks, opened);
  options.onProgress?.(opened.log.bytes, opened.log.bytes);
  return cluster;
}

/** The base that counts, and the file that has none or an old one. */
async function readBase({ bases, logs, chunks }: PagedFolder, name: string): Promise<{ base: Base; unused: Handle }> {
  const [one, other] = [decodeBase(readAll(bases[0]), name), decodeBase(readAll(bases[1]), name)];
  if (one !== null && one.generation > (other?.generation ?? -1)) return { base: one, unused: bases[1] };
  if (other !== null) return { base: other, unused: bases[0] };
  if ([...logs, chunks, bases[1]].some((handle) => handle.size() > 0)) throw corrupt(name, 'the list of its files is not whole');
  // Nothing was ever stored, but perhaps a part of this.
  writeBase(bases[0], EMPTY_BASE);
  await bases[0].flush();
  return { base: EMPTY_BASE, unused: bases[1] };
}

class PagedCluster extends Committing implements ClusterBackend {
  readonly kind: 'opfs' | 'file';
  readonly files: LazyVolume;
  readonly #folder: PagedFolder;
  readonly #cache: ChunkCache;
  readonly #log: CommitLog;
  readonly #base: PagedBase;
  /** How many commits were stored when each record was, of the records that are not in the base yet. */
  readonly #commits: { readonly number: number; readonly commits: number }[] = [];
  #stored = 0;
  /** How many commits are in the base. */
  #folded = 0;
  #replacing = false;

  constructor(
    kind: 'opfs' | 'file',
    folder: PagedFolder,
    options: PagedOptions,
    base: Base,
    chunks: ChunkFile,
    { log, records }: OpenedLog,
  ) {
    super(options);
    this.kind = kind;
    this.#folder = folder;
    this.#log = log;
    this.#cache = new ChunkCache(chunks, options.memory ?? MEMORY);
    this.files = new LazyVolume(this.#cache, base);
    for (const { record } of records) applyRecord(this.files, record, () => true);
    this.#cache.commit = 1;
    this.#base = new PagedBase(folder, chunks, log, options.name, base, records, (next, freed) => this.#rebased(next, freed));
  }

  override commit(changes: readonly Change[]): void {
    for (const change of changes) {
      // A chunk has whole pages: half of one would be forgotten by a fold.
      if (!isRemoval(change) && CHUNK % change.pageSize !== 0)
        throw new InternalError(`Pages of ${change.pageSize} bytes do not fit the chunks of "${this.name}".`);
    }
    super.commit(changes);
    this.#cache.commit++;
  }

  override durable(): Promise<void> {
    return this.durability === 'strict' ? this.flush() : super.durable();
  }

  override async flush(): Promise<void> {
    await super.flush();
    await this.#log.flush();
  }

  override async state(): Promise<StorageState> {
    const state = await super.state();
    return this.kind === 'file' ? { ...state, persisted: true } : state;
  }

  override async persist(): Promise<boolean> {
    return this.kind === 'file' || super.persist();
  }

  async replaceAll(
    files: Iterable<WholeFile> | AsyncIterable<WholeFile>,
    bytes: number | null,
    onProgress?: OnProgress,
  ): Promise<void> {
    this.requireOpen();
    await super.flush();
    try {
      await this.#base.change(async (_, store) => {
        this.#replacing = true;
        return { folded: this.#base.last, files: await writeFiles(files, store, bytes, onProgress, () => {}) };
      });
    } finally {
      this.#replacing = false;
    }
  }

  protected override get bytes(): number {
    const { chunks, bases } = this.#folder;
    return this.#log.bytes + chunks.size() + bases[0].size() + bases[1].size();
  }

  protected override async append(batch: readonly (readonly Change[])[]): Promise<void> {
    // One record: a second one could be missing after a crash.
    const records = toRecords('', batch, MOST);
    const number = this.#base.last + 1;
    await this.#log.append({ number, record: records[0]! }, this.durability === 'strict');
    this.#stored += batch.length;
    this.#commits.push({ number, commits: this.#stored });
    this.#base.stored(records);
  }

  protected override async release(): Promise<void> {
    await this.#base.close();
    this.#folder.close();
  }

  #rebased(base: Base, freed: readonly number[]): void {
    while (this.#commits.length > 0 && this.#commits[0]!.number <= base.folded) this.#folded = this.#commits.shift()!.commits;
    if (this.#replacing) this.files.reset(base);
    else this.files.adopt(base, this.#folded, freed);
  }
}
