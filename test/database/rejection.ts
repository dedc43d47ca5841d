/** The error of a promise that has to fail. */
import { expect } from 'vitest';

export async function rejection(promise: PromiseLike<unknown>): Promise<Error & Record<string, unknown>> {
  const outcome = await Promise.resolve(promise).then(
    () => 'it resolved',
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(Error);
  return outcome as Error & Record<string, unknown>;
}
