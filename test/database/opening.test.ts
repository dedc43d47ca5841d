/** Opening, closing and deferred initialization. */
import { describe, expect, test } from 'vitest';
import { Sqlite } from '../../src/database/sqlite.ts';
import type { Driver, OpenOptions } from '../../src/driver/driver.ts';
import { openHere } from '../../src/driver/open-sqljs.ts';
import { SqliteDatabase } from '../../src/entry/sqlite.ts';
import { ConnectionClosedError, ImproperlyConfigured, InterfaceError, StorageUnavailableError } from '../../src/errors.ts';
import type { StorageKind } from '../../src/storage/backend.ts';
import { Deferred } from '../../src/util/deferred.ts';
import { rejection } from './rejection.ts';
import { note } from './tables.ts';

/** A database that counts its openings and can be made to fail at them. */
class Counting extends Sqlite {
  openings = 0;
  failures = 0;
  before: Promise<void> = Promise.resolve();
  drivers: Driver[] = [];

  protected override defaultStorage(): StorageKind {
    return 'memory';
  }

  protected override async openDriver(options: OpenOptions): Promise<Driver> {
    this.openings++;
    await this.before;
    if (this.failures-- > 0) throw new StorageUnavailableError('Not today.');
    const driver = await openHere(options);
    this.drivers.push(driver);
    return driver;
  }
}

describe('opening', () => {
  test('the first use opens the database', async () => {
    const db = new Counting(':memory:');
    expect(db.isClosed()).toBe(true);
    expect((await db.executeSql('SELECT 1')).scalar()).toBe(1);
    expect(db.isClosed()).toBe(false);
    await db.close();
  });

  test('connect opens it, and says whether it did', async () => {
    const db = new Counting(':memory:');
    expect(await db.connect()).toBe(true);
    expect(await db.connect()).toBe(false);
    expect(db.openings).toBe(1);
    await db.close();
  });

  test('first uses at once share one opening, and each gets its answer', async () => {
    const db = new Counting(':memory:');
    const answers = await Promise.all([1, 2, 3, 4].map((n) => db.executeSql('SELECT ?', [n])));
    expect(answers.map((answer) => answer.scalar())).toEqual([1, 2, 3, 4]);
    expect(db.openings).toBe(1);
    await db.close();
  });

  test("a failed opening is everybody's error, and tried again with the next use", async () => {
    const db = new Counting(':memory:');
    db.failures = 1;
    const [first, second] = await Promise.all([rejection(db.executeSql('SELECT 1')), rejection(db.connect())]);
    expect(first).toBeInstanceOf(StorageUnavailableError);
    expect(second).toBeInstanceOf(StorageUnavailableError);
    expect(db.openings).toBe(1);
    expect(db.isClosed()).toBe(true);
    expect((await db.executeSql('SELECT 2')).scalar()).toBe(2);
    await db.close();
  });

  test('without autoconnect, connect() comes first', async () => {
    const db = new Counting(':memory:', { autoconnect: false });
    const error = await rejection(db.executeSql('SELECT 1'));
    expect(error).toBeInstanceOf(InterfaceError);
    expect(error.message).toMatch(/^Error, database connection not opened/);
    const connecting = db.connect();
    expect((await db.executeSql('SELECT 1')).scalar()).toBe(1);
    await connecting;
    await db.close();
  });

  test('a name that is no name is refused at once', () => {
    expect(() => new Counting('')).toThrow(ImproperlyConfigured);
    expect(() => new Counting(undefined as never)).toThrow(ImproperlyConfigured);
  });

  test(':memory: cannot be kept anywhere', async () => {
    const error = await rejection(new Counting(':memory:', { storage: 'indexeddb' }).connect());
    expect(error).toBeInstanceOf(ImproperlyConfigured);
  });
});

describe('closing', () => {
  test('twice is as good as once', async () => {
    const db = new Counting(':memory:');
    await db.connect();
    expect(await Promise.all([db.close(), db.close()])).toEqual([true, false]);
    expect(await db.close()).toBe(false);
    expect(db.isClosed()).toBe(true);
  });

  test('every use afterwards says what to do, until connect()', async () => {
    const db = new Counting(':memory:');
    await db.createTables([note]);
    await db.close();
    const statement = { sql: 'SELECT 1', mode: 'read' } as const;
    const uses = [
      () => db.executeSql('SELECT 1'),
      () => db.run({ statements: [statement] }),
      () => db.stream(statement).next(),
      () => db.atomic((tx) => tx.run({ statements: [statement] })),
      () => db.createTables([note]),
      () => db.getTables(),
      () => db.exportFile(),
      () => db.importFile(new Uint8Array(1)),
      () => db.flush(),
      () => db.storage.state(),
      () => db.pragma('userVersion'),
      () => db.explain('SELECT 1'),
      () => db.sessionStart(),
    ];
    for (const use of uses) {
      const error = await rejection(use());
      expect(error).toBeInstanceOf(ConnectionClosedError);
      expect(error.message).toContain('connect()');
      expect(error.database).toBe(':memory:');
    }
    expect(await db.connect()).toBe(true);
    expect((await db.executeSql('SELECT 3')).scalar()).toBe(3);
    await db.close();
  });

  test('what was called before finishes', async () => {
    const db = new Counting(':memory:', { storage: 'memory' });
    await db.createTables([note]);
    const writes = [1, 2, 3].map((n) => db.executeSql('INSERT INTO note (text) VALUES (?)', [n]));
    const closing = db.close();
    expect((await Promise.all(writes)).map((write) => write.changes)).toEqual([1, 1, 1]);
    await closing;
  });

  test('a write that waits for a transaction gets its turn when closing ends that one', async () => {
    const db = new Counting(':memory:');
    await db.createTables([note]);
    let waiting: Promise<unknown> = Promise.resolve();
    const failed = await rejection(
      db.atomic(async (tx) => {
        await tx.run({ statements: [{ sql: 'INSERT INTO note (text) VALUES (1)', mode: 'write' }] });
        waiting = db.executeSql('INSERT INTO note (text) VALUES (2)');
        await db.close();
        await tx.run({ statements: [{ sql: 'SELECT 1', mode: 'read' }] });
      }),
    );
    expect(failed).toBeInstanceOf(ConnectionClosedError);
    await expect(waiting).resolves.toMatchObject({ changes: 1 });
  });

  test('while it is being opened, those who wait hear of it, and what was opened is closed', async () => {
    const db = new Counting(':memory:');
    let open = (): void => {};
    db.before = new Promise((resolve) => {
      open = resolve;
    });
    const using = rejection(db.executeSql('SELECT 1'));
    const closing = db.close();
    open();
    expect(await using).toBeInstanceOf(ConnectionClosedError);
    expect(await closing).toBe(true);
    expect(db.isClosed()).toBe(true);
    await db.connect();
    expect((await db.executeSql('SELECT 1')).scalar()).toBe(1);
    await db.close();
  });

  test('connect right after close opens anew, when the old one is closed', async () => {
    const db = new Counting(':memory:');
    await db.createTables([note]);
    void db.close();
    await db.connect();
    expect(await db.getTables()).toEqual([]);
    expect(db.openings).toBe(2);
    await db.close();
  });

  test('await using closes it', async () => {
    const db = new Counting(':memory:');
    await db.connect();
    await db[Symbol.asyncDispose]();
    expect(db.isClosed()).toBe(true);
  });
});

describe('deferred initialization', () => {
  test("before init every use is the manual's error", async () => {
    const db = new SqliteDatabase(null);
    for (const use of [
      () => db.connect(),
      () => db.executeSql('SELECT 1'),
      () => db.atomic((tx) => tx.run({ statements: [] })),
    ]) {
      const error = await rejection(use());
      expect(error).toBeInstanceOf(InterfaceError);
      expect(error.message).toBe('Error, database must be initialized before opening a connection.');
    }
    expect(db.isClosed()).toBe(true);
    expect(await db.close()).toBe(false);
  });

  test('init gives name and options', async () => {
    const db = new SqliteDatabase(null, { pragmas: { userVersion: 5 } });
    db.init(':memory:', { durability: 'relaxed' });
    expect(db.name).toBe(':memory:');
    expect(await db.userVersion()).toBe(5);
    expect((await db.storage.state()).durability).toBe('relaxed');
    await db.close();
  });

  test('init on an open database leaves the old one and opens the new one', async () => {
    const db = new Counting('one', { storage: 'memory' });
    await db.createTables([note]);
    const before = db.executeSql('INSERT INTO note (text) VALUES (1)');
    db.init('two');
    expect(db.isClosed()).toBe(true);
    expect(await db.getTables()).toEqual([]);
    expect((await before).changes).toBe(1);
    expect(db.name).toBe('two');
    await db.close();
  });

  test('init after close may be used at once', async () => {
    const db = new Counting(':memory:');
    await db.connect();
    await db.close();
    db.init(':memory:');
    expect((await db.executeSql('SELECT 1')).scalar()).toBe(1);
    await db.close();
  });
});

test('an engine that is gone is an error until connect()', async () => {
  const db = new Counting(':memory:');
  const lost: Error[] = [];
  db.on('lost', (error) => lost.push(error));
  let lose: (error: Error) => void = () => {};
  const open = db['openDriver'].bind(db);
  db['openDriver'] = async (options) => {
    const driver = await open(options);
    const on = driver.on.bind(driver);
    driver.on = (event, listener) => {
      if (event === 'lost') lose = listener as (error: Error) => void;
      return on(event, listener);
    };
    return driver;
  };
  await db.connect();
  lose(new ConnectionClosedError('The worker died.'));
  expect(lost).toHaveLength(1);
  expect(db.isClosed()).toBe(true);
  const error = await rejection(db.executeSql('SELECT 1'));
  expect(error).toBeInstanceOf(ConnectionClosedError);
  expect(error.message).toContain('The worker died.');
  expect(error.message).toContain('connect()');
  await db.connect();
  expect((await db.executeSql('SELECT 1')).scalar()).toBe(1);
  await db.close();
});

test('an engine that goes in the middle of an import is gone as well', async () => {
  const db = new Counting(':memory:');
  let fail: (error: Error) => void = () => {};
  const importing = new Deferred<void>();
  const open = db['openDriver'].bind(db);
  db['openDriver'] = async (options) => {
    const driver = await open(options);
    const on = driver.on.bind(driver);
    driver.importFile = () => importing.promise;
    driver.on = (event, listener) => {
      if (event === 'lost') fail = listener as (error: Error) => void;
      return on(event, listener);
    };
    return driver;
  };
  await db.connect();
  const imported = rejection(db.importFile(new Blob()));
  const waiting = rejection(db.executeSql('SELECT 1'));
  const error = new ConnectionClosedError('The worker died.');
  importing.reject(error);
  fail(error);
  expect(await imported).toBe(error);
  for (const late of [await waiting, await rejection(db.executeSql('SELECT 1'))]) expect(late.message).toContain('connect()');
  expect(db.isClosed()).toBe(true);
  expect(await db.connect()).toBe(true);
  expect((await db.executeSql('SELECT 1')).scalar()).toBe(1);
  await db.close();
});

test('two databases do not disturb one another', async () => {
  const [one, two] = [new SqliteDatabase(':memory:'), new SqliteDatabase(':memory:')];
  await one.createTables([note]);
  expect(await two.getTables()).toEqual([]);
  await two.createTables([note]);
  await Promise.all(
    [one, two].map((db, at) =>
      db.atomic(async (tx) => {
        for (let n = 0; n <= at; n++)
          await tx.run({ statements: [{ sql: 'INSERT INTO note (text) VALUES (1)', mode: 'write' }] });
      }),
    ),
  );
  expect((await one.executeSql('SELECT count(*) FROM note')).scalar()).toBe(1);
  expect((await two.executeSql('SELECT count(*) FROM note')).scalar()).toBe(2);
  await one.close();
  expect((await two.executeSql('SELECT count(*) FROM note')).scalar()).toBe(2);
  await two.close();
});
