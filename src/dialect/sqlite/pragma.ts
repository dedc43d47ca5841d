/** SQLite's settings, by their names in camelCase: which there are, how they are asked for and set. */
import { NotSupportedError, ProgrammingError } from '../../errors.ts';
import { snakeCase } from '../../util/snake-case.ts';
import type { DriverValue, Statement } from '../../wire/statement.ts';

/** What a setting of SQLite can be. */
export type PragmaValue = string | number | boolean;

/** The settings an application has use for. All but the last two hold for connections, and are set on each of them. */
export interface Pragmas {
  /** Pages kept in memory when positive, KiB when negative. */
  readonly cacheSize?: number;
  /** Whether foreign keys are enforced: true unless told, other than in SQLite itself and in peewee. */
  readonly foreignKeys?: boolean;
  /** Whether a trigger may set itself off. Off unless told, as in SQLite. */
  readonly recursiveTriggers?: boolean;
  /** Whether CHECK is passed over, to load rows that are known to be wrong, say. */
  readonly ignoreCheckConstraints?: boolean;
  /** Whether SQLite may make an index for the length of one query. On unless told. */
  readonly automaticIndex?: boolean;
  /** Rows without an ORDER BY come in the opposite order: shows where a program relies on one. */
  readonly reverseUnorderedSelects?: boolean;
  /** Whether what is deleted is overwritten with zeros; `fast` where that costs no more reading and writing. */
  readonly secureDelete?: boolean | 'fast';
  /** Looks harder for damage in pages as they are read, and costs some time. */
  readonly cellSizeCheck?: boolean;
  /** Whether views, triggers and defaults may use functions that do something. False is safer for files of strangers. */
  readonly trustedSchema?: boolean;
  /** Rows of each index that ANALYZE looks at, about; 0 for all. */
  readonly analysisLimit?: number;
  /** A number of the application's own, kept in the file; for the version of its schema, say. */
  readonly userVersion?: number;
  /** What kind of file this is, kept in the file. */
  readonly applicationId?: number;
}

/** Kept in the file, not by connections. */
const IN_FILE: ReadonlySet<string> = new Set(['user_version', 'application_id']);

/** What the engine here decides itself, and what to use instead. */
const DECIDED: Readonly<Record<string, string>> = {
  journal_mode: 'it is always "wal": that is how readers and a writer get on',
  locking_mode: 'every transaction has a connection of its own',
  synchronous: 'use the option durability',
  temp_store: 'temporary tables are in memory',
  page_size: 'it is fixed when the file is made',
  wal_autocheckpoint: 'the log is folded by itself',
  wal_checkpoint: 'the log is folded by itself',
  busy_timeout: 'use the option lockTimeout',
  case_sensitive_like: 'like() minds the case, ilike() and contains() do not',
  writable_schema: 'a slip there damages the file',
};

/** Asks for a setting, or sets it. */
export function pragma(name: string, value?: PragmaValue): Statement {
  const key = checkedName(name);
  if (value === undefined) return { sql: `PRAGMA ${key}`, mode: 'read' };
  const reason = DECIDED[key];
  if (reason !== undefined) throw new NotSupportedError(`SQLite's ${key} cannot be set here: ${reason}.`);
  return { sql: `PRAGMA ${key} = ${literal(value)}`, mode: IN_FILE.has(key) ? 'write' : 'read' };
}

/** True for a setting of connections: each new one has to be told. */
export function isOfConnection(name: string): boolean {
  return !IN_FILE.has(checkedName(name));
}

/** Questions: they change nothing whatever their argument. */
const QUESTIONS = /^(\w+_list|(table|index)_x?info|(foreign_key|integrity|quick)_check|compile_options)$/i;

/** What does something when it is only named; every other one then tells its value. */
const ACTIONS = /^(wal_checkpoint|optimize|incremental_vacuum|shrink_memory)$/i;

/** Whether the text of one statement asks and sets nothing. */
export function isReadingPragma(text: string): boolean {
  const [, name = '', rest = ''] = /^PRAGMA\s+(?:\w+\s*\.\s*)?(\w+)\s*(.*)$/is.exec(text) ?? [];
  return QUESTIONS.test(name) || (rest === '' && name !== '' && !ACTIONS.test(name));
}

/** A question as a table to select from, and its arguments. */
export function pragmaTable(
  name: string,
  argument: string,
  schema?: string,
): { readonly sql: string; readonly params: readonly DriverValue[] } {
  return schema === undefined
    ? { sql: `pragma_${name}(?)`, params: [argument] }
    : { sql: `pragma_${name}(?, ?)`, params: [argument, schema] };
}

function checkedName(name: string): string {
  const key = snakeCase(name);
  if (/^[a-z][a-z_]*$/.test(key)) return key;
  throw new ProgrammingError(`There is no SQLite setting ${JSON.stringify(name)}.`);
}

function literal(value: PragmaValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    throw new ProgrammingError(`A SQLite setting cannot be ${value}.`);
  }
  return `'${value.replaceAll("'", "''")}'`;
}
