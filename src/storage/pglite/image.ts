/** The prepared cluster: a compressed archive of the files that initdb makes, so that a first open does not have to run it. */
import { CorruptDatabaseError } from '../../errors.ts';
import { piecesOf } from '../../util/stream-pieces.ts';
import type { WholeFile } from '../cluster.ts';
import { readTar, type TarEntry, writeTar } from './tar.ts';

/** The first entry of the archive; it holds the version of PGlite that made the cluster. */
const LABEL = 'pglite';

export interface ClusterImage {
  /** The version of PGlite the image was made by. */
  readonly version: string;
  /** Files that hold the same share one array. */
  readonly files: readonly WholeFile[];
  /** Bytes of all files together. */
  readonly bytes: number;
}

/**
 * The image in its stored form, as it arrives.
 * @throws CorruptDatabaseError when it is none, or a damaged one.
 */
export async function readImage(stored: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<ClusterImage> {
  const contents = new Map<string, Uint8Array>();
  try {
    for await (const entry of readTar(piecesOf(stored.pipeThrough(new DecompressionStream('gzip'))))) {
      const bytes = 'bytes' in entry ? entry.bytes : contents.get(entry.sameAs);
      if (bytes === undefined) throw new CorruptDatabaseError(`${entry.name} in the image of a cluster is the same as nothing.`);
      contents.set(entry.name, bytes);
    }
  } catch (cause) {
    throw cause instanceof CorruptDatabaseError
      ? cause
      : new CorruptDatabaseError('The image of a cluster is damaged.', { cause });
  }
  const label = contents.get(LABEL);
  if (label === undefined) throw new CorruptDatabaseError('This is not the image of a cluster.');
  contents.delete(LABEL);
  const files = Array.from(contents, ([name, bytes]) => ({ name, bytes }));
  return { version: new TextDecoder().decode(label), files, bytes: files.reduce((sum, file) => sum + file.bytes.length, 0) };
}

/** The image before it is compressed. `same` tells what holds the same: files whose texts are equal. */
export function* writeImage(
  version: string,
  files: Iterable<WholeFile>,
  same: (bytes: Uint8Array) => string,
): Generator<Uint8Array> {
  const first = new Map<string, string>();
  const entries: TarEntry[] = [{ name: LABEL, bytes: new TextEncoder().encode(version) }];
  for (const { name, bytes } of files) {
    const key = same(bytes);
    const sameAs = first.get(key);
    if (sameAs === undefined) first.set(key, name);
    entries.push(sameAs === undefined ? { name, bytes } : { name, sameAs });
  }
  yield* writeTar(entries);
}
