/** What loading a script asks the catalog, and says beside the script's own statements. */
import { NotSupportedError } from '../../../errors.ts';

/** Statements that leave an empty database. */
export const DROP_ALL = `SELECT statement FROM (
    SELECT 1 AS part, format('DROP EXTENSION IF EXISTS %I CASCADE', extname) AS statement FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL SELECT 2, format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL SELECT 3, 'CREATE SCHEMA public') AS parts ORDER BY part`;

/** The settings of this session by name, with their values. */
export const SETTINGS = 'SELECT name, setting FROM pg_settings ORDER BY name';

/** Gives a setting its value back. */
export const RESTORE = 'SELECT set_config($1, $2, false)';

/** The columns of a table that rows are put into: name as SQL, type. */
export const TARGET = `SELECT quote_ident(a.attname), format_type(a.atttypid, -1) FROM pg_attribute a
  WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum`;

/** Puts rows into a table, each column bound as one array of texts. Casts without lengths, for one with a length cuts. */
export function insertRows(table: string, columns: readonly (readonly [name: string, type: string])[]): string {
  const names = columns.map(([name]) => name).join(', ');
  const values = columns.map(([, type], at) => `v.c${at}::${type}`).join(', ');
  const params = columns.map((_, at) => `$${at + 1}::text[]`).join(', ');
  const aliases = columns.map((_, at) => `c${at}`).join(', ');
  return `INSERT INTO ${table} (${names}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM unnest(${params}) AS v(${aliases})`;
}

/** Statements without meaning here: owners and privileges, for there is one user; and transactions, for there is one already. */
const SKIPPED =
  /^(GRANT|REVOKE|ALTER\s+DEFAULT\s+PRIVILEGES|SECURITY\s+LABEL|BEGIN|START\s+TRANSACTION|COMMIT|END)\b|^ALTER\s[\s\S]*\sOWNER\s+TO\s|^CREATE\s+SCHEMA\s+public$/i;
const SET = /^SET\s+(?:SESSION\s+)?([\w.]+)\s*(?:=|TO)/i;

/** What ends the one transaction otherwise than by its end. */
const ENDS = /^(ROLLBACK(?!\s+(WORK\s+|TRANSACTION\s+)?TO\b)|ABORT|PREPARE\s+TRANSACTION)\b/i;

/**
 * Whether the script's statement is run; `knows` says which settings this Postgres has.
 * @throws NotSupportedError for one that would end the transaction in which the script is loaded
 */
export function isRun(sql: string, knows: (setting: string) => boolean): boolean {
  if (ENDS.test(sql))
    throw new NotSupportedError(
      `The script takes back what it did, by ${sql.slice(0, 100)}: here all of a script is done, or nothing.`,
    );
  if (SKIPPED.test(sql)) return false;
  const set = SET.exec(sql);
  return set === null || knows((set[1] as string).toLowerCase());
}
