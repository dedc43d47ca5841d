/** What a session of Postgres can be told: settings, channels to listen to, extensions, housekeeping. */
import { NotSupportedError, ProgrammingError } from '../../errors.ts';
import { snakeCase } from '../../util/snake-case.ts';
import type { Statement } from '../../wire/statement.ts';
import { newName } from './names.ts';

/** The value of a setting; a list is one of names, a search path say. */
export type SettingValue = string | number | boolean | readonly string[];

/** How much a transaction sees of what others commit meanwhile; Postgres manual §13.2. */
export type IsolationLevel = 'read committed' | 'repeatable read' | 'serializable';

/** The settings an application has use for most; there are many more, each by its name in Postgres or in camelCase. */
export interface Settings {
  readonly [name: string]: SettingValue | undefined;
  /** What one sort or hash may take: '64MB'. */
  readonly workMem?: string | number;
  /** What VACUUM, or making an index, may take: '64MB'. */
  readonly maintenanceWorkMem?: string | number;
  /** Milliseconds after which a statement is given up. */
  readonly statementTimeout?: string | number;
  /** The language that words are taken to be in: 'english', 'german'. */
  readonly defaultTextSearchConfig?: string;
  /** False: the planner reads a whole table only where there is no other way; for tests that an index can be used. */
  readonly enableSeqscan?: boolean;
}

/** Values are read in the form these give them; all of them are the driver's. */
const READ_BY: ReadonlySet<string> = new Set([
  'bytea_output',
  'client_encoding',
  'datestyle',
  'extra_float_digits',
  'intervalstyle',
  'standard_conforming_strings',
]);

/** Sets a setting for the rest of the session (Postgres manual, SET). */
export function setting(name: string, value: SettingValue): Statement {
  const key = checkedName(name);
  if (READ_BY.has(key)) throw new NotSupportedError(`Postgres's ${key} cannot be set here: values are read as it is now.`);
  return { sql: `SET ${key} TO ${typeof value === 'object' ? value.map(quoted).join(', ') : literal(value)}`, mode: 'read' };
}

/** Asks for a setting. */
export function askSetting(name: string): Statement {
  return { sql: `SHOW ${checkedName(name)}`, mode: 'read' };
}

/** Hears what is sent to a channel from now on, until the session ends or `unlisten`. @throws ProgrammingError for a name that is too long */
export function listen(channel: string): Statement {
  return { sql: `LISTEN ${quoted(newName(channel))}`, mode: 'read' };
}

export function unlisten(channel: string): Statement {
  return { sql: `UNLISTEN ${quoted(channel)}`, mode: 'read' };
}

/** Sends a message when the transaction commits. */
export function notify(channel: string, payload: string): Statement {
  return { sql: 'SELECT pg_notify($1, $2)', params: [channel, payload], mode: 'write', expects: ['text'] };
}

/** Adds an extension to the database, where it is not there yet. */
export function createExtension(name: string): Statement {
  return { sql: `CREATE EXTENSION IF NOT EXISTS ${quoted(name)}`, mode: 'write' };
}

/** Takes the next number of a sequence, whatever becomes of the transaction. */
export function nextval(sequence: string): Statement {
  return { sql: 'SELECT nextval($1::regclass)', params: [sequence], mode: 'write', expects: ['integer'] };
}

/** The number of a sequence that this session took last. */
export function currval(sequence: string): Statement {
  return { sql: 'SELECT currval($1::regclass)', params: [sequence], mode: 'read', expects: ['integer'] };
}

/** Gives back the room of rows that are gone, and counts what is there, for planning (Postgres manual, VACUUM). */
export function vacuum(tables: readonly string[], options: readonly string[]): Statement {
  const how = options.length === 0 ? '' : ` (${options.join(', ')})`;
  return { sql: `VACUUM${how}${named(tables)}`, mode: 'write' };
}

/** Counts what is there, for planning. */
export function analyze(tables: readonly string[]): Statement {
  return { sql: `ANALYZE${named(tables)}`, mode: 'write' };
}

function named(tables: readonly string[]): string {
  return tables.length === 0 ? '' : ` ${tables.join(', ')}`;
}

function checkedName(name: string): string {
  // Some are written like TimeZone.
  const key = /^[A-Z]/.test(name) ? name.toLowerCase() : snakeCase(name);
  if (/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(key)) return key;
  throw new ProgrammingError(`There is no Postgres setting ${JSON.stringify(name)}.`);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (Number.isFinite(value)) return String(value);
  throw new ProgrammingError(`A Postgres setting cannot be ${value}.`);
}
