/** Pragmas: their names, the values they take, and the statements that read and set them. */
import { ImproperlyConfigured } from '../../errors.ts';
import type { DriverValue, Mode, Statement } from '../../wire/statement.ts';

/** A value of a pragma. */
export type PragmaValue = string | number | boolean;

interface Pragma {
  readonly takes: 'boolean' | 'integer' | readonly string[] | 'text';
  /** Kept in the file, not with the connection: setting it is a write. */
  readonly stored?: true;
  /** It cannot be set. */
  readonly readOnly?: true;
}

const boolean: Pragma = { takes: 'boolean' };
const integer: Pragma = { takes: 'integer' };

const PRAGMAS: Readonly<Record<string, Pragma>> = {
  __proto__: null as never,
  analysis_limit: integer,
  application_id: { takes: 'integer', stored: true },
  auto_vacuum: { takes: ['none', 'full', 'incremental'], stored: true },
  automatic_index: boolean,
  busy_timeout: integer,
  cache_size: integer,
  cache_spill: integer,
  case_sensitive_like: boolean,
  cell_size_check: boolean,
  data_version: { takes: 'integer', readOnly: true },
  defer_foreign_keys: boolean,
  encoding: { takes: ['UTF-8', 'UTF-16', 'UTF-16le', 'UTF-16be'], stored: true },
  foreign_keys: boolean,
  freelist_count: { takes: 'integer', readOnly: true },
  hard_heap_limit: integer,
  ignore_check_constraints: boolean,
  journal_mode: { takes: ['delete', 'truncate', 'persist', 'memory', 'wal', 'off'], stored: true },
  journal_size_limit: integer,
  legacy_alter_table: boolean,
  locking_mode: { takes: ['normal', 'exclusive'] },
  max_page_count: integer,
  mmap_size: integer,
  page_count: { takes: 'integer', readOnly: true },
  page_size: { takes: 'integer', stored: true },
  query_only: boolean,
  read_uncommitted: boolean,
  recursive_triggers: boolean,
  reverse_unordered_selects: boolean,
  secure_delete: { takes: ['0', '1', 'on', 'off', 'true', 'false', 'fast'] },
  soft_heap_limit: integer,
  synchronous: { takes: ['0', '1', '2', '3', 'off', 'normal', 'full', 'extra'] },
  temp_store: { takes: ['0', '1', '2', 'default', 'file', 'memory'] },
  threads: integer,
  trusted_schema: boolean,
  user_version: { takes: 'integer', stored: true },
  wal_autocheckpoint: integer,
  writable_schema: boolean,
};

/** Pragmas that only answer, whatever their argument. */
const QUESTIONS: ReadonlySet<string> = new Set([
  'collation_list', 'compile_options', 'database_list', 'foreign_key_check', 'foreign_key_list', 'function_list', 'index_info',
  'index_list', 'index_xinfo', 'integrity_check', 'module_list', 'pragma_list', 'quick_check', 'table_info', 'table_list', 'table_xinfo',
]);

/** Asks for a pragma's value: one row, one column. @throws ImproperlyConfigured when there is no such pragma */
export function readPragma(name: string, schema?: string): Statement {
  known(name);
  return { sql: `PRAGMA ${prefix(schema)}${name}`, mode: 'read' };
}

/** Sets a pragma. @throws ImproperlyConfigured when there is no such pragma, or it does not take the value */
export function setPragma(name: string, value: PragmaValue, schema?: string): Statement {
  const pragma = known(name);
  const mode: Mode = pragma.stored ? 'write' : 'read';
  return { sql: `PRAGMA ${prefix(schema)}${name} = ${spelled(name, pragma, value)}`, mode };
}

/** Whether it lives with a connection and must be set on each, or once in the file. */
export function isStoredPragma(name: string): boolean {
  return known(name).stored === true;
}

/** The pragmas there are. */
export function pragmaNames(): readonly string[] {
  return Object.keys(PRAGMAS);
}

/** Whether the text of one statement asks a pragma and sets nothing. */
export function isReadingPragma(text: string): boolean {
  const [, name = '', rest = ''] = /^PRAGMA\s+(?:\w+\s*\.\s*)?(\w+)\s*(.*)$/is.exec(text) ?? [];
  return QUESTIONS.has(name.toLowerCase()) || (rest === '' && name.toLowerCase() in PRAGMAS);
}

/** A pragma function as a table to select from: `pragma_table_info`. */
export function pragmaTable(name: string, argument: string, schema?: string): { readonly sql: string; readonly params: DriverValue[] } {
  return schema === undefined
    ? { sql: `pragma_${name}(?)`, params: [argument] }
    : { sql: `pragma_${name}(?, ?)`, params: [argument, schema] };
}

function known(name: string): Pragma {
  const pragma = PRAGMAS[name];
  if (!pragma) throw new ImproperlyConfigured(`"${name}" is no pragma of SQLite that is known here`);
  return pragma;
}

function prefix(schema: string | undefined): string {
  return schema === undefined ? '' : `"${schema.replaceAll('"', '""')}".`;
}

function spelled(name: string, { takes, readOnly }: Pragma, value: PragmaValue): string {
  if (readOnly) throw new ImproperlyConfigured(`The pragma ${name} can only be read`);
  const text = typeof value === 'boolean' ? String(Number(value)) : String(value);
  if (takes === 'boolean' && /^(0|1|on|off|yes|no|true|false)$/i.test(text)) return text;
  if (takes === 'integer' && /^-?\d{1,19}$/.test(text)) return text;
  if (Array.isArray(takes) && takes.some((one) => one.toLowerCase() === text.toLowerCase())) return /^\w+$/.test(text) ? text : `'${text}'`;
  const wanted = Array.isArray(takes) ? `one of ${takes.join(', ')}` : takes === 'boolean' ? 'true or false' : 'a whole number';
  throw new ImproperlyConfigured(`The pragma ${name} takes ${wanted}, not ${JSON.stringify(value)}`);
}
