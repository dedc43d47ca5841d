/** What can go wrong with a worker, each with its cause and its remedy. */
import { ConnectionClosedError, EngineLoadError, EngineMismatchError, InternalError } from '../errors.ts';
import { PROTOCOL } from './protocol.ts';

/** The platform refused to make the worker. */
export function notStarted(cause: unknown): Error {
  return new EngineLoadError(
    `The worker could not be started: ${String(cause)}. Its script must come from the page's own origin, and a Content-Security-Policy must allow it: worker-src 'self'.`,
    { cause },
  );
}

/** The worker's module did not load (browsers do not say why), or threw while it ran. */
export function notLoaded({ message, filename, lineno, error }: Partial<ErrorEvent>): Error {
  if (message) {
    return new EngineLoadError(`The worker's module failed while it was loaded: ${message} (${filename}:${lineno}).`, {
      cause: error,
    });
  }
  return new EngineLoadError(
    "The worker's script could not be loaded. Either its address answers no JavaScript (404, or a page of HTML in its place), or the page's " +
      "Content-Security-Policy refuses it (worker-src 'self' allows it). With Vite, add the plugin of 'waxwing/vite'; the network panel shows the address.",
  );
}

/** Nothing came back for a long time, and nothing said why. */
export function silent(): Error {
  return new EngineLoadError("The worker did not answer within a minute. Does its module call expose() of 'waxwing/worker'?");
}

/** Page and worker come from two builds. */
export function otherBuild(protocol: number): Error {
  return new EngineMismatchError(
    `The worker is of another build than the page: it speaks protocol ${protocol}, the page ${PROTOCOL}. Reload the page; a cache may keep an old script.`,
  );
}

/** Something in our own worker threw where nobody could catch it. */
export function crashed({ message, filename, lineno }: Partial<ErrorEvent>): Error {
  return new InternalError(
    `The worker stopped on an error of its own: ${message} (${filename}:${lineno}). Open the database again.`,
  );
}

/** The worker was terminated, by the app or by the browser. */
export function gone(): Error {
  return new ConnectionClosedError(
    'The worker is gone: it was terminated, or the browser ended it for want of memory. What was acknowledged is stored; open the database again.',
  );
}

/** A message could not be read on this side. */
export function unreadable(): Error {
  return new InternalError('A message from the worker could not be read. Open the database again.');
}

/** It was closed here. */
export function released(): Error {
  return new ConnectionClosedError('The connection to the worker is closed.');
}
