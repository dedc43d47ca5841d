/** The error that says what is wrong with a Berkeley DB file. */
import { CorruptDatabaseError } from '../../errors.ts';

/** @example throw damaged('my_app.db', 'page 7 is not there') */
export function damaged(database: string, what: string): CorruptDatabaseError {
  return new CorruptDatabaseError(
    `The Berkeley DB file "${database}" is damaged: ${what}. Use another copy of it, or save what can be saved with db5.3_dump -r.`,
    { database },
  );
}

/** What to do about a file that was copied without the changes that Berkeley DB keeps beside it. */
export function uncheckpointed(database: string, what: string): CorruptDatabaseError {
  return new CorruptDatabaseError(
    `The Berkeley DB file "${database}" ${what}. It was probably copied while its latest changes were only in the logs of the directory ` +
      `"${database}-journal" beside the original. Close the programs that use the original, run echo .tables | db5.3_sql FILE on it, ` +
      'where it is, to bring the changes into the file, and copy it again.',
    { database },
  );
}
