/** Checks a file that shall become a Berkeley database, one of Berkeley DB or of SQLite, and makes it one of Berkeley DB. */
import { newFileId } from '../storage/bdb/read/file-marks.ts';
import { pagesOf } from '../storage/bdb/read/pages-of.ts';
import { readBdb } from '../storage/bdb/read/reader.ts';
import { fromSqlite } from '../storage/bdb/sqlite/from-sqlite.ts';
import { sqlitePages } from '../storage/bdb/sqlite/sqlite-pages.ts';
import { toSqlite } from '../storage/bdb/sqlite/to-sqlite.ts';
import { headerTree } from '../storage/bdb/write/header-tree.ts';
import { writeBdb } from '../storage/bdb/write/writer.ts';
import { MemoryFile } from '../storage/volume.ts';
import { requireStorable, schemaError } from './berkeley-handle.ts';
import { FILL_INDEXES, KEEP_NO_JOURNAL } from './berkeley-sql.ts';
import type { TransferOptions } from './driver.ts';
import type { Engine } from './sqljs-engine.ts';
import { type CheckedFile, checked, checkHeader, checkPages, readFile } from './sqljs-import.ts';

/** What a SQLite file begins with. */
const SQLITE = 'SQLite';
const HEADER = 100;
const PAGE_SIZE = 4096;

/** For whom the file is, and who wants to know how far it is. */
export interface Target extends TransferOptions {
  readonly database: string;
  readonly pageSize: number | undefined;
}

/**
 * A file of Berkeley DB that is sound in all its pages, rows and indexes; nothing else is touched.
 * @throws CorruptDatabaseError that says what is wrong with it
 * @throws NotSupportedError for a Berkeley DB file of another kind, or a SQLite file with what Berkeley DB SQL does not know
 * @throws AbortedError
 */
export async function checkBerkeleyImport(engine: Engine, file: Blob, target: Target): Promise<CheckedFile> {
  const header = new Uint8Array(await file.slice(0, HEADER).arrayBuffer());
  const isSqlite = String.fromCharCode(...header.subarray(0, SQLITE.length)) === SQLITE;
  if (isSqlite) checkHeader(header, file.size);
  const { onProgress, signal } = target;
  const copy = await readFile(file, { signal, onProgress: onProgress && ((done, total) => onProgress(done, total, 'read')) });
  onProgress?.(0, null, 'check');
  if (isSqlite) return checked(fromSqliteFile(engine, copy, target), signal);
  const live = toSqlite(readBdb(pagesOf(copy, target.database), target.database)).file;
  checkPages(engine, live, (handle) => {
    try {
      handle.query(KEEP_NO_JOURNAL);
      handle.query(FILL_INDEXES);
    } catch (error) {
      throw schemaError(error, target.database);
    }
  });
  return checked(copy, signal);
}

function fromSqliteFile(engine: Engine, file: MemoryFile, { database, pageSize = PAGE_SIZE }: Target): MemoryFile {
  checkPages(engine, file, undefined, requireStorable);
  const { header, trees } = fromSqlite(sqlitePages(file, database), database);
  const { chunks, size } = writeBdb([headerTree(header), ...trees], { pageSize, fileId: newFileId() });
  return new MemoryFile(chunks, size);
}
