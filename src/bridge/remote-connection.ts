/** A connection to a database in a worker. */
import type { Connection } from '../driver/driver.ts';
import { ConnectionClosedError } from '../errors.ts';
import type { Batch, OnRows, Outcome, Rows, Statement } from '../wire/statement.ts';
import type { DataPort } from './data-port.ts';
import { made } from './make-error.ts';

/** Slices of a stream under way at a time: one being read, one travelling, one being made. */
const WINDOW = 3;

export class RemoteConnection implements Connection {
  readonly #port: DataPort;
  readonly #number: number;
  #closing: Promise<void> | null = null;

  constructor(port: DataPort, number: number) {
    this.#port = port;
    this.#number = number;
  }

  async run(batch: Batch, onRows?: OnRows): Promise<readonly Outcome[]> {
    if (this.#closing) throw this.#closed();
    try {
      return await this.#port.run(this.#number, batch, onRows);
    } catch (failure) {
      throw made(failure, this.#port.database);
    }
  }

  async *stream(statement: Statement, size: number): AsyncGenerator<Rows, void, undefined> {
    if (this.#closing) throw this.#closed();
    const slices: Rows[] = [];
    let wake = (): void => {};
    let over = false;
    const { call, ended } = this.#port.stream(this.#number, statement, size, WINDOW, (rows) => {
      slices.push(rows);
      wake();
    });
    const end = ended.finally(() => {
      over = true;
      wake();
    });
    end.catch(() => {});
    try {
      for (;;) {
        const rows = slices.shift();
        if (rows) {
          this.#port.tell(['more', call]);
          yield rows;
        } else if (over) {
          return void (await end);
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } catch (failure) {
      throw made(failure, this.#port.database);
    } finally {
      if (!over) this.#port.tell(['stop', call]);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#port.close(this.#number);
    } catch (failure) {
      const error = made(failure, this.#port.database);
      // A connection whose database is gone is closed well enough.
      if (!(error instanceof ConnectionClosedError)) throw error;
    }
  }

  #closed(): Error {
    return new ConnectionClosedError('This connection is closed.', { database: this.#port.database });
  }
}
