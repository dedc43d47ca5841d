/** The error of a promise that has to fail. */
import { AssertionError } from 'node:assert';

export async function rejection(promise: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  const nothing = Symbol('resolved');
  const outcome = await Promise.resolve(promise).then(
    () => nothing,
    (error: unknown) => error,
  );
  if (outcome === nothing) throw new AssertionError({ message: 'The promise was expected to reject.' });
  return outcome as Error & Record<string, unknown>;
}
