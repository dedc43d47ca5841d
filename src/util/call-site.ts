/** Remembers where a call was made, so that an error that comes back later from elsewhere shows the caller's own lines. */

/** Where a call was made. The text of its stack is only made when it is read. */
export interface CallSite {
  readonly stack?: string;
}

/** The stack above the function `above`: about a microsecond, since nothing is formatted yet. */
export function callSite(above: (...args: never[]) => unknown): CallSite {
  const site = {};
  // Not every engine has it; where it is missing, an error keeps the stack it came with.
  if ('captureStackTrace' in Error) Error.captureStackTrace(site, above);
  return site;
}

/** The error with the caller's stack on top; its own follows when `elsewhere` says where that was. */
export function withCallSite(error: Error, site: CallSite, elsewhere?: string): Error {
  const lines = frames(site.stack);
  if (lines === '') return error;
  const own = elsewhere === undefined ? '' : `\n    (${elsewhere})\n${frames(error.stack)}`;
  error.stack = `${error.name}: ${error.message}\n${lines}${own}`;
  return error;
}

/** A stack without its first lines, which repeat the message. */
function frames(stack: string | undefined): string {
  const at = stack?.search(/^\s+at /m) ?? -1;
  return stack === undefined || at < 0 ? '' : stack.slice(at);
}
