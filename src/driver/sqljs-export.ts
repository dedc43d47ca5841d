/** Copies a database into one file in SQLite's own format, a snapshot, while others go on reading and writing. */
import { AbortedError } from '../errors.ts';
import { Volume } from '../storage/volume.ts';
import { blobOfChunks } from './blob-of-chunks.ts';
import type { TransferOptions } from './driver.ts';
import type { Engine } from './sqljs-engine.ts';
import { engineError } from './sqljs-error.ts';
import { Handle } from './sqljs-handle.ts';
import { BEGIN_SNAPSHOT, COUNT_PAGES, READ_SCHEMA, ROLL_BACK } from './sqljs-sql.ts';

/** The media type of SQLite's files. */
export const SQLITE_TYPE = 'application/vnd.sqlite3';
/** Pages copied before others have their turn. */
const PAGES = 256;
const DONE = 101;
const NAME = 'copy';
/** Where the header says how the file is written and read: 1 for a file without a log beside it. */
const VERSIONS = [18, 19] as const;

/**
 * The database that `source` is connected to; `source` is in use until the end.
 * @throws AbortedError
 */
export async function exportDatabase(engine: Engine, source: Handle, options: TransferOptions): Promise<Blob> {
  const volume = new Volume();
  const mount = engine.files.mount(volume, false);
  const target = new Handle(engine, mount.path(NAME));
  try {
    // Reading pins the snapshot: the copy does not start over when others commit meanwhile.
    source.query(BEGIN_SNAPSHOT);
    source.query(READ_SCHEMA);
    await copy(engine, source, target, options);
    source.query(ROLL_BACK);
  } finally {
    target.close();
    mount.close();
  }
  const file = volume.file(NAME);
  for (const at of VERSIONS) if (file.size() > 0) file.write(Uint8Array.of(1), at);
  return blobOfChunks(file, SQLITE_TYPE);
}

async function copy(engine: Engine, source: Handle, target: Handle, { onProgress, signal }: TransferOptions): Promise<void> {
  const { c, heap, writer } = engine;
  const bytes = source.query(COUNT_PAGES).data.map((column) => Number(column[0]));
  const pageSize = bytes[1]!;
  const total = bytes[0]! * pageSize;
  heap.setText(writer.pointer, 'main', 8);
  const backup = c._sqlite3_backup_init(target.pointer, writer.pointer, source.pointer, writer.pointer);
  if (backup === 0) throw engineError(engine, target.pointer, 1, '');
  let code = 0;
  let finished: number;
  try {
    for (let done = 0; code === 0; ) {
      if (signal?.aborted) throw new AbortedError('The export was aborted.', { cause: signal.reason });
      code = c._sqlite3_backup_step(backup, PAGES);
      done = Math.min(total, done + PAGES * pageSize);
      onProgress?.(done, total);
      if (code === 0) await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    finished = c._sqlite3_backup_finish(backup);
  }
  if (code !== DONE || finished !== 0) throw engineError(engine, target.pointer, finished || code, '');
}
