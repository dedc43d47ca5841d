/** What SQL that somebody wrote does to locks and data, told from its words. */
import type { Mode } from '../../wire/statement.ts';
import { withoutQuotes } from './tokens.ts';

/** Functions of Postgres's own that change something when they are selected. */
const CHANGING =
  /\b(nextval|setval|set_config|pg_notify|pg_(try_)?advisory\w*|lo_\w+|pg_(cancel|terminate)_backend|pg_reload_conf|pg_switch_wal|pg_create_\w+|pg_drop_\w+|pg_logical_\w+|pg_replication_\w+|pg_stat_reset\w*|pg_import_system_collations|brin_\w+|gin_clean_pending_list|dblink\w*|query_to_xml\w*|cursor_to_xml\w*)"?\s*\(/i;

/** `read` only for a single statement that changes nothing; text is a writer until proved a reader. */
export function statementMode(sql: string): Mode {
  const text = withoutQuotes(sql)
    .trim()
    .replace(/[;\s]+$/, '');
  if (text.includes(';')) return 'write';
  const word = /^\(*\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
  switch (word) {
    case 'SELECT':
    case 'VALUES':
    case 'TABLE':
    case 'WITH':
      return reads(text) ? 'read' : 'write';
    case 'SHOW':
      return 'read';
    case 'EXPLAIN':
      return /\bANALY[SZ]E\b(?!\s*(=|\s)?\s*(false|off|0)\b)/i.test(text) ? statementMode(explained(text)) : 'read';
    case 'BEGIN':
    case 'START':
      return /\bREAD\s+ONLY\b/i.test(text) ? 'read' : 'begin';
    case 'COMMIT':
    case 'END':
    case 'ABORT':
      return 'end';
    case 'ROLLBACK':
      return /\bTO\b/i.test(text) ? 'read' : 'end';
    case 'SAVEPOINT':
    case 'RELEASE':
      return 'read';
    default:
      return 'write';
  }
}

/** A query may lock rows, make a table, hold a write in a CTE, or call a function that changes something. */
function reads(text: string): boolean {
  return !/\b(INTO|INSERT|UPDATE|DELETE|MERGE|FOR\s+(NO\s+KEY\s+)?UPDATE|FOR\s+(KEY\s+)?SHARE)\b/i.test(text) && !changes(text);
}

/** Whether SQL calls a function that changes something. */
export function changes(sql: string): boolean {
  return CHANGING.test(sql);
}

function explained(text: string): string {
  return text.replace(/^EXPLAIN\s+(\([^)]*\)|((ANALY[SZ]E|VERBOSE)\s+)+)/i, '');
}
