/** A file that is changed in place and whole after every commit: each goes to a journal beside it first. */
import { NotSupportedError } from '../../../errors.ts';
import type { Backend, BackendOptions, ByteFile, Delta, OnProgress, StorageState } from '../../backend.ts';
import { chunked } from '../../chunked.ts';
import { Committing } from '../../committing.ts';
import { type LoggedDelta, toRecords } from '../../log.ts';
import type { Handle } from '../../paged/handle.ts';
import { SIDE_FILES, sideOf } from '../../side-files.ts';
import { Volume } from '../../volume.ts';
import { headOf, identityIn } from './identity.ts';
import { OverlaidFile } from './overlaid-file.ts';
import { RedoJournal } from './redo-journal.ts';

/** A journal of more bytes is emptied. */
const LONG = 4 << 20;
/** Milliseconds until the file has a commit that did not wait for the device. */
const DELAY = 100;
/** The unit in which a file that is replaced is handed on. */
const PAGE = 4096;

/** A file and the journal beside it, open for this thread alone. */
export interface Place {
  readonly file: Handle;
  readonly journal: Handle;
  /** Lets go of both; nobody needs a journal that is empty. */
  close(isJournalEmpty: boolean): void;
}

/**
 * Opens the file, and brings what the journal has into it that it may not have. A journal that belongs to another file is none.
 * @throws CorruptDatabaseError when the journal is damaged.
 */
export async function openJournaled(kind: 'opfs' | 'file', place: Place, options: BackendOptions): Promise<Backend> {
  const { file } = place;
  const { journal, records, identity } = RedoJournal.open(place.journal, options.name);
  const deltas = records.flatMap(({ record }) => record.deltas as readonly LoggedDelta[]);
  const found = identityIn(headOf(file));
  if (found === identity || deltas.some((delta) => delta.file === found)) for (const delta of deltas) apply(file, delta);
  if (records.length > 0) await file.flush();
  if (!journal.isEmpty) await journal.reset(identityIn(headOf(file)));
  return new Journaled(kind, place, options, journal);
}

/** What was journaled, and is in the file as soon as the device has the journal. */
interface Unapplied {
  readonly delta: LoggedDelta;
  /** How many commits the file has with it. */
  readonly commits: number;
}

class Journaled extends Committing implements Backend {
  readonly kind: 'opfs' | 'file';
  readonly keeps = 'pages';
  readonly files: JournaledFiles;
  readonly #place: Place;
  readonly #journal: RedoJournal;
  readonly #file: OverlaidFile;
  /** The first bytes of the file with everything that was journaled. */
  #head: Uint8Array;
  /** What the file was before everything in the journal. */
  #identity: string;
  /** Commits that were stored. */
  #stored = 0;
  #unapplied: Unapplied[] = [];
  /** Something was written to the file that the device may not have. */
  #unflushed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(kind: 'opfs' | 'file', place: Place, options: BackendOptions, journal: RedoJournal) {
    super(options);
    this.kind = kind;
    this.#place = place;
    this.#journal = journal;
    this.#file = new OverlaidFile(place.file);
    this.files = new JournaledFiles(this.#file, options.name);
    this.#head = headOf(place.file);
    this.#identity = identityIn(this.#head);
  }

  override commit(deltas: readonly Delta[]): void {
    super.commit(deltas);
    this.#file.commits++;
  }

  override durable(): Promise<void> {
    // What was committed under another durability counts, too.
    return this.durability === 'strict' ? this.flush() : super.durable();
  }

  override async flush(): Promise<void> {
    await super.flush();
    await this.#inTurn(() => this.#settle());
  }

  override async state(): Promise<StorageState> {
    const state = await super.state();
    return this.kind === 'file' ? { ...state, persisted: true } : state;
  }

  override async persist(): Promise<boolean> {
    return this.kind === 'file' || super.persist();
  }

  async replace(_name: string, source: AsyncIterable<Uint8Array>, bytes: number, onProgress?: OnProgress): Promise<void> {
    this.requireOpen();
    const images = new Uint8Array(Math.ceil(bytes / PAGE) * PAGE);
    let at = 0;
    for await (const chunk of chunked(source, bytes, onProgress)) {
      images.set(chunk, at);
      at += chunk.length;
    }
    this.requireOpen();
    await this.flush();
    const pages = Uint32Array.from({ length: images.length / PAGE }, (_, page) => page);
    const deltas = this.#identified([{ file: '', pageSize: PAGE, size: bytes, pages, images }]);
    await this.#inTurn(() => this.#replaceBy(deltas));
  }

  protected override get bytes(): number {
    return this.#file.size() + this.#journal.bytes;
  }

  protected override async append(batch: readonly (readonly Delta[])[]): Promise<void> {
    await this.#inTurn(async () => {
      const deltas = this.#identified(...batch);
      const stored = this.#stored + batch.length;
      if (deltas.length > 0) this.#journal.append({ writer: '', deltas }, this.#identity);
      this.#noteJournaled(deltas, stored);
      if (this.durability === 'strict') await this.#settle();
      else this.#settleLater();
      this.#stored = stored;
    });
  }

  protected override async release(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#turn.catch(() => {});
    try {
      if (this.#unapplied.length === 0 && !this.#journal.isEmpty) await this.#empty();
    } finally {
      this.#place.close(this.#journal.isEmpty);
    }
  }

  /** The commits as one, each of its deltas by the name of what the file is after it. */
  #identified(...batch: readonly (readonly Delta[])[]): LoggedDelta[] {
    // A side file is in memory only.
    const commits = batch.map((deltas) => deltas.filter(({ file }) => sideOf(file) === ''));
    const records = toRecords('', commits, Number.MAX_SAFE_INTEGER);
    let head = this.#head;
    return records
      .flatMap(({ deltas }) => deltas as readonly LoggedDelta[])
      .map((delta) => {
        head = headAfter(head, delta);
        return { ...delta, file: identityIn(head) };
      });
  }

  #noteJournaled(deltas: readonly LoggedDelta[], commits: number): void {
    for (const delta of deltas) {
      this.#head = headAfter(this.#head, delta);
      this.#unapplied.push({ delta, commits });
    }
  }

  /** From the moment when the device has the journal, the new file is the one that counts. */
  async #replaceBy(deltas: readonly LoggedDelta[]): Promise<void> {
    await this.#journal.store({ writer: '', deltas }, this.#identity);
    this.#stored++;
    this.#noteJournaled(deltas, this.#stored);
    for (const suffix of SIDE_FILES) this.files.remove(this.files.called + suffix);
    try {
      await this.#settle();
      this.#file.renew();
    } catch {
      // There was no room for it, say. It is tried again, and meanwhile the file is in memory.
      this.#file.truncate(0);
      for (const { images, size } of deltas) this.#file.write(images.subarray(0, size), 0);
    }
    this.#file.commits++;
  }

  /** Brings everything that was journaled into the file. */
  async #settle(): Promise<void> {
    await this.#journal.flush();
    for (let first = this.#unapplied[0]; first !== undefined; first = this.#unapplied[0]) {
      this.#unflushed = true;
      apply(this.#place.file, first.delta);
      this.#file.settled(first.delta, first.commits);
      this.#unapplied.shift();
    }
    if (this.#journal.bytes > LONG) await this.#empty();
  }

  async #empty(): Promise<void> {
    if (this.#unflushed) await this.#place.file.flush();
    this.#unflushed = false;
    const identity = identityIn(this.#head);
    await this.#journal.reset(identity);
    this.#identity = identity;
  }

  #settleLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // When it fails, the next one who waits is told.
      this.#inTurn(() => this.#settle()).catch(() => {});
    }, DELAY);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** One file; what an engine keeps beside it is in memory. */
class JournaledFiles extends Volume {
  readonly #file: OverlaidFile;
  readonly #database: string;
  /** What the engine calls the file. */
  called = '';

  constructor(file: OverlaidFile, database: string) {
    super();
    this.#file = file;
    this.#database = database;
  }

  override open(name: string): ByteFile {
    return this.#isMain(name) ? this.#file : super.open(name);
  }

  override exists(name: string): boolean {
    return this.#isMain(name) ? this.#file.size() > 0 : super.exists(name);
  }

  override remove(name: string): void {
    if (this.#isMain(name)) this.#file.truncate(0);
    else super.remove(name);
  }

  #isMain(name: string): boolean {
    if (sideOf(name) !== '') return false;
    this.called ||= name;
    if (name === this.called) return true;
    throw new NotSupportedError(`One file is kept here at a time: "${name}" is not "${this.called}".`, {
      database: this.#database,
    });
  }
}

/** The first bytes of a file after the change. */
function headAfter(head: Uint8Array, delta: LoggedDelta): Uint8Array {
  const after = head.slice();
  after.fill(0, Math.min(after.length, delta.low));
  if (delta.pages[0] === 0) after.set(delta.images.subarray(0, Math.min(after.length, delta.size)));
  return after;
}

/** Makes the change, which may have been made before, in whole or in part. */
function apply(file: Handle, delta: LoggedDelta): void {
  const { low, size, pages, pageSize, images } = delta;
  if (low < file.size()) file.truncate(low);
  for (let i = 0; i < pages.length; ) {
    const first = i;
    do i++;
    while (i < pages.length && pages[i] === pages[i - 1]! + 1);
    const at = pages[first]! * pageSize;
    const run = images.subarray(first * pageSize, i * pageSize);
    // The last page of a file need not be whole.
    if (at < size) file.write(run.subarray(0, size - at), at);
  }
  if (file.size() !== size) file.truncate(size);
}
