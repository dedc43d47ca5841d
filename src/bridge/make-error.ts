/** Errors that are made where they are thrown, so that their stack leads to who made the call. */
import { fromWire, type WireError } from '../errors.ts';
import { withStackFrom } from '../util/call-site.ts';

/**
 * How a call fails: not by an error, but by how to make one. Made in the async function that the caller awaits, it gets
 * the caller's lines in its stack; remembering a stack at every call would cost more than the call. `database` is the
 * name of the database it happened to, where that is not known yet.
 */
export type MakeError = (database?: string) => Error;

/** What a call failed with, as an error. */
export function made(failure: unknown, database?: string): unknown {
  return typeof failure === 'function' ? failure(database) : failure;
}

/** How to make the error that a worker told about. */
export function makeFromWire(wire: WireError): MakeError {
  return (database) => {
    const details = { ...wire.details, database: wire.details.database ?? database };
    return withStackFrom(fromWire({ ...wire, details, stack: undefined }), wire.stack, 'in the worker');
  };
}
