/** Cleans up after connections that are gone, as soon as nobody is in a transaction. */
import type { Statement } from '../wire/statement.ts';
import type { Session } from './pglite-session.ts';
import { DISCARD_TEMPORARY, listen, RESET_ALL, RESET_USER, SETS_USER, UNLOCK_ALL, unlisten } from './pglite-sql.ts';
import type { Traces } from './pglite-traces.ts';

export class Chores {
  /** What a new session is set up with. */
  readonly #setup: readonly string[];
  #waiting: Statement[] = [];

  constructor(setup: readonly string[]) {
    this.#setup = setup;
  }

  get isDone(): boolean {
    return this.#waiting.length === 0;
  }

  add(sql: string): void {
    this.#waiting.push({ sql, mode: 'read' });
  }

  /**
   * Takes back what a connection left in the session. What others left as well stays: all settings go, and those of the
   * others are made again; temporary tables and advisory locks go with the last one who has any.
   */
  wipe(traces: Traces, others: readonly Traces[]): void {
    if (traces.settings.length > 0) {
      if (traces.settings.some(({ sql }) => SETS_USER.test(sql))) for (const sql of RESET_USER) this.add(sql);
      for (const sql of [RESET_ALL, ...this.#setup]) this.add(sql);
      this.#waiting.push(...others.flatMap((other) => other.settings));
    }
    for (const sql of traces.drops) this.add(sql);
    if (traces.hasTemporary && !others.some((other) => other.hasTemporary)) this.add(DISCARD_TEMPORARY);
    if (traces.hasLocks && !others.some((other) => other.hasLocks)) this.add(UNLOCK_ALL);
    for (const channel of traces.channels) {
      if (!others.some((other) => other.channels.has(channel))) this.add(unlisten(channel));
    }
  }

  /** Makes a new session what the connections had made of the last one; all else went with that. */
  restore(all: readonly Traces[]): void {
    this.#waiting = all.flatMap(({ settings }) => settings);
    for (const traces of all) {
      traces.hasTemporary = traces.hasLocks = false;
      traces.drops.clear();
      for (const channel of traces.channels) this.add(listen(channel));
    }
  }

  /** Does all of it; what cannot be done is gone already. */
  do(session: Session): void {
    for (const chore of this.#waiting.splice(0)) {
      try {
        session.run(chore);
      } catch {
        // The session was another one, or a setting is not there any more.
      }
    }
  }
}
