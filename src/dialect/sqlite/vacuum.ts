/** SQLite's VACUUM. */
import type { Statement } from '../../wire/statement.ts';

/** Writes the whole database anew, without the room of what is gone. */
export const VACUUM: Statement = { sql: 'VACUUM', mode: 'write' };
