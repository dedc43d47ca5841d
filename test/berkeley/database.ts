/** What the suites do with a BerkeleyDatabase: run statements that `db5.3_sql` could run as well, and read everything back. */
import type { BerkeleyDatabase } from '../../src/entry/berkeley.ts';
import { type Answer, type Contents, contentsBy } from '../tools/berkeley-tables.ts';

type Statements = readonly string[];

/** Runs the statements of one commit: in a transaction when they begin with `begin` and end with `commit`. */
export async function commit(database: BerkeleyDatabase, statements: Statements): Promise<void> {
  if (statements[0] !== 'begin') {
    for (const statement of statements) await database.executeSql(statement);
    return;
  }
  await database.atomic(async (transaction) => {
    for (const statement of statements.slice(1, -1)) await transaction.executeSql(statement);
  });
}

/** Runs the statements one by one; those that a constraint forbids change nothing. */
export async function attempt(database: BerkeleyDatabase, statements: Statements): Promise<void> {
  for (const statement of statements) await database.executeSql(statement).catch(() => {});
}

/** Every cell of the live database. */
export function contentsOf(database: BerkeleyDatabase): Promise<Contents> {
  return contentsBy(async (queries) => {
    const answers: Answer[][][] = [];
    for (const query of queries) answers.push((await database.executeSql(query)).rows as Answer[][]);
    return answers;
  });
}

/** The file that the database exports. */
export async function exported(database: BerkeleyDatabase): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await database.exportFile()).arrayBuffer());
}

/** What SQLite itself, as it is today, thinks of the live database. */
export async function integrity(database: BerkeleyDatabase): Promise<unknown> {
  return (await database.executeSql('PRAGMA integrity_check')).rows.flat().join('; ');
}
