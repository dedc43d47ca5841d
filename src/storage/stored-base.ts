/** What is stored of a database, base and log, and how the one is folded into the other while commits go on. */
import { ConnectionClosedError } from '../errors.ts';
import { type Base, baseBytes, type ChunkStore, type Contents, chunkKeys, fold, logBytes, type Numbered } from './fold.ts';
import { type LogRecord, recordBytes } from './log.ts';

/** The log is folded when it is a quarter of the base, but not before it has this many bytes, nor later than at the most. */
const LOG_AT_LEAST = 2 << 20;
const LOG_AT_MOST = 16 << 20;

/** The chunks of one change of the base. */
export interface ChunkDraft extends ChunkStore {
  /** No chunk of any base has this key or one behind it. */
  readonly next: number;
  /** Resolves when all that was written is stored. */
  finish(): Promise<void>;
  /** Forgets the chunks written: no base refers to them. */
  discard(): Promise<void>;
}

export abstract class StoredBase {
  protected readonly name: string;
  readonly #chunkBytes: number;
  #base: Base;
  #baseBytes: number;
  /** The stored records that are not in the base yet. */
  #log: Numbered[];
  #logBytes: number;
  /** Changes of the base, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  #folding = false;
  /** No fold is tried before the log is this long. */
  #foldAt = 0;
  #closed = false;

  protected constructor(name: string, chunkBytes: number, base: Base, log: Numbered[]) {
    this.#chunkBytes = chunkBytes;
    this.name = name;
    this.#base = base;
    this.#baseBytes = baseBytes(base, chunkBytes);
    this.#log = log;
    this.#logBytes = logBytes(log);
  }

  get base(): Base {
    return this.#base;
  }

  /** The number of the last stored record. */
  get last(): number {
    return this.#log.at(-1)?.number ?? this.#base.folded;
  }

  /** Bytes stored. */
  get bytes(): number {
    return this.#baseBytes + this.#logBytes;
  }

  /** Notes that `records` were stored as the next ones. */
  stored(records: readonly LogRecord[]): void {
    for (const record of records) {
      this.#log.push({ number: this.last + 1, record });
      this.#logBytes += recordBytes(record);
    }
    this.considerFolding();
  }

  /** Runs `make`, which writes chunks and tells the contents they belong to, alone, and makes that the base. */
  change(make: (base: Base, store: ChunkStore) => Promise<Contents>): Promise<void> {
    return this.inTurn(async () => {
      const draft = await this.draft();
      try {
        const contents = await make(this.#base, draft);
        await draft.finish();
        await this.switchTo({ ...contents, generation: this.#base.generation + 1, nextChunk: draft.next });
      } catch (error) {
        // When nobody can tell whether the switch was stored, its chunks have to stay.
        if (!this.isUnsure) await draft.discard();
        throw error;
      }
    });
  }

  /** Waits for what is under way, folds too: given up, they would leave a long log to the next opening. */
  async close(): Promise<void> {
    do await this.#work;
    while (this.#folding);
    this.#closed = true;
  }

  /** The store for the next change. */
  protected abstract draft(): Promise<ChunkDraft>;
  /** Which of the stored records a fold that begins now is to take. */
  protected abstract foldable(log: readonly Numbered[]): Promise<readonly Numbered[]>;
  /** Makes `next` the stored base, and calls `adopt`. */
  protected abstract switchTo(next: Base): Promise<void>;
  /** True while it is open whether a switch that failed was stored. */
  protected abstract readonly isUnsure: boolean;
  /** Gives up the chunks that the base no longer has. */
  protected abstract drop(keys: number[]): void;

  /** Runs `work` when everything that was begun before is done. */
  protected inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => {});
    return result;
  }

  protected considerFolding(): void {
    const wanted = Math.max(this.#foldAt, Math.min(LOG_AT_MOST, Math.max(LOG_AT_LEAST, this.#baseBytes / 4)));
    if (this.#folding || this.#closed || this.#logBytes < wanted) return;
    this.#folding = true;
    this.change(async (base, store) => fold(base, await this.foldable(this.#log), store))
      .then(
        () => (this.#foldAt = 0),
        // It is the commits that tell when storage fails; a fold waits until the log has grown some more.
        () => (this.#foldAt = this.#logBytes + LOG_AT_LEAST),
      )
      .finally(() => {
        this.#folding = false;
        this.considerFolding();
      });
  }

  /** From here on `next` is the base. */
  protected adopt(next: Base): void {
    const kept = chunkKeys(next);
    const old = [...chunkKeys(this.#base)].filter((key) => !kept.has(key));
    this.#base = next;
    this.#baseBytes = baseBytes(next, this.#chunkBytes);
    this.#log = this.#log.filter(({ number }) => number > next.folded);
    this.#logBytes = logBytes(this.#log);
    this.drop(old);
  }

  protected requireOpen(): void {
    if (this.#closed) throw new ConnectionClosedError(`The database "${this.name}" is closed.`, { database: this.name });
  }
}
