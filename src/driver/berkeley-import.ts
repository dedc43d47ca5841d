/** Checks a file that shall become a Berkeley database, one of Berkeley DB or of SQLite, and makes all of it that is stored. */
import { newFileId } from '../storage/bdb/read/file-marks.ts';
import { pagesOf } from '../storage/bdb/read/pages-of.ts';
import { type SoundFile, soundFile } from '../storage/bdb/sound-file.ts';
import { fromSqlite } from '../storage/bdb/sqlite/from-sqlite.ts';
import { sqlitePages } from '../storage/bdb/sqlite/sqlite-pages.ts';
import type { FreshPages } from '../storage/bdb/write/fresh-pages.ts';
import { headerTree } from '../storage/bdb/write/header-tree.ts';
import { writeBdb } from '../storage/bdb/write/writer.ts';
import type { MemoryFile } from '../storage/volume.ts';
import { fillIndexes, requireStorable } from './berkeley-handle.ts';
import type { TransferOptions } from './driver.ts';
import type { Engine } from './sqljs-engine.ts';
import { checkHeader, checkPages, readFile } from './sqljs-import.ts';

/** What a SQLite file begins with. */
const SQLITE = 'SQLite';
const HEADER = 100;
/** Bytes of a page of a new file. */
export const PAGE_SIZE = 4096;

/** For whom the file is, and who wants to know how far it is. */
export interface Target extends TransferOptions {
  readonly database: string;
  readonly pageSize: number | undefined;
}

/**
 * The file as one of Berkeley DB that is sound in all its pages, rows and indexes, and as one of SQLite with its indexes filled;
 * nothing else is touched.
 * @throws CorruptDatabaseError that says what is wrong with it
 * @throws NotSupportedError for a Berkeley DB file of another kind, or a SQLite file with what Berkeley DB SQL does not know
 * @throws AbortedError
 */
export async function checkBerkeleyImport(engine: Engine, file: Blob, target: Target): Promise<SoundFile> {
  return checkSource(engine, await readSource(file, target), target);
}

/** A file in memory, of Berkeley DB or of SQLite. */
export interface Source {
  readonly copy: MemoryFile;
  readonly isSqlite: boolean;
}

/** A copy of the file, of which its kind is known and no more. */
export async function readSource(file: Blob, { onProgress, signal }: Target): Promise<Source> {
  const header = new Uint8Array(await file.slice(0, HEADER).arrayBuffer());
  const isSqlite = String.fromCharCode(...header.subarray(0, SQLITE.length)) === SQLITE;
  if (isSqlite) checkHeader(header, file.size);
  const copy = await readFile(file, { signal, onProgress: onProgress && ((done, total) => onProgress(done, total, 'read')) });
  onProgress?.(0, null, 'check');
  return { copy, isSqlite };
}

/** As `checkBerkeleyImport`, with what was read. */
export function checkSource(engine: Engine, { copy, isSqlite }: Source, target: Target): SoundFile {
  const { database } = target;
  const sound = soundFile(isSqlite ? sqliteAsBerkeley(engine, copy, target) : pagesOf(copy, database), database);
  checkPages(engine, sound.live.file, (handle) => fillIndexes(handle, database));
  return { ...sound, live: { ...sound.live, indexes: 0 } };
}

/** A SQLite file, which is checked, as one of Berkeley DB. */
export function sqliteAsBerkeley(engine: Engine, file: MemoryFile, { database, pageSize = PAGE_SIZE }: Target): FreshPages {
  checkPages(engine, file, undefined, requireStorable);
  const { header, trees } = fromSqlite(sqlitePages(file, database), database);
  return writeBdb([headerTree(header), ...trees], { pageSize, fileId: newFileId() });
}
