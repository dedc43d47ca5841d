/** The driver for Postgres servers, through the package pg: on Node and edge runtimes, never on a page. */
import { ConnectionClosedError, NotSupportedError } from '../errors.ts';
import type { Durability, StorageState } from '../storage/backend.ts';
import { Emitter } from '../util/emitter.ts';
import type { Connection, ConnectOptions, Driver, DriverEvents, OpenOptions, Server } from './driver.ts';
import { type Home, ServerConnection } from './node-postgres-connection.ts';
import { ServerPlace } from './node-postgres-place.ts';
import { SessionPool } from './node-postgres-pool.ts';
import type { Session } from './node-postgres-session.ts';
import { SESSION_SETTINGS } from './postgres/settings.ts';

/** Milliseconds the server's own clock gives a wait for a lock beyond ours, which can tell who holds it. */
const GRACE = 1000;

/**
 * Connects to the database `options.name` on a server.
 * @throws OperationalError when the server cannot be reached or refuses; the message says which, why, and what to do.
 * @throws ImproperlyConfigured when the package pg is not installed.
 */
export async function openNodePostgres(options: OpenOptions, server: Server): Promise<Driver> {
  requireStrict(options.durability, options.name);
  const driver = new ServerDriver(options, new ServerPlace(options.name, server));
  await driver.begin();
  return driver;
}

class ServerDriver implements Driver, Home {
  version = '';
  readonly pool: SessionPool;
  readonly lockTimeout: number;
  readonly connections = new Set<ServerConnection>();
  readonly #name: string;
  readonly #events = new Emitter<DriverEvents>();
  #closing: Promise<void> | null = null;

  constructor({ name, lockTimeout, setup }: OpenOptions, place: ServerPlace) {
    this.#name = name;
    this.lockTimeout = lockTimeout;
    const settings = [...SESSION_SETTINGS, ['lock_timeout', `${lockTimeout + GRACE}ms`]];
    const setAll = settings.map(([key, value]) => `SET ${key} = '${value}'`);
    this.pool = new SessionPool(place, [...setAll, ...setup], lockTimeout);
    this.pool.onOpen = (session) => this.#hear(session);
  }

  /** Takes a first session, which shows that the server lets us in. */
  async begin(): Promise<void> {
    const session = await this.pool.take();
    try {
      const [outcome] = await session.run([{ sql: 'SHOW server_version', mode: 'read' }]);
      this.version = String(outcome!.rows.data[0]?.[0]);
    } finally {
      await this.pool.give(session);
    }
  }

  connect(options?: ConnectOptions): Connection {
    const connection = new ServerConnection(this, options);
    if (this.#closing !== null) void connection.closeNow(this.#closedError());
    else this.connections.add(connection);
    return connection;
  }

  async storage(): Promise<StorageState> {
    const [row] = await this.pool.aside('SELECT pg_database_size(current_database())', []);
    return {
      backend: 'server',
      durability: 'strict',
      persisted: true,
      bytes: Number(row?.[0]),
      quota: null,
      pending: 0,
      lastFlush: null,
    };
  }

  async setDurability(durability: Durability): Promise<void> {
    requireStrict(durability, this.#name);
  }

  /** A server has stored a commit before it tells of it. */
  async flush(): Promise<void> {
    if (this.#closing !== null) throw this.#closedError();
  }

  async persist(): Promise<boolean> {
    return true;
  }

  async exportFile(): Promise<Blob> {
    throw new NotSupportedError('The files of a server are its own: pg_dump writes a database to a file.', {
      database: this.#name,
    });
  }

  async importFile(): Promise<void> {
    throw new NotSupportedError('The files of a server are its own: psql and pg_restore read what pg_dump wrote.', {
      database: this.#name,
    });
  }

  on<K extends keyof DriverEvents>(event: K, listener: DriverEvents[K]): () => void {
    return this.#events.on(event, listener);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const error = this.#closedError();
    await Promise.allSettled([...this.connections].map((connection) => connection.closeNow(error)));
    await this.pool.close(error);
  }

  #hear(session: Session): void {
    session.onNotification = (notification) => this.#events.emit('notification', notification);
  }

  #closedError(): ConnectionClosedError {
    return new ConnectionClosedError(`The database "${this.#name}" is closed.`, { database: this.#name });
  }
}

function requireStrict(durability: Durability, database: string): void {
  if (durability === 'strict') return;
  throw new NotSupportedError(
    `A server decides itself when a commit counts as done: instead of durability '${durability}' set synchronous_commit.`,
    { database },
  );
}
