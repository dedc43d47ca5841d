/** Sees to it that an engine finds a cluster it can read: the one that is stored, or a fresh one from the prepared image. */
import type { OnProgress } from '../backend.ts';
import type { ClusterBackend } from '../cluster.ts';
import { type ClusterImage, readImage } from './image.ts';
import { assertReadable, clusterVersion, ENGINE } from './version.ts';

/** `found`: there was one; `image`: there is a fresh one now; `none`: the engine has to make one itself, by initdb. */
export type Prepared = 'found' | 'image' | 'none';

/**
 * To be called before the engine starts. `image` fetches the prepared cluster and is not called when there is one already;
 * without an image, or with one of another version, the answer is `none`.
 * @throws EngineMismatchError when the stored cluster is of another version of Postgres.
 */
export async function prepareCluster(
  backend: Pick<ClusterBackend, 'files' | 'replaceAll'>,
  image: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>,
  onProgress?: OnProgress,
): Promise<Prepared> {
  const version = clusterVersion(backend.files);
  if (version !== null) {
    assertReadable(version);
    return 'found';
  }
  const fresh = await usable(image);
  if (fresh === null) return 'none';
  await backend.replaceAll(fresh.files, fresh.bytes, onProgress);
  return 'image';
}

/** The image, unless it cannot be had: a database opens without one, only later. */
async function usable(image: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>): Promise<ClusterImage | null> {
  try {
    const stored = await image();
    const read = stored === null ? null : await readImage(stored);
    return read?.version === ENGINE.pglite ? read : null;
  } catch {
    return null;
  }
}
