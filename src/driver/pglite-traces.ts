/** What a connection leaves in the session that it shares with others. */
import type { Statement } from '../wire/statement.ts';
import { closeCursor, deallocate, LOCKS, MAKES_TEMPORARY, NAMES, SETS, SETTING } from './pglite-sql.ts';

/** A kind of trace: a setting, a temporary object, something with a name of its own, an advisory lock, a channel that is listened to. */
export type Trace = 'setting' | 'temporary' | 'named' | 'lock' | 'channel';

const LISTEN = /^\s*listen\s+("(?:[^"]|"")+"|[^\s;]+)/i;
const UNLISTEN = /^unlisten\s+("(?:[^"]|"")+"|\*|[^\s;]+)/i;
const LETTER_U = 0x75;

/** What a statement leaves when it succeeds. */
export function traceOf(sql: string): Trace | null {
  if (SETS.test(sql)) return 'setting';
  if (MAKES_TEMPORARY.test(sql)) return 'temporary';
  if (NAMES.test(sql)) return 'named';
  if (LOCKS.test(sql)) return 'lock';
  return LISTEN.test(sql) ? 'channel' : null;
}

export class Traces {
  readonly #settings = new Map<string, Statement>();
  readonly channels: Set<string> = new Set();
  /** Statements that drop what has a name. */
  readonly drops: Set<string> = new Set();
  hasTemporary = false;
  hasLocks = false;

  /** The statements that changed settings, in their order; of those that change the same, the last. */
  get settings(): readonly Statement[] {
    return [...this.#settings.values()];
  }

  get isEmpty(): boolean {
    const { size } = this.#settings;
    return size + this.channels.size + this.drops.size === 0 && !this.hasTemporary && !this.hasLocks;
  }

  note(trace: Trace, statement: Statement): void {
    if (trace === 'setting') this.#set(statement);
    else if (trace === 'temporary') this.hasTemporary = true;
    else if (trace === 'named') this.#name(statement.sql);
    else if (trace === 'lock') this.hasLocks = true;
    else this.channels.add(channelOf(LISTEN, statement.sql) as string);
  }

  #set(statement: Statement): void {
    const { sql, params = [] } = statement;
    const names = Array.from(sql.matchAll(SETTING), ([, set, config]) => (set ?? config)?.toLowerCase());
    const key = names.length > 0 ? names.join() : `${sql} ${params.join()}`;
    this.#settings.delete(key);
    this.#settings.set(key, statement);
  }

  #name(sql: string): void {
    const [, declared, name = ''] = NAMES.exec(sql) ?? [];
    this.drops.add(declared === undefined ? deallocate(name) : closeCursor(name));
  }

  /** False for an UNLISTEN that would silence others, and for all but UNLISTEN true; this connection's channels are its own. */
  mayRun(sql: string, isHeard: (channel: string) => boolean): boolean {
    if ((sql.charCodeAt(0) | 0x20) !== LETTER_U) return true;
    const channel = channelOf(UNLISTEN, sql);
    if (channel === null) return true;
    const gone = channel === '*' ? [...this.channels] : [channel];
    for (const one of gone) this.channels.delete(one);
    return !gone.some(isHeard);
  }
}

/** The channel as Postgres calls it: folded to lower case where it is not quoted. */
function channelOf(pattern: RegExp, sql: string): string | null {
  const name = pattern.exec(sql)?.[1];
  if (name === undefined) return null;
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}
