/** A database on a server that is restarted, or ends a session: whoever waits is told, and the next use works. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PostgresqlExtDatabase } from '../../src/entry/postgresql-ext.ts';
import { CharField, ConnectionClosedError, Model, OperationalError } from '../../src/index.ts';
import { type OwnServer, postgresPrograms, startPostgres } from '../tools/postgres-server.mjs';
import { rejection } from './rejection.ts';

class Job extends Model.define('job', { name: CharField({ unique: true }) }) {}

/** The server ends the session that inserts a row of this name, or that commits it. */
const FATAL = 'fatal';
const FUNCTION = `CREATE OR REPLACE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$`;
const trigger = (when: string): string => `CREATE CONSTRAINT TRIGGER die AFTER INSERT ON job ${when}
  FOR EACH ROW WHEN (NEW.name = '${FATAL}') EXECUTE FUNCTION die()`;
const AT_ONCE = trigger('NOT DEFERRABLE');
const AT_COMMIT = trigger('DEFERRABLE INITIALLY DEFERRED');

if (postgresPrograms() === undefined) test.skip('needs a PostgreSQL server', () => {});

describe.runIf(postgresPrograms())('a server', () => {
  let server: OwnServer;
  let database: PostgresqlExtDatabase;
  let office: PostgresqlExtDatabase;
  const make = (): PostgresqlExtDatabase => {
    const { host, port, user } = server;
    return new PostgresqlExtDatabase('postgres', { host, port, user, lockTimeout: 1000 });
  };
  /** Ends the sessions of `database` that wait for it. */
  const end = (state: 'idle' | 'idle in transaction'): Promise<unknown> =>
    office.executeSql(
      'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE state = ? AND pid <> pg_backend_pid()',
      [state],
    );

  beforeAll(async () => {
    server = (await startPostgres())!;
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    [database, office] = [make(), make()];
    Job.bind(database);
    await database.createTables([Job]);
    await database.executeSql(FUNCTION);
  });
  afterEach(async () => {
    await database.dropTables([Job]);
    await Promise.all([database.close(), office.close()]);
  });

  describe('a loop over a channel', () => {
    test('ends with an error when its session ends', async () => {
      const [jobs, others] = [database.listen('jobs'), database.listen('others')];
      await Promise.all([jobs.ready, others.ready]);
      await office.notify('jobs', 'before');
      const waiting = [jobs, others].map(async (channel) => {
        for await (const { payload } of channel) expect(payload).toBe('before');
      });
      const ended = Promise.all(waiting.map(rejection));
      await end('idle');
      const [error, other] = await ended;
      expect(error).toBeInstanceOf(ConnectionClosedError);
      expect(error).toMatchObject({ database: 'postgres' });
      expect(error!.message).toMatch(
        /^Nothing is heard on "jobs" any more: The connection to .* was lost: terminating connection .* Listen again/,
      );
      expect(other!.message).toContain('"others"');
      expect(await jobs.next()).toEqual({ done: true, value: undefined });
      const again = database.listen('jobs');
      await again.ready;
      await office.notify('jobs', 'after');
      expect((await again.next()).value?.payload).toBe('after');
      await again.return();
    });

    test('ends with an error when the server is restarted; what came before is heard first', async () => {
      const [jobs, same] = [database.listen('jobs'), database.listen('jobs')];
      await Promise.all([jobs.ready, same.ready]);
      await database.notify('jobs', 'one');
      await same.next();
      await server.halt();
      expect((await jobs.next()).value?.payload).toBe('one');
      expect(await rejection(jobs.next())).toBeInstanceOf(ConnectionClosedError);
      const refused = await rejection(database.listen('jobs').next());
      expect(refused).toBeInstanceOf(OperationalError);
      expect(refused.message).toContain('nothing listens there');
      await server.start();
      await using again = database.listen('jobs');
      await again.ready;
    });
  });

  describe('a session that ends', () => {
    test('while it is idle is replaced', async () => {
      await Job.create({ name: 'a' });
      await database.atomic(async (tx) => void (await tx(Job).select().count()));
      await end('idle');
      expect(await Job.select().count()).toBe(1);
      expect(await database.atomic((tx) => tx(Job).select().count())).toBe(1);
    });

    test('is replaced by one with the settings made since the opening, and so is one beside it', async () => {
      await database.setTimeZone('Asia/Tokyo');
      const zone = async (): Promise<unknown> => (await database.executeSql('SHOW timezone')).scalar();
      expect(await zone()).toBe('Asia/Tokyo');
      await end('idle');
      expect(await zone()).toBe('Asia/Tokyo');
      const rows = database.stream({ sql: "SELECT current_setting('timezone')", mode: 'read' });
      for await (const { data } of rows) expect(data).toEqual([['Asia/Tokyo']]);
      expect.assertions(3);
    });

    test('in the middle of a read says so, and of a write that nobody knows', async () => {
      await Job.create({ name: 'a' });
      await database.executeSql('CREATE OR REPLACE VIEW death AS SELECT pg_terminate_backend(pg_backend_pid())');
      const reading = await rejection(database.executeSql('SELECT * FROM death'));
      expect(reading).toBeInstanceOf(ConnectionClosedError);
      expect(reading).toMatchObject({ code: '08006', database: 'postgres' });
      expect(reading.message).toMatch(/lost: terminating connection due to administrator command\.$/);
      await database.executeSql(AT_ONCE);
      const writing = await rejection(Job.create({ name: FATAL }));
      expect(writing).toBeInstanceOf(ConnectionClosedError);
      expect(writing).toMatchObject({ code: '08007', database: 'postgres' });
      expect(writing.message).toMatch(/lost: terminating .*Whether the statement was carried out is unknown: look before/);
      expect(await Job.select().count()).toBe(1);
    });

    test('in a transaction has it rolled back, whether it worked or not', async () => {
      await database.executeSql(AT_ONCE);
      const working = await rejection(
        database.atomic(async (tx) => {
          await tx(Job).create({ name: 'a' });
          await tx(Job).create({ name: FATAL });
        }),
      );
      expect(working).toBeInstanceOf(ConnectionClosedError);
      expect(working.message).toMatch(/^The transaction was rolled back: The connection to .* was lost/);
      const asleep = await rejection(
        database.atomic(async (tx) => {
          await tx(Job).create({ name: 'a' });
          await end('idle in transaction');
          await tx(Job).create({ name: 'b' });
        }),
      );
      expect(asleep).toMatchObject({ name: 'ConnectionClosedError', code: '08006' });
      expect(asleep.message).toContain('rolled back');
      expect(await Job.select().count()).toBe(0);
    });

    test('in a commit leaves open whether it was one', async () => {
      await database.executeSql(AT_COMMIT);
      const error = await rejection(database.atomic((tx) => tx(Job).create({ name: FATAL })));
      expect(error).toBeInstanceOf(ConnectionClosedError);
      expect(error).toMatchObject({ code: '08007', database: 'postgres' });
      expect(error.message).toContain('Whether the transaction was committed is unknown: look before you do it again.');
      const bracket = await rejection(Job.insertMany([{ name: 'a' }, { name: FATAL }]).execute());
      expect(bracket).toMatchObject({ code: '08007' });
      // By hand, on the connection that goes on to be used.
      await database.executeSql('BEGIN');
      await Job.create({ name: FATAL });
      expect(await rejection(database.executeSql('COMMIT'))).toMatchObject({ code: '08007' });
      expect(await Job.select().count()).toBe(0);
    });

    test('in a cursor ends the loop over it', async () => {
      await Job.insertMany(Array.from({ length: 50 }, (_, i) => ({ name: `job ${i}` })));
      const read = async (rows: AsyncIterable<unknown>): Promise<void> => {
        let seen = 0;
        for await (const _ of rows) if (++seen === 5) await end('idle in transaction');
      };
      expect(await rejection(read(database.serverSide(Job.select(), { batchSize: 10 })))).toMatchObject({ code: '08006' });
      const inside = database.atomic((tx) => read(database.serverSide(Job.select(), { batchSize: 10, executor: tx })));
      expect((await rejection(inside)).message).toContain('rolled back');
      expect(await Job.select().count()).toBe(50);
    });
  });

  test('who waits for a lock is told who holds it, also after the session is gone that looks for that', async () => {
    const { host, port, user } = server;
    await using patient = new PostgresqlExtDatabase('postgres', { host, port, user, lockTimeout: 1200 });
    await Job.create({ name: 'a' });
    const wait = (): Promise<Error> =>
      rejection(
        patient.atomic(async (tx) => {
          await tx(Job).update({ name: 'b' }).execute();
          await patient.executeSql("UPDATE job SET name = 'c'");
        }),
      );
    expect(await wait()).toMatchObject({ name: 'DeadlockError' });
    await end('idle');
    expect(await wait()).toMatchObject({ name: 'DeadlockError' });
  });

  test('what the server gives up by a time of its own is an error, or ends the session', async () => {
    const { host, port, user } = server;
    const settings = { statementTimeout: 20, idleInTransactionSessionTimeout: 20 };
    await using strict = new PostgresqlExtDatabase('postgres', { host, port, user, settings });
    const slow = await rejection(strict.executeSql('SELECT pg_sleep(60)'));
    expect(slow).toMatchObject({ name: 'OperationalError', code: '57014', database: 'postgres' });
    const idle = await rejection(
      strict.atomic(async (tx) => {
        const pid = (await tx.executeSql('SELECT pg_backend_pid()')).scalar();
        const isThere = 'SELECT count(*) FROM pg_stat_activity WHERE pid = ?';
        while ((await office.executeSql(isThere, [pid])).scalar() === 1);
        await tx.executeSql('SELECT 1');
      }),
    );
    expect(idle).toMatchObject({ name: 'ConnectionClosedError', code: '08006' });
    expect(idle.message).toMatch(/^The transaction was rolled back: .* idle-in-transaction timeout/);
    expect((await strict.executeSql('SELECT 1')).scalar()).toBe(1);
  });

  test('a restart between two statements is not noticed', async () => {
    await Job.create({ name: 'a' });
    await server.halt();
    expect((await rejection(Job.select().count())).message).toContain('Cannot connect to "postgres" on the Postgres server at');
    await server.start();
    expect(await Job.select().count()).toBe(1);
  });
});
