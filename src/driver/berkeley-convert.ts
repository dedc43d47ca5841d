/** Makes a file of one kind of a file of the other: what an import makes of it, handed back instead of stored. */
import { newFileId } from '../storage/bdb/read/file-marks.ts';
import { readBdb } from '../storage/bdb/read/reader.ts';
import { fromSqlite } from '../storage/bdb/sqlite/from-sqlite.ts';
import { sqlitePages } from '../storage/bdb/sqlite/sqlite-pages.ts';
import type { FreshPages } from '../storage/bdb/write/fresh-pages.ts';
import { headerTree } from '../storage/bdb/write/header-tree.ts';
import { writeBdb } from '../storage/bdb/write/writer.ts';
import { MemoryFile } from '../storage/volume.ts';
import { hearOut } from '../storage/while-wanted.ts';
import {
  checkBerkeleyImport,
  checkSource,
  PAGE_SIZE,
  readSource,
  type Source,
  sqliteAsBerkeley,
  type Target,
} from './berkeley-import.ts';
import { blobOfChunks } from './blob-of-chunks.ts';
import type { ExportOptions } from './driver.ts';
import type { Engine } from './sqljs-engine.ts';
import { SQLITE_TYPE } from './sqljs-export.ts';

/** What Berkeley DB's own tools call their files. */
export const BERKELEY_TYPE = 'application/x-berkeley-db';

/**
 * The file, of Berkeley DB or of SQLite, as one of SQLite or, unless asked for that, of Berkeley DB.
 * @throws CorruptDatabaseError, NotSupportedError, AbortedError as an import of it would.
 */
export async function convertFile(engine: Engine, file: Blob, as: ExportOptions['as'], target: Target): Promise<Blob> {
  // What was read is let go of before the Blob is made: nobody here may keep it.
  const made = await (as === 'sqlite' ? sqliteFile : berkeleyFile)(engine, file, target);
  await hearOut(target.signal);
  return blobOfChunks(made, as === 'sqlite' ? SQLITE_TYPE : BERKELEY_TYPE);
}

async function sqliteFile(engine: Engine, file: Blob, target: Target): Promise<MemoryFile> {
  return (await checkBerkeleyImport(engine, file, target)).live.file;
}

async function berkeleyFile(engine: Engine, file: Blob, target: Target): Promise<MemoryFile> {
  const { chunks, size } = berkeleyPages(engine, await readSource(file, target), target);
  return new MemoryFile(chunks, size);
}

function berkeleyPages(engine: Engine, source: Source, target: Target): FreshPages {
  const { database, pageSize = PAGE_SIZE } = target;
  if (source.isSqlite) {
    const pages = sqliteAsBerkeley(engine, source.copy, target);
    readBdb(pages, database).requireSound();
    return pages;
  }
  const { file, live } = checkSource(engine, source, target);
  const { header, trees } = fromSqlite(sqlitePages(live.file, database), database);
  return writeBdb([headerTree(header, file.sequences), ...trees], { pageSize, fileId: newFileId() });
}
