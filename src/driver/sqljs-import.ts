/** Checks a file that shall become the database: its header, its size, and every page of it. */
import { CorruptDatabaseError, NotSupportedError, WaxwingError } from '../errors.ts';
import { CHUNK, MemoryFile, Volume } from '../storage/volume.ts';
import { requireWanted } from '../storage/while-wanted.ts';
import type { TransferOptions } from './driver.ts';
import type { Engine } from './sqljs-engine.ts';
import { Handle } from './sqljs-handle.ts';
import { CHECK_INTEGRITY } from './sqljs-sql.ts';

const NAME = 'import';
const HEADER = 100;
const MAGIC = 'SQLite format 3\0';

/** A look at the file by a connection of its own. */
export type Look = (handle: Handle) => void;

/**
 * A copy of the whole file that the engine found sound; nothing else is touched.
 * @throws CorruptDatabaseError that says what is wrong with it
 * @throws AbortedError
 */
export async function checkImport(engine: Engine, file: Blob, signal: AbortSignal | undefined): Promise<MemoryFile> {
  checkHeader(new Uint8Array(await file.slice(0, HEADER).arrayBuffer()), file.size);
  const copy = await readFile(file, { signal });
  checkPages(engine, copy);
  return copy;
}

/** A copy of the file in memory. */
export async function readFile(file: Blob, { onProgress, signal }: TransferOptions): Promise<MemoryFile> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < file.size; at += CHUNK) {
    requireWanted(signal);
    chunks.push(new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer()));
    onProgress?.(Math.min(at + CHUNK, file.size), file.size);
  }
  return new MemoryFile(chunks, file.size);
}

/** @throws CorruptDatabaseError unless a SQLite file of `size` bytes can begin so. */
export function checkHeader(header: Uint8Array, size: number): void {
  if (size === 0) throw new CorruptDatabaseError('The file is empty.');
  const magic = String.fromCharCode(...header.subarray(0, MAGIC.length));
  if (magic !== MAGIC)
    throw new CorruptDatabaseError('The file is not a SQLite database, or it is encrypted: it does not begin as one does.');
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (header.length < HEADER) throw new CorruptDatabaseError(`The file ends after ${size} bytes, within its header.`);
  const pageSize = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0)
    throw new CorruptDatabaseError(`The file's header is damaged: it tells of pages of ${pageSize} bytes.`);
  // The header's count of pages holds only when the program that wrote last kept it.
  const pages = view.getUint32(24) === view.getUint32(92) ? view.getUint32(28) : Math.ceil(size / pageSize);
  if (size < pages * pageSize)
    throw new CorruptDatabaseError(`The file is cut off: it has ${size} bytes and should have ${pages * pageSize}.`);
}

/** Has the engine check a SQLite file, after a first look at it and before a last one. */
export function checkPages(engine: Engine, copy: MemoryFile, first?: Look, last?: Look): void {
  try {
    lookAt(engine, copy, (handle) => {
      first?.(handle);
      const [result] = handle.query(CHECK_INTEGRITY).data[0]!;
      if (result !== 'ok') throw new CorruptDatabaseError(`The file is damaged: ${String(result)}.`);
      last?.(handle);
    });
  } catch (error) {
    if (!(error instanceof WaxwingError) || error instanceof CorruptDatabaseError || error instanceof NotSupportedError)
      throw error;
    throw new CorruptDatabaseError(`The file is damaged: ${error.message}.`, { cause: error, code: error.code });
  }
}

/** Opens a SQLite file that belongs to no database yet, for one look. */
export function lookAt(engine: Engine, file: MemoryFile, look: Look): void {
  const volume = new Volume();
  volume.put(NAME, file);
  const mount = engine.files.mount(volume, false);
  let handle: Handle | undefined;
  try {
    handle = new Handle(engine, mount.path(NAME));
    look(handle);
  } finally {
    handle?.close();
    mount.close();
  }
}
