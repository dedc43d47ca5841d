/** One opening of a database: its driver, its main connection and all connections taken from it. */

import type { Connection, ConnectOptions, Driver } from '../driver/driver.ts';
import { ConnectionClosedError } from '../errors.ts';
import { Deferred } from '../util/deferred.ts';
import type { Statement } from '../wire/statement.ts';

/** Lives from `connect` to `close`, to the loss of the engine, or to an import that replaces the data. */
export class Link {
  readonly driver: Driver;
  /** Runs everything that is in no transaction. */
  readonly main: Connection;
  /** Why it ended; null while it can be used. */
  ended: ConnectionClosedError | null = null;
  readonly #taken: Set<Connection> = new Set();
  readonly #atEnd: Set<(reason: ConnectionClosedError) => void> = new Set();
  #running = 0;
  #quiet: Deferred<void> | null = null;

  constructor(driver: Driver, preamble: () => readonly Statement[]) {
    this.driver = driver;
    this.main = driver.connect({ label: 'the database', preamble });
  }

  /** @throws ConnectionClosedError when it has ended; a new one each time, for each has its own stack. */
  requireOpen(): void {
    if (this.ended === null) return;
    const { message, database, cause } = this.ended;
    throw new ConnectionClosedError(message, { database, cause });
  }

  /** The answer of the main connection, which closing waits for. */
  async onMain<T>(answer: Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await answer;
    } finally {
      this.#running--;
      if (this.#running === 0) this.#quiet?.resolve();
    }
  }

  /** A connection of its own, to be given back with `release`. */
  take(options: ConnectOptions): Connection {
    this.requireOpen();
    const connection = this.driver.connect(options);
    this.#taken.add(connection);
    return connection;
  }

  /** Rolls back what is open on the connection and gives it back. */
  release(connection: Connection): Promise<void> {
    this.#taken.delete(connection);
    return connection.close();
  }

  /** Calls `listener` when it ends; what it returns takes that back. */
  onEnd(listener: (reason: ConnectionClosedError) => void): () => void {
    this.#atEnd.add(listener);
    return () => void this.#atEnd.delete(listener);
  }

  /** Ends it for the reason given: open transactions roll back, what runs outside of them finishes. */
  async end(reason: ConnectionClosedError): Promise<void> {
    this.ended ??= reason;
    for (const listener of this.#atEnd) listener(reason);
    const taken = [...this.#taken];
    this.#taken.clear();
    await Promise.allSettled(taken.map((connection) => connection.close()));
    if (this.#running > 0) {
      this.#quiet = new Deferred();
      await this.#quiet.promise;
    }
    await this.main.close().catch(() => {});
  }
}
