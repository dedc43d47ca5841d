/** The statements that a session has prepared, by their text. */
import { CHANGES_SCHEMA, COMMITS, RUNS_AGAIN, SETS_PATH, SETS_PATH_BY } from './pglite-sql.ts';
import { type Trace, traceOf } from './pglite-traces.ts';
import type { Description } from './postgres/row-decoder.ts';

/** Prepared statements kept. */
const KEPT = 200;

/** A statement that Postgres has prepared. */
export interface Prepared {
  /** Its name there; empty for one that is not kept. */
  readonly name: string;
  readonly sql: string;
  readonly parameters: number;
  readonly description: Description;
  /** The schema it was prepared in. */
  readonly era: number;
  readonly commits: boolean;
  /** True where it changes what a name means. */
  readonly movesPath: boolean;
  /** What it leaves in the session. */
  readonly trace: Trace | null;
}

export class PreparedStatements {
  readonly #kept = new Map<string, Prepared>();
  #names = 0;
  /** Counted up whenever the columns of a prepared statement may have changed. */
  #era = 0;
  #changedInTransaction = false;
  /** In the open transaction names mean something else, until it ends perhaps. */
  #movedInTransaction = false;

  /** The statement as it was prepared, to be added again after use; `isStale` says whether it has to be prepared anew. */
  take(sql: string): Prepared | undefined {
    const prepared = this.#kept.get(sql);
    if (prepared !== undefined) this.#kept.delete(sql);
    return prepared;
  }

  isStale(prepared: Prepared): boolean {
    return prepared.era !== this.#era;
  }

  /** A name for a statement that is worth keeping, none for any other. */
  nameFor(sql: string): string {
    return RUNS_AGAIN.test(sql) ? `waxwing_${this.#names++}` : '';
  }

  describe(sql: string, name: string, parameters: number, description: Description): Prepared {
    const movesPath = SETS_PATH.test(sql) && SETS_PATH_BY.test(sql);
    return {
      name,
      sql,
      parameters,
      description,
      era: this.#era,
      commits: COMMITS.test(sql),
      movesPath,
      trace: traceOf(sql),
    };
  }

  /** Keeps a statement for the next time; returns the name of the one that has to go for it, unused longest. */
  add(prepared: Prepared): string | null {
    if (prepared.name === '') return null;
    this.#kept.set(prepared.sql, prepared);
    if (this.#kept.size <= KEPT) return null;
    const [oldest] = this.#kept.values();
    this.#kept.delete(oldest!.sql);
    return oldest!.name;
  }

  /** All have to be prepared anew. */
  outdate(): void {
    this.#era++;
  }

  /** Learns what a statement did, from its command tag. */
  note(tag: string, { movesPath }: Prepared, isOpen: boolean): void {
    if (tag === 'ROLLBACK') {
      if (this.#changedInTransaction) this.#era++;
      this.#changedInTransaction &&= isOpen;
      this.#movedInTransaction &&= isOpen;
    } else if (movesPath || CHANGES_SCHEMA.test(tag)) {
      this.#era++;
      this.#changedInTransaction = isOpen;
      this.#movedInTransaction = isOpen && (movesPath || this.#movedInTransaction);
      if (tag === 'DISCARD ALL' || tag === 'DEALLOCATE ALL') this.#kept.clear();
    } else if (!isOpen) {
      if (this.#movedInTransaction) this.#era++;
      this.#changedInTransaction = this.#movedInTransaction = false;
    }
  }
}
