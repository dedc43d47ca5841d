/** A file of Berkeley DB that may take the place of another: all of it was looked at, and a SQLite file made of it. */
import type { Pages } from './content.ts';
import { type BdbFile, readBdb } from './read/reader.ts';
import { type SqliteFile, toSqlite } from './sqlite/to-sqlite.ts';

export interface SoundFile {
  readonly file: BdbFile;
  /** What an engine is to work on; it may fill the indexes before, and say that none is waiting any more. */
  readonly live: SqliteFile;
  /** How many pages of the file nothing uses. */
  readonly unused: number;
}

/**
 * @throws CorruptDatabaseError when something is wrong with the file, anywhere.
 * @throws NotSupportedError when it is one of a kind that is not read here.
 */
export function soundFile(pages: Pages, database: string): SoundFile {
  const file = readBdb(pages, database);
  const unused = file.requireSound();
  return { file, live: toSqlite(file), unused };
}
