/** A connection to Postgres: calls in order, on the one session that all connections share. */
import { OperationalError } from '../errors.ts';
import type { Batch, Outcome, Rows, Statement } from '../wire/statement.ts';
import { OrderedConnection } from './ordered-connection.ts';
import { Cursor } from './pglite-cursor.ts';
import type { Guest, Home } from './pglite-home.ts';
import type { Sink } from './pglite-session.ts';
import { Traces } from './pglite-traces.ts';

const NOTHING: Outcome = { rows: { names: [], length: 0, data: [] }, changes: 0, lastInsertId: null };

export class PgliteConnection extends OrderedConnection<Home> implements Guest {
  readonly traces: Traces = new Traces();
  protected override readonly readsInTurn = true;
  readonly #cursors = new Set<Cursor>();
  /** Counted up with each turn that ended: what belongs to a transaction knows that it is over. */
  #turns = 0;

  protected override get isOpen(): boolean {
    return this.holdsTurn && this.home.session.isOpen;
  }

  override async *stream(statement: Statement, size: number): AsyncGenerator<Rows, void> {
    await this.enter();
    const cursor = new Cursor(this.home, this.label, statement, size, this.#guard());
    this.#cursors.add(cursor);
    try {
      yield* cursor.slices();
    } finally {
      this.#cursors.delete(cursor);
    }
  }

  override giveUp(error: Error): void {
    const { session } = this.home;
    // Called by what gets the rows of a statement: Postgres is in the middle of it.
    if (session.isRunning) return queueMicrotask(() => this.giveUp(error));
    // Readers in the middle of their rows have to notice.
    for (const cursor of this.#cursors) cursor.fail(error);
    this.#cursors.clear();
    if (this.isOpen) {
      this.lost = error;
      session.rollBack();
      void this.home.settle();
    }
    this.giveTurn();
  }

  protected override lacks({ statements }: Batch): Promise<void> | null {
    return this.home.provide(statements);
  }

  protected override takeTurn(): boolean {
    const { session, idler } = this.home;
    if (session.isRunning) return false;
    if (!this.holdsTurn) idler?.makeWay();
    return super.takeTurn();
  }

  protected override giveTurn(): void {
    if (this.holdsTurn) this.#turns++;
    super.giveTurn();
  }

  protected override perform(statement: Statement, sink: Sink | undefined): Outcome {
    const { home, traces } = this;
    if (!traces.mayRun(statement.sql, (channel) => home.isHeard(channel, this))) return NOTHING;
    try {
      const { session } = home;
      const outcome = session.run(statement, sink);
      if (session.trace !== null) traces.note(session.trace, statement);
      return outcome;
    } catch (error) {
      throw home.explain(error);
    }
  }

  /** For a cursor inside the transaction that is open now: what fails when that one is over. Null outside of one. */
  #guard(): (() => void) | null {
    if (!this.isOpen) return null;
    const turn = this.#turns;
    return () => {
      if (this.#turns === turn) return;
      throw this.closed ?? this.lost ?? new OperationalError('The transaction ended while rows of it were being read.');
    };
  }
}
