/** Cuts a stream of byte pieces into chunks of the size files are stored in. */
import { OperationalError } from '../errors.ts';
import type { OnProgress } from './backend.ts';
import { CHUNK } from './volume.ts';

/**
 * The bytes of `source` in chunks of `CHUNK` bytes, the last one shorter; reports each as it comes.
 * @throws OperationalError when the source ends before or goes on after `bytes` bytes.
 */
export async function* chunked(
  source: AsyncIterable<Uint8Array>,
  bytes: number,
  onProgress?: OnProgress,
): AsyncGenerator<Uint8Array> {
  let chunk = new Uint8Array(Math.min(CHUNK, bytes));
  let filled = 0;
  let done = 0;
  for await (const piece of source) {
    if (done + piece.length > bytes)
      throw new OperationalError(`The source holds more than the ${bytes} bytes it was said to have.`);
    for (let taken = 0; taken < piece.length; ) {
      const step = Math.min(piece.length - taken, chunk.length - filled);
      chunk.set(piece.subarray(taken, taken + step), filled);
      filled += step;
      taken += step;
      done += step;
      if (filled < chunk.length) continue;
      yield chunk;
      onProgress?.(done, bytes);
      chunk = new Uint8Array(Math.min(CHUNK, bytes - done));
      filled = 0;
    }
  }
  if (done < bytes) throw new OperationalError(`The source ended after ${done} of ${bytes} bytes.`);
}
