/** What the engine says went wrong, as an error. */
import { DatabaseError, WaxwingError } from '../errors.ts';
import type { Engine } from './sqljs-engine.ts';

/** The error of a result code, with the engine's own message; the dialect knows what kind it is. */
export function engineError(engine: Engine, database: number, code: number, sql: string): WaxwingError {
  const message = engine.heap.text(engine.c._sqlite3_errmsg(database));
  const cause = engine.files.takeFailure();
  return cause instanceof WaxwingError ? cause : new DatabaseError(message, { code, sql, cause });
}
