/** The errors that say what is wrong with a Berkeley DB file, and what can be done about it. */
import { CorruptDatabaseError } from '../../../errors.ts';

const COPY_AGAIN =
  'close whatever has it open, run "echo .tables | db5.3_sql FILE" on the original where it is, with its directory "FILE-journal", and ' +
  'copy the file again';

/** @example throw damaged('my_app.db', 'page 7 is in two places') */
export function damaged(database: string, what: string): CorruptDatabaseError {
  return new CorruptDatabaseError(
    `The Berkeley DB file for "${database}" is damaged: ${what}. Use another copy of it. If this one was made while a program had the ` +
      `original open, ${COPY_AGAIN}.`,
    { database },
  );
}

/** A file that lacks what is still in the logs beside its original: it is sound, and not what its owner thinks it is. */
export function uncheckpointed(database: string, what: string): CorruptDatabaseError {
  return new CorruptDatabaseError(
    `The Berkeley DB file for "${database}" ${what}: its original was probably copied while the latest changes were only in the logs beside ` +
      `it. To get them, ${COPY_AGAIN}.`,
    { database },
  );
}
