/** Stacks of errors that were made far from the call that failed: in another thread, or in an engine's callback. */

/** Where a call was made. The text of its stack is only made when it is read. */
export interface CallSite {
  readonly stack?: string;
}

/** The stack above the function `above`. Taken where a call failed, not at every call: it costs more than a call. */
export function callSite(above: (...args: never[]) => unknown): CallSite {
  const site = {};
  // Not every engine has it; where it is missing, an error keeps the stack it came with.
  if ('captureStackTrace' in Error) Error.captureStackTrace(site, above);
  return site;
}

/** The error with the caller's stack instead of its own; what `withStackFrom` added stays below. */
export function withCallSite(error: Error, site: CallSite): Error {
  const lines = frames(site.stack);
  if (lines !== '') error.stack = `${error.name}: ${error.message}\n${lines}${error.stack?.match(ELSEWHERE)?.[0] ?? ''}`;
  return error;
}

/** Adds the stack an error had elsewhere below the one it has here. */
export function withStackFrom(error: Error, stack: string | undefined, elsewhere: string): Error {
  const lines = frames(stack);
  if (lines !== '') error.stack = `${error.stack}\n    (${elsewhere})\n${lines}`;
  return error;
}

/** Everything below a line of `withStackFrom`. */
const ELSEWHERE = /\n {4}\([^\n]*\)\n[\s\S]*$/;

/** A stack without its first lines, which repeat the message. */
function frames(stack: string | undefined): string {
  const at = stack?.search(/^\s+at /m) ?? -1;
  return stack === undefined || at < 0 ? '' : stack.slice(at);
}
