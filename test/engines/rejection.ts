/** The error a promise, or a function, ends in; fails when it ends well. */
export async function rejection(work: PromiseLike<unknown> | (() => unknown)): Promise<Error> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error as Error;
  }
  throw new TypeError('expected an error');
}
