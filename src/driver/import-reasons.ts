/** What a transaction hears that an import ended: while it goes on, when it is done, and when it failed after all. */
import { ConnectionClosedError } from '../errors.ts';

/** For whoever asks before it is known how the import ends. */
export function beingReplaced(): ConnectionClosedError {
  return new ConnectionClosedError('An import is replacing the database; what was open was rolled back.');
}

/** The file was imported. */
export function replaced(): ConnectionClosedError {
  return new ConnectionClosedError('The database was replaced by an imported file; what was open was rolled back.');
}

/** The import came to nothing when what was open had ended already. */
export function notReplaced(cause: unknown): ConnectionClosedError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ConnectionClosedError(
    `An import rolled back what was open, and failed afterwards; the database is as it was, and the transaction can be run again. ${why}`,
    { cause },
  );
}
