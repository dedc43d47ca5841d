/** A scope with a connection of its own, taken with its first statement. */
import type { Connection } from '../driver/driver.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { Link } from './link.ts';
import { type Host, Scope } from './scope.ts';

interface Held {
  readonly link: Link;
  readonly connection: Connection;
}

export abstract class ConnectionScope extends Scope {
  readonly #label: string;
  #held: Held | null = null;
  #savepoints = 0;

  constructor(host: Host, depth: number, label: string) {
    super(host, depth);
    this.#label = label;
  }

  /** A name no other savepoint on this connection has. */
  nameSavepoint(): string {
    return `s${++this.#savepoints}`;
  }

  /** What a transaction begins with; nothing where that is the user's business. */
  protected abstract opening(): readonly Statement[];

  protected override async enter(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    const { host } = this;
    const found = host.link();
    const link = found instanceof Promise ? await found : found;
    const connection = link.take({ label: this.#label });
    const opening = [...host.preamble(), ...this.opening()];
    try {
      const outcomes = await host.send(link, connection, preceded(opening, batch), shifted(onRows, opening.length));
      this.#held = { link, connection };
      return outcomes.slice(opening.length);
    } catch (error) {
      link.release(connection).catch(() => {});
      throw error;
    }
  }

  protected override async send(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    if (batch.statements.length === 0) return [];
    const { link, connection } = this.#held as Held;
    return this.host.send(link, connection, this.#nested(batch), onRows);
  }

  protected override read(statement: Statement, size?: number): AsyncIterable<Rows> {
    const { link, connection } = this.#held as Held;
    return this.host.read(link, connection, statement, size);
  }

  /** Gives the connection back, which undoes what is not committed, after a last statement if there is one. */
  protected async giveBack(last: Statement | null): Promise<void> {
    const { link, connection } = this.#held as Held;
    this.#held = null;
    const done = last && this.host.send(link, connection, { statements: [last] });
    // Called in the same turn, so that both travel in one message.
    const released = link.release(connection);
    if (done === null) return released;
    try {
      await done;
    } catch (error) {
      await released.catch(() => {});
      throw error;
    }
    released.catch(() => {});
  }

  /** Statements that belong together are a savepoint inside a transaction. */
  #nested(batch: Batch): Batch {
    if (batch.bracket === undefined || !this.inTransaction) return batch;
    const name = this.nameSavepoint();
    const { dialect } = this;
    const bracket = {
      begin: dialect.savepoint(name),
      commit: dialect.releaseSavepoint(name),
      rollback: dialect.rollbackTo(name),
    };
    return { statements: batch.statements, bracket };
  }
}

/** The batch with statements before it. Its bracket goes: what a scope begins with is undone with the scope. */
export function preceded(before: readonly Statement[], batch: Batch): Batch {
  return { statements: [...before, ...batch.statements] };
}

/** A listener that does not hear of the first `by` statements. */
export function shifted(onRows: OnRows | undefined, by: number): OnRows | undefined {
  return (
    onRows &&
    ((index, rows) => {
      if (index >= by) onRows(index - by, rows);
    })
  );
}
