/** What the engine says went wrong, as an error. */
import { DatabaseError, WaxwingError } from '../errors.ts';
import { CANTOPEN, FULL, IOERR } from '../storage/vfs/codes.ts';
import type { Engine } from './sqljs-engine.ts';

/** Codes that come from the files; any other has nothing to do with what a file may have thrown. */
const OF_FILES: ReadonlySet<number> = new Set([IOERR, FULL, CANTOPEN]);

/** The error of a result code, with the engine's own message; the dialect knows what kind it is. */
export function engineError(engine: Engine, database: number, code: number, sql: string): WaxwingError {
  const message = engine.heap.text(engine.c._sqlite3_errmsg(database));
  const cause = engine.files.takeFailure();
  if (!OF_FILES.has(code & 0xff)) return new DatabaseError(message, { code, sql });
  return cause instanceof WaxwingError ? cause : new DatabaseError(message, { code, sql, cause });
}
