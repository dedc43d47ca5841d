/** The write load of SQLite's engine, whatever stores its pages, and the check of what is left. */
import type { Connection } from '../../../../src/driver/driver.ts';
import type { Batch, Statement } from '../../../../src/wire/statement.ts';
import type { Verdict } from './job.ts';
import { ask, type Subject, statement } from './load.ts';

/** `kept` rows are kept; older ones are deleted, so that the file stays the same size and its pages are used again. */
export function sqliteLoad(kept: number): Pick<Subject, 'schema' | 'transaction' | 'check'> {
  return { schema: SCHEMA, transaction: () => transaction(kept), check };
}

const SCHEMA = [
  'CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, n INTEGER NOT NULL, payload BLOB NOT NULL, sum INTEGER NOT NULL)',
  'CREATE INDEX IF NOT EXISTS entry_sum ON entry (sum)',
  'CREATE TABLE IF NOT EXISTS done (n INTEGER PRIMARY KEY)',
  'CREATE TABLE IF NOT EXISTS tally (n INTEGER NOT NULL, rows INTEGER NOT NULL, sum INTEGER NOT NULL)',
  'INSERT INTO tally SELECT 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM tally)',
];

/** Rows come, rows go, and the running numbers in `tally` say what must be there: all of it or none. */
function transaction(kept: number): Batch {
  const statements: Statement[] = [
    statement('UPDATE tally SET n = n + 1 RETURNING n'),
    statement('INSERT INTO done SELECT n FROM tally'),
  ];
  const rows = 1 + Math.floor(Math.random() ** 4 * 60);
  for (let i = 0; i < rows; i++) {
    const sum = Math.floor(Math.random() * 2 ** 31);
    statements.push(
      statement('INSERT INTO entry (n, payload, sum) SELECT n, randomblob(?), ? FROM tally', [
        Math.floor(Math.random() * 3_000),
        sum,
      ]),
    );
  }
  statements.push(
    statement('DELETE FROM entry WHERE id <= (SELECT max(id) FROM entry) - ?', [kept]),
    statement('UPDATE entry SET sum = sum + 1 WHERE id = (SELECT min(id) + abs(random() % ?) FROM entry)', [kept]),
    statement('UPDATE tally SET rows = (SELECT count(*) FROM entry), sum = (SELECT sum(sum) FROM entry)'),
  );
  return {
    statements,
    bracket: {
      begin: statement('BEGIN IMMEDIATE', [], 'begin'),
      commit: statement('COMMIT', [], 'end'),
      rollback: statement('ROLLBACK', [], 'end'),
    },
  };
}

async function check(connection: Connection): Promise<Verdict> {
  const integrity = await ask(connection, 'PRAGMA integrity_check');
  if (integrity[0] !== 'ok') return { last: -1, wrong: `integrity_check: ${String(integrity[0])}` };
  const [tables] = await ask(connection, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
  if (Number(tables) < 3) return { last: 0, wrong: '' };
  const [n, rows, sum] = (await ask(connection, 'SELECT n, rows, sum FROM tally')).map(Number);
  const [count, total] = (await ask(connection, 'SELECT count(*), ifnull(sum(sum), 0) FROM entry')).map(Number);
  const [done, last] = (await ask(connection, 'SELECT count(*), ifnull(max(n), 0) FROM done')).map(Number);
  const [indexed] = (await ask(connection, 'SELECT count(*) FROM entry INDEXED BY entry_sum WHERE sum >= 0')).map(Number);
  const wrong =
    rows === count && sum === total && n === done && n === last && indexed === count
      ? ''
      : `tally ${n} ${rows} ${sum}, but ${count} rows (${indexed} by index) of sum ${total}, ${done} transactions up to ${last}`;
  return { last: n ?? 0, wrong };
}
