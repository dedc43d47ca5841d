/** What can go wrong with a worker, each with its cause and its remedy, for one database or for an app's procedures. */
import { ConnectionClosedError, EngineLoadError, EngineMismatchError, InternalError } from '../errors.ts';
import type { MakeError } from './make-error.ts';
import { PROTOCOL } from './protocol.ts';

const OPEN_AGAIN = 'What was acknowledged is stored; open the database again.';

/** The platform refused to make the worker. */
export function notStarted(cause: unknown): Error {
  return new EngineLoadError(
    `The worker could not be started: ${String(cause).replace(/\.$/, '')}. Its script must come from the page's own origin, and a ` +
      "Content-Security-Policy must allow it: worker-src 'self'.",
    { cause },
  );
}

/** The worker's module did not load (browsers do not say why), or threw while it ran. */
export function notLoaded({ message, filename, lineno, error }: Partial<ErrorEvent>): MakeError {
  const why = message
    ? `The worker's module failed while it was loaded: ${message} (${filename}:${lineno}).`
    : "The worker's script could not be loaded. Either its address answers no JavaScript (404, or a page of HTML in its place), " +
      "or the page's Content-Security-Policy refuses it (worker-src 'self' allows it). With Vite, add the plugin of 'waxwing/vite'; " +
      'the network panel shows the address.';
  return (database) => new EngineLoadError(why, { cause: error, database });
}

/** Nothing came back for a long time, and nothing said why. */
export const silent: MakeError = (database) =>
  new EngineLoadError("The worker did not answer within a minute. Does its module call expose() of 'waxwing/worker'?", {
    database,
  });

/** Page and worker come from two builds. */
export function otherBuild(protocol: number): MakeError {
  const why = `The worker is of another build than the page: it speaks protocol ${protocol}, the page ${PROTOCOL}.`;
  return (database) => new EngineMismatchError(`${why} Reload the page; a cache may keep an old script.`, { database });
}

/** Something in our own worker threw where nobody could catch it. */
export function crashed({ message, filename, lineno }: Partial<ErrorEvent>): MakeError {
  const where = `${message} (${filename}:${lineno})`;
  return (database) =>
    new InternalError(`${worker(database)} stopped on an error of its own: ${where}. ${OPEN_AGAIN}`, { database });
}

/** The worker was terminated, by the app or by the browser. */
export const gone: MakeError = (database) =>
  new ConnectionClosedError(
    `${worker(database)} is gone: it was terminated, or the browser ended it for want of memory. ${OPEN_AGAIN}`,
    { database },
  );

/** A message could not be read on this side. */
export const unreadable: MakeError = (database) =>
  new InternalError(`${worker(database)} sent a message that could not be read. ${OPEN_AGAIN}`, { database });

/** The database was closed here. */
export const closed: MakeError = (database) => new ConnectionClosedError(`The database "${database}" is closed.`, { database });

/** The page let go of the worker. */
export const released: MakeError = (database) =>
  new ConnectionClosedError('The connection to the worker is closed.', { database });

function worker(database: string | undefined): string {
  return database === undefined ? 'The worker' : `The worker of "${database}"`;
}
