/** A cluster as one file: a compressed tar archive, as PGlite itself writes and reads it. */
import { AbortedError, CorruptDatabaseError, WaxwingError } from '../../errors.ts';
import { piecesOf } from '../../util/stream-pieces.ts';
import type { OnProgress } from '../backend.ts';
import type { ClusterFiles, WholeFile } from '../cluster.ts';
import { DIRECTORIES } from './directories.ts';
import { readTar, type TarEntry, writeTar } from './tar.ts';
import { assertReadable, CONTROL_FILE, VERSION_FILE, versionIn } from './version.ts';
import { isVolatile } from './volatile-file.ts';

/** How an archive is written or read. */
export interface ArchiveOptions {
  /** Bytes done, and in all. */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The first bytes of everything that gzip wrote. */
const GZIP = [0x1f, 0x8b] as const;

/**
 * The files as they are now, before anything else can run: a state from which Postgres recovers.
 * @throws AbortedError when the signal is aborted.
 */
export async function archiveCluster(files: ClusterFiles, { onProgress, signal }: ArchiveOptions = {}): Promise<Blob> {
  // A Blob holds its parts where the browser has room for them.
  const archive = new Blob([...writeTar(entries(files), directories())].map((piece) => new Blob([piece as BlobPart])));
  let done = 0;
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      requireGoOn(signal);
      done += piece.length;
      onProgress?.(done, archive.size);
      controller.enqueue(piece);
    },
  });
  const compressed = archive.stream().pipeThrough(counted).pipeThrough(new CompressionStream('gzip'));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of piecesOf(compressed)) parts.push(piece);
  requireGoOn(signal);
  return new Blob(parts, { type: 'application/gzip' });
}

/**
 * The files of an archive, compressed or not.
 * @throws CorruptDatabaseError when it is no archive of a cluster, or a damaged one.
 * @throws EngineMismatchError when it is of another version of Postgres.
 * @throws AbortedError when the signal is aborted.
 */
export async function readArchive(archive: Blob, { onProgress, signal }: ArchiveOptions = {}): Promise<WholeFile[]> {
  const contents = new Map<string, Uint8Array>();
  try {
    for await (const entry of readTar(await unpacked(archive, onProgress))) {
      requireGoOn(signal);
      const bytes = 'bytes' in entry ? entry.bytes : contents.get(entry.sameAs);
      if (bytes === undefined) throw new CorruptDatabaseError(`${entry.name} in the archive is the same as nothing.`);
      if (!isVolatile(entry.name)) contents.set(entry.name, bytes);
    }
  } catch (cause) {
    if (cause instanceof WaxwingError) throw cause;
    throw new CorruptDatabaseError('The file is not the archive of a Postgres cluster, or it is damaged.', { cause });
  }
  const version = contents.get(VERSION_FILE);
  const control = contents.get(CONTROL_FILE);
  if (version === undefined || control === undefined)
    throw new CorruptDatabaseError(
      'The file is not the archive of a Postgres cluster, as exportFile() and PGlite write it. A script of SQL is loaded by importSql().',
    );
  assertReadable(versionIn(version, control));
  return Array.from(contents, ([name, bytes]) => ({ name, bytes }));
}

/** Each after the one it is in, and all names from the root: the first versions of PGlite read no others. */
function directories(): string[] {
  const all = DIRECTORIES.flatMap((path) => path.split('/').map((_, depth, names) => `/${names.slice(0, depth + 1).join('/')}`));
  return [...new Set(all)];
}

function* entries(files: ClusterFiles): Generator<TarEntry> {
  for (const name of files.list()) {
    if (isVolatile(name)) continue;
    const file = files.open(name);
    const bytes = new Uint8Array(file.size());
    file.read(bytes, 0);
    file.close();
    yield { name: `/${name}`, bytes };
  }
}

async function unpacked(archive: Blob, onProgress: OnProgress | undefined): Promise<AsyncIterable<Uint8Array>> {
  let done = 0;
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(piece, controller) {
      done += piece.length;
      onProgress?.(done, archive.size);
      controller.enqueue(piece);
    },
  });
  const start = new Uint8Array(await archive.slice(0, GZIP.length).arrayBuffer());
  const stream = archive.stream().pipeThrough(counted);
  return piecesOf(GZIP.every((byte, at) => start[at] === byte) ? stream.pipeThrough(new DecompressionStream('gzip')) : stream);
}

/** @throws AbortedError when the transfer shall not go on. */
function requireGoOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError('The transfer was aborted.', { cause: signal.reason });
}
