/** Berkeley DB: SQLite's models, queries and settings on a database that is stored as Berkeley DB SQL keeps it. */
import { VACUUM } from '../dialect/sqlite/vacuum.ts';
import type { OpenOptions, TransferOptions } from '../driver/driver.ts';
import { ImproperlyConfigured, NotSupportedError } from '../errors.ts';
import { Sqlite, type SqliteOptions } from './sqlite.ts';
import type { DatabaseFile } from './stored.ts';

/** Options of a Berkeley database: SQLite's, and those that peewee's BerkeleyDatabase has besides. */
export interface BerkeleyOptions extends SqliteOptions {
  /** Pages kept in memory when positive, KiB when negative; the same as `pragmas: { cacheSize }`. */
  readonly cacheSize?: number;
  /**
   * Bytes of a page of the stored file, a power of two from 512 to 32768; 4096 unless told. A file that has other pages is
   * written anew with the next commit.
   */
  readonly pageSize?: number;
  /** Whether readers see a snapshot and never wait for who writes. It is always so here, and cannot be had otherwise. */
  readonly multiversion?: boolean;
}

/** The smallest and the largest pages that Berkeley DB SQL itself can read back. */
const PAGE_SIZES = [512, 32_768] as const;

/** A Berkeley database, wherever its engine comes from. */
export abstract class Berkeley extends Sqlite<BerkeleyOptions> {
  protected override openOptions(name: string, options: BerkeleyOptions, setup: readonly string[]): OpenOptions {
    const { pageSize } = options;
    return { ...super.openOptions(name, options, setup), system: 'berkeley', pageSize: checkedPageSize(pageSize) };
  }

  protected override settingsOf({ cacheSize, multiversion, pragmas }: BerkeleyOptions): SqliteOptions['pragmas'] {
    if (multiversion === false) {
      throw new NotSupportedError(
        'A Berkeley database has no multiversion: false here: readers always see their snapshot, and never wait for who writes.',
        { database: this.name },
      );
    }
    return cacheSize === undefined ? pragmas : { cacheSize, ...pragmas };
  }

  /** Bytes of a page of the stored file. */
  override async pageSize(): Promise<number> {
    const { pageSize } = await this.storage.state();
    return pageSize ?? super.pageSize();
  }

  /**
   * Writes the stored file anew, packed, without the room of what is gone (SQL's VACUUM).
   *
   * ```ts
   * await database.vacuum();
   * ```
   */
  async vacuum(): Promise<void> {
    await this.run({ statements: [VACUUM] });
  }

  /**
   * The whole database as a file of Berkeley DB SQL 5.3, which its own shell opens; a consistent snapshot, while others go
   * on. Every export is a file of its own to Berkeley DB: what lies in an old `NAME-journal` beside it is not mixed in.
   * @throws AbortedError when `signal` was aborted.
   */
  override async exportFile(options?: TransferOptions): Promise<Blob> {
    return super.exportFile(options);
  }

  /**
   * The whole database as a SQLite file, which everything reads that reads SQLite; a `SqliteDatabase` imports it.
   * @throws AbortedError when `signal` was aborted.
   */
  async exportSqlite(options?: TransferOptions): Promise<Blob> {
    return this.exported({ ...options, as: 'sqlite' });
  }

  /**
   * Replaces the whole database by a file of Berkeley DB SQL or of SQLite, whichever it is, after checking all of it.
   * Statements called meanwhile wait; open transactions end.
   * @throws CorruptDatabaseError when the file is not a sound database; nothing is changed then.
   * @throws NotSupportedError when it holds what a file of Berkeley DB SQL cannot; nothing is changed then.
   * @throws AbortedError when `signal` was aborted before the storage had been handed all of the file; nothing is changed then.
   * Later the import takes place, and this resolves.
   */
  override async importFile(file: DatabaseFile, options?: TransferOptions): Promise<void> {
    return super.importFile(file, options);
  }
}

function checkedPageSize(pageSize: number | undefined): number | undefined {
  const [least, most] = PAGE_SIZES;
  if (pageSize === undefined || (pageSize >= least && pageSize <= most && Number.isInteger(Math.log2(pageSize)))) return pageSize;
  throw new ImproperlyConfigured(`pageSize is a power of two from ${least} to ${most}, not ${pageSize}.`);
}
