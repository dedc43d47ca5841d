/** A connection to SQLite: calls in order, with the write lock where they need it. */
import { InternalError } from '../errors.ts';
import type { Outcome, Rows, Statement } from '../wire/statement.ts';
import { OrderedConnection, type OrderlyHome } from './ordered-connection.ts';
import type { Handle } from './sqljs-handle.ts';
import type { Sink } from './sqljs-statement.ts';

/** What a connection needs of the database it belongs to. */
export interface Home extends OrderlyHome {
  /** A connection to the engine that nobody uses. */
  acquire(): Handle;
  release(handle: Handle): void;
}

export class SqlJsConnection extends OrderedConnection<Home> {
  protected override readonly readsInTurn = false;
  readonly #streams = new Set<Handle>();
  #handle: Handle | null = null;

  protected override get isOpen(): boolean {
    return this.#handle?.isOpen ?? false;
  }

  override async *stream(statement: Statement, size: number): AsyncGenerator<Rows, void> {
    await this.enter();
    if (this.#handle?.isOpen) {
      yield* this.#handle.stream(statement, size);
      return;
    }
    const handle = this.home.acquire();
    this.#streams.add(handle);
    try {
      yield* handle.stream(statement, size);
    } finally {
      if (this.#streams.delete(handle)) this.home.release(handle);
    }
  }

  override giveUp(error: Error): void {
    if (this.isOpen) this.lost = error;
    // Readers in the middle of their rows have to notice.
    for (const handle of this.#streams) handle.close();
    this.#streams.clear();
    if (this.#handle !== null) this.home.release(this.#handle);
    this.#handle = null;
    this.giveTurn();
  }

  protected override perform(statement: Statement, sink: Sink | undefined): Outcome {
    const handle = (this.#handle ??= this.home.acquire());
    const wasOpen = handle.isOpen;
    try {
      return handle.run(statement, sink);
    } catch (error) {
      if (wasOpen && !handle.isOpen && statement.mode !== 'end') this.lost = error as Error;
      throw error instanceof WebAssembly.RuntimeError
        ? new InternalError(`The engine broke: ${error.message}.`, { cause: error, sql: statement.sql })
        : error;
    }
  }
}
