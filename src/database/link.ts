/** One opening of a database: its driver, its main connection and all connections taken from it. */

import type { Connection, ConnectOptions, Driver } from '../driver/driver.ts';
import { ConnectionClosedError } from '../errors.ts';

/** Lives from `connect` to `close`, to the loss of the engine, or to an import that replaces the data. */
export class Link {
  readonly driver: Driver;
  /** Runs everything that is in no transaction. */
  readonly main: Connection;
  /** Why it ended; null while it can be used. */
  ended: ConnectionClosedError | null = null;
  readonly #taken: Set<Connection> = new Set();

  constructor(driver: Driver) {
    this.driver = driver;
    this.main = driver.connect({ label: 'the database' });
  }

  /** @throws ConnectionClosedError when it has ended; a new one each time, for each has its own stack. */
  requireOpen(): void {
    if (this.ended === null) return;
    const { message, database, cause } = this.ended;
    throw new ConnectionClosedError(message, { database, cause });
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

  /** Ends it for the reason given: what was called before finishes, open transactions roll back. */
  async end(reason: ConnectionClosedError): Promise<void> {
    this.ended ??= reason;
    const all = [...this.#taken, this.main];
    this.#taken.clear();
    await Promise.allSettled(all.map((connection) => connection.close()));
  }
}
