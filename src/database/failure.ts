/** Errors as users should see them: of the right class, with the database's name and the user's own stack. */
import type { Dialect } from '../dialect/dialect.ts';
import { WaxwingError } from '../errors.ts';
import { callSite, withCallSite } from '../util/call-site.ts';

/** Room for the library's frames above the user's own. */
const FRAMES = 40;

/**
 * The error for the user. Called in an async function of the caller's chain, so that the stack shows who asked,
 * which an error made in a worker or in an engine's callback cannot know. The stack begins above `above`.
 */
export function failure(error: unknown, dialect: Dialect, database: string, above: (error: unknown) => unknown): unknown {
  const told = dialect.error(error);
  if (!(told instanceof WaxwingError)) return told;
  if (told.database === undefined) Object.defineProperty(told, 'database', { value: database, enumerable: true });
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  withCallSite(told, callSite(above));
  Error.stackTraceLimit = limit;
  return told;
}
