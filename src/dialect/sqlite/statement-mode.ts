/** What SQL that somebody wrote does to locks, told from its words. */
import type { Mode } from '../../wire/statement.ts';
import { withoutQuotes } from '../placeholders.ts';
import { isReadingPragma } from './pragma.ts';

/** `read` only for a single statement that certainly changes nothing; text is a writer until proved a reader. */
export function statementMode(sql: string): Mode {
  const text = withoutQuotes(sql)
    .trim()
    .replace(/[;\s]+$/, '');
  const word = /^\w+/.exec(text)?.[0].toUpperCase() ?? '';
  if (text.includes(';')) return 'write';
  switch (word) {
    case 'SELECT':
    case 'VALUES':
    case 'EXPLAIN':
      return 'read';
    case 'WITH':
      // A CTE may stand before a write.
      return /\b(INSERT|UPDATE|DELETE|REPLACE)\b/i.test(text) ? 'write' : 'read';
    case 'PRAGMA':
      return isReadingPragma(text) ? 'read' : 'write';
    case 'BEGIN':
      return 'begin';
    case 'COMMIT':
    case 'END':
      return 'end';
    case 'ROLLBACK':
      return /\bTO\b/i.test(text) ? 'read' : 'end';
    case 'SAVEPOINT':
    case 'RELEASE':
      return 'write';
    default:
      return 'write';
  }
}
