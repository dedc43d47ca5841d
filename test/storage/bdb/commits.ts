/** Commits of every kind to a Berkeley database that is stopped between them. */
import type { Session } from './session.ts';

const SCHEMA = [
  'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b)',
  'CREATE INDEX t_a ON t (a)',
  'CREATE TABLE done (n INTEGER)',
];

/** Commits of every kind: rows come and go, a part of the file or most of it changes, the schema too. */
const COMMITS: readonly (readonly string[])[] = [
  [
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO t SELECT i, 'text ' || i * 7 % 50, zeroblob(i % 200) FROM n",
  ],
  ["INSERT INTO t (a) VALUES ('one more')"],
  ['UPDATE t SET b = zeroblob(9000) WHERE id = 300'],
  ['DELETE FROM t WHERE id BETWEEN 100 AND 110'],
  ['CREATE TABLE more (x UNIQUE)', "INSERT INTO more VALUES ('x')"],
  ["UPDATE t SET a = 'same' WHERE id % 7 = 0"],
  ['DELETE FROM t WHERE id % 3 > 0'],
  ['DROP TABLE more'],
  ["INSERT INTO t (a, b) VALUES ('last', 1.5)"],
];

/** Makes the commits; each says its number in `done`. */
export async function play(session: Session, acknowledged: (n: number) => void = () => {}): Promise<void> {
  for (const statement of SCHEMA) await session.run(statement);
  for (const [i, statements] of COMMITS.entries()) {
    await session.transaction(...statements, `INSERT INTO done VALUES (${i + 1})`);
    acknowledged(i + 1);
  }
}

/** Everything in the database, as text. */
export async function stateOf(session: Session): Promise<string> {
  const tables = (await session.run("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")).map(([name]) =>
    String(name),
  );
  const rows: unknown[] = [await session.run('SELECT type, name, sql FROM sqlite_schema ORDER BY rowid')];
  for (const table of tables) rows.push(await session.run(`SELECT rowid, * FROM ${table}`));
  return JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

/** The state of a new database after each number of commits, from none on; closes it. */
export async function allStates(session: Session): Promise<readonly string[]> {
  for (const statement of SCHEMA) await session.run(statement);
  const states = [await stateOf(session)];
  for (const [i, statements] of COMMITS.entries()) {
    await session.transaction(...statements, `INSERT INTO done VALUES (${i + 1})`);
    states.push(await stateOf(session));
  }
  await session.driver.close();
  return states;
}
