/** The files an engine works on: a SQLite file of which is known what was committed, and what the engine keeps beside it. */
import { NotSupportedError } from '../../errors.ts';
import type { ByteFile } from '../backend.ts';
import { sideOf } from '../side-files.ts';
import { MemoryFile, Volume } from '../volume.ts';
import { CommittedPages } from './committed-pages.ts';

/** Bytes in a page of the SQLite file. */
const PAGE_SIZE = 4096;

export class LiveVolume extends Volume {
  readonly #database: string;
  #pages = new CommittedPages(new MemoryFile(), PAGE_SIZE);
  #main: ByteFile = this.#pages.live;
  /** What the engine calls the file. */
  #called: string | null = null;

  constructor(database: string) {
    super();
    this.#database = database;
  }

  /** The committed pages of the SQLite file. */
  get pages(): CommittedPages {
    return this.#pages;
  }

  /** Puts a SQLite file in the place of the one there was. */
  renew(file: MemoryFile): void {
    this.#pages = new CommittedPages(file, PAGE_SIZE);
    this.#main = this.#pages.live;
    this.byName.clear();
  }

  override open(name: string): ByteFile {
    return this.#isMain(name) ? this.#main : super.open(name);
  }

  override exists(name: string): boolean {
    return this.#isMain(name) ? this.#main.size() > 0 : super.exists(name);
  }

  override remove(name: string): void {
    if (this.#isMain(name)) this.#main.truncate(0);
    else super.remove(name);
  }

  #isMain(name: string): boolean {
    if (sideOf(name) !== '') return false;
    this.#called ??= name;
    if (name === this.#called) return true;
    throw new NotSupportedError(`A Berkeley database is one file: "${name}" is not "${this.#called}".`, {
      database: this.#database,
    });
  }
}
