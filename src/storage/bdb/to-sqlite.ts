/** Makes a SQLite file of a Berkeley DB SQL file: tables with all rows, indexes empty until the engine fills them. */
import { MemoryFile } from '../volume.ts';
import type { BdbFile } from './reader.ts';

/** A SQLite file whose indexes have to be filled (`REINDEX`) before anybody reads by them. */
export interface SqliteFile {
  readonly file: MemoryFile;
  /** The number of the Berkeley DB tree for each root page, as in `SqliteContent`. */
  readonly numbers: ReadonlyMap<number, number>;
  /** How many indexes are waiting. */
  readonly indexes: number;
}

/**
 * @param pageSize of the SQLite file: a power of two from 512 to 65536
 * @throws CorruptDatabaseError when the file is damaged where only reading all of it shows it.
 */
export function toSqlite(_file: BdbFile, _database: string, _pageSize = 4096): SqliteFile {
  return { file: new MemoryFile(), numbers: new Map(), indexes: 0 };
}
