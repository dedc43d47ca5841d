/** The driver for servers over a network that swallows everything, or a server that lets nobody else in. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server as NetServer, type Socket, connect as toServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { Driver, OpenOptions, Server } from '../../src/driver/driver.ts';
import { openNodePostgres } from '../../src/driver/node-postgres.ts';
import { rejection } from '../database/rejection.ts';
import { column, run, sql } from './support.ts';

const server = inject('postgres');
const OPTIONS: OpenOptions = { name: 'postgres', storage: 'memory', durability: 'strict', lockTimeout: 1000, setup: [] };
const open = (options: Server = {}): Promise<Driver> => {
  const { host, port, user } = server!;
  return openNodePostgres(OPTIONS, { host, port, user, ...options });
};

/** A way to the server that can be cut, or swallow whatever is sent, as a network does that is gone. */
class Way {
  readonly #sockets = new Set<Socket>();
  readonly #listening: NetServer;
  #open = true;

  constructor() {
    this.#listening = createServer({ allowHalfOpen: true }, (socket) => {
      const { host, port } = server!;
      const onward = toServer({ host, port, allowHalfOpen: true });
      this.#join(socket, onward);
      this.#join(onward, socket);
    }).listen(0, '127.0.0.1');
  }

  async port(): Promise<number> {
    if (!this.#listening.listening) await once(this.#listening, 'listening');
    return (this.#listening.address() as AddressInfo).port;
  }

  swallow(): void {
    this.#open = false;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#listening.close();
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('error', () => {});
    from.on('data', (bytes) => this.#open && to.write(bytes));
    from.on('end', () => this.#open && to.end());
  }
}

if (server === null) test.skip('needs a PostgreSQL server', () => {});

describe.runIf(server)('a network', () => {
  let way: Way;
  let driver: Driver;
  beforeEach(async () => {
    way = new Way();
    driver = await open({ port: await way.port() });
  });
  afterEach(async () => {
    await driver.close();
    way.close();
  });

  test('that is cut in the middle of a statement', async () => {
    const connection = driver.connect();
    await run(connection, 'SELECT 1');
    const waiting = rejection(run(connection, 'SELECT pg_sleep(60)'));
    way.cut();
    expect(await waiting).toMatchObject({ name: 'ConnectionClosedError', database: 'postgres' });
    expect(await column(connection, 'SELECT 1')).toEqual([1]);
  });

  test('that swallows everything does not keep a database from being closed', async () => {
    const [idle, busy, inside] = [driver.connect(), driver.connect(), driver.connect()];
    await run(idle, 'SELECT 1');
    await run(busy, 'SELECT 1');
    await inside.run({ statements: [sql('BEGIN'), sql('SELECT 1')] });
    way.swallow();
    const waiting = rejection(run(busy, 'SELECT 1'));
    await driver.close();
    expect(await waiting).toMatchObject({ name: 'ConnectionClosedError', database: 'postgres' });
  });
});

describe.runIf(server)('a server that lets nobody else in', () => {
  let office: Driver;
  beforeAll(async () => {
    office = await open();
    for (const role of ['single', 'alone']) await run(office.connect(), `CREATE ROLE ${role} LOGIN CONNECTION LIMIT 1`);
  });
  afterAll(async () => {
    await run(office.connect(), 'DROP ROLE single, alone');
    await office.close();
  });

  test('says so, and what runs is ended nevertheless when the database is closed', async () => {
    const driver = await open({ user: 'single' });
    const main = driver.connect();
    await run(main, 'SELECT 1');
    const refused = await rejection(run(driver.connect(), 'SELECT 1'));
    expect(refused).toMatchObject({ name: 'OperationalError', code: '53300', database: 'postgres' });
    expect(refused.message).toContain('it has no connection left');
    const waiting = rejection(run(main, 'SELECT pg_sleep(60)'));
    await driver.close();
    expect(await waiting).toMatchObject({ name: 'ConnectionClosedError' });
  });

  test('does not take away the session of whoever has it next', async () => {
    const driver = await open({ user: 'alone' });
    const first = driver.connect();
    await run(first, 'SELECT 1');
    const last = run(first, 'SELECT 2');
    await Promise.all([first.close(), last.catch(() => {})]);
    expect(await column(driver.connect(), 'SELECT 3 FROM pg_sleep(0.5)')).toEqual([3]);
    await driver.close();
  });
});
