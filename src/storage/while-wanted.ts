/** Hands an import to the storage piece by piece, for as long as nobody gives it up. */
import { AbortedError } from '../errors.ts';
import { CHUNK } from './volume.ts';

/** @throws AbortedError when the import was given up. */
export function requireWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortedError('The import was aborted.', { cause: signal.reason });
}

/**
 * Lets this thread hear what a page says meanwhile.
 * @throws AbortedError when it gave up the import.
 */
export async function hearOut(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  await new Promise((resolve) => setTimeout(resolve));
  requireWanted(signal);
}

/**
 * The items, which a storage puts in the place of what it has when it has taken all of them. The end of this is the last
 * moment at which an import can be given up: a source that fails leaves what is stored as it is.
 * @throws AbortedError when the import was given up.
 */
export async function* whileWanted<T>(
  items: Iterable<T>,
  signal: AbortSignal | undefined,
  bytesOf: (item: T) => number,
): AsyncGenerator<T> {
  let unheard = 0;
  for (const item of items) {
    yield item;
    unheard += bytesOf(item);
    if (unheard < CHUNK) continue;
    unheard = 0;
    await hearOut(signal);
  }
  await hearOut(signal);
}
