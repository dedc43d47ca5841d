/** Every error keeps its class, its details and the caller's own lines on its way out of a worker. */
import { describe, expect, it } from 'vitest';
import { openRemote } from '../../src/bridge/remote-driver.ts';
import { serve } from '../../src/bridge/serve.ts';
import * as errors from '../../src/errors.ts';
import { openThere } from './open.ts';
import { count, options, read, write } from './statements.ts';
import { thread } from './thread.ts';
import { openTiny } from './tiny-driver.ts';

const classes = Object.values(errors).filter(
  (value): value is typeof errors.WaxwingError => typeof value === 'function' && value.prototype instanceof Error,
);

describe('an error of a statement', () => {
  it.each(classes.map((type) => [type.prototype.name, type] as const))('%s crosses whole', async (name, type) => {
    const { driver, engine } = await openThere();
    const cause = new TypeError('inner', { cause: new errors.DataError('innermost', { code: 7 }) });
    const details = { code: 2067, sql: 'SELECT 1', cause, constraint: 'unique', table: 'user', columns: ['a', 'b'] } as const;
    engine.gate = () => Promise.reject(new type('what happened', details));
    const error = await driver
      .connect()
      .run({ statements: [read('SELECT 1')] })
      .catch((caught) => caught);
    expect(error).toBeInstanceOf(type);
    expect(error.constructor).toBe(type);
    expect(error).toMatchObject({ name, message: 'what happened', code: 2067, sql: 'SELECT 1', database: 'test.db' });
    if (error instanceof errors.IntegrityError)
      expect(error).toMatchObject({ constraint: 'unique', table: 'user', columns: ['a', 'b'] });
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'inner', cause: { name: 'DataError', code: 7 } });
    expect(error.cause.cause).toBeInstanceOf(errors.DataError);
  });

  it('comes from the engine as it is', async () => {
    const { driver } = await openThere();
    const connection = driver.connect();
    await connection.run({ statements: [write('CREATE TABLE user (name UNIQUE)'), write("INSERT INTO user VALUES ('ann')")] });
    const twice = connection.run({ statements: [write("INSERT INTO user VALUES ('ann')")] });
    await expect(twice).rejects.toMatchObject({
      name: 'IntegrityError',
      constraint: 'unique',
      columns: ['name'],
      database: 'test.db',
    });
  });

  it('shows who asked, and where it happened', async () => {
    const { driver } = await openThere();
    async function theUsersOwnFunction(): Promise<void> {
      await driver.connect().run({ statements: [read('SELECT nothing')] });
    }
    const error = await theUsersOwnFunction().catch((caught) => caught);
    expect(error.stack).toMatch(/theUsersOwnFunction[\s\S]*\(in the worker\)[\s\S]*tiny-driver/);
    const gone = await (async function afterTheEnd() {
      await driver.close();
      await driver.storage();
    })().catch((caught) => caught);
    expect(gone.stack).toMatch(/afterTheEnd/);
  });

  it('that is none of ours keeps its name', async () => {
    const { driver, engine } = await openThere();
    engine.gate = () => Promise.reject(new RangeError('out of memory'));
    await expect(driver.connect().run({ statements: [read('SELECT 1')] })).rejects.toMatchObject({
      name: 'RangeError',
      message: 'out of memory',
    });
  });
});

describe('a worker that is gone', () => {
  it('fails what is pending and what comes later, and says so once', async () => {
    const { driver, engine, thread } = await openThere();
    const lost: Error[] = [];
    driver.on('lost', (error) => lost.push(error));
    const connection = driver.connect();
    const stream = connection.stream(count(100), 1)[Symbol.asyncIterator]();
    await stream.next();
    engine.gate = () => new Promise(() => {});
    const pending = [
      connection.run({ statements: [read('SELECT 1')] }),
      driver.connect().run({ statements: [read('SELECT 2')] }),
    ];
    const control = driver.exportFile({ signal: new AbortController().signal });
    const settled = Promise.allSettled([...pending, control]);
    thread.crash();
    for (const result of await settled) {
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'ConnectionClosedError', database: 'test.db' } });
    }
    await expect(connection.run({ statements: [read('SELECT 3')] })).rejects.toThrow(
      /worker of "test.db" is gone[\s\S]*open the database again/,
    );
    await expect(driver.flush()).rejects.toBeInstanceOf(errors.ConnectionClosedError);
    await expect(
      (async () => {
        for (;;) if ((await stream.next()).done) break;
      })(),
    ).rejects.toBeInstanceOf(errors.ConnectionClosedError);
    expect(lost.length).toBe(1);
    await connection.close();
    await driver.close();
  });

  it('by an error of its own is told apart', async () => {
    const { driver, engine, thread } = await openThere();
    engine.gate = () => new Promise(() => {});
    const pending = driver.connect().run({ statements: [read('SELECT 1')] });
    thread.fail({ message: 'Uncaught RuntimeError: unreachable', filename: 'dedicated.js', lineno: 7 });
    await expect(pending).rejects.toMatchObject({
      name: 'InternalError',
      message: expect.stringContaining('unreachable'),
      database: 'test.db',
    });
    expect(thread.terminated).toBe(true);
  });

  it('or whose engine is gone fails everything the same way', async () => {
    const { driver, engine } = await openThere();
    const lost = new Promise((resolve) => driver.on('lost', resolve));
    engine.gate = () => new Promise(() => {});
    const pending = driver.connect().run({ statements: [read('SELECT 1')] });
    await driver.storage();
    engine.events.emit('lost', new errors.StorageUnavailableError('The storage went away.'));
    await expect(pending).rejects.toBeInstanceOf(errors.StorageUnavailableError);
    expect(await lost).toBeInstanceOf(errors.StorageUnavailableError);
  });
});

describe('a worker that never was', () => {
  const silentThread = (): ReturnType<typeof thread> => thread(() => {});

  it('because its script did not load', async () => {
    const there = silentThread();
    const opening = openRemote({ ...options, worker: () => there.worker });
    there.fail({});
    await expect(opening).rejects.toThrow(errors.EngineLoadError);
    await expect(opening).rejects.toThrow(/404[\s\S]*Content-Security-Policy[\s\S]*waxwing\/vite/);
    expect(there.terminated).toBe(true);
  });

  it('because its script failed', async () => {
    const there = silentThread();
    const opening = openRemote({ ...options, worker: () => there.worker });
    there.fail({ message: 'Uncaught SyntaxError: Unexpected token', filename: 'x.js', lineno: 3 });
    await expect(opening).rejects.toThrow(/SyntaxError[\s\S]*x\.js:3/);
  });

  it('because the platform refused', async () => {
    const refuse = (): Worker => {
      throw new DOMException('refused', 'SecurityError');
    };
    await expect(openRemote({ ...options, worker: refuse })).rejects.toMatchObject({
      name: 'EngineLoadError',
      cause: { name: 'SecurityError' },
    });
  });

  it('of this build', async () => {
    const old = thread((scope) => scope.postMessage({ waxwing: 'here', protocol: 0 }));
    await expect(openRemote({ ...options, worker: () => old.worker })).rejects.toThrow(errors.EngineMismatchError);
  });

  it('that died before is told at once to who tries it again', async () => {
    const there = thread((scope) => serve(scope, openTiny));
    const driver = await openRemote({ ...options, worker: there.worker });
    there.crash();
    await expect(driver.flush()).rejects.toBeInstanceOf(errors.ConnectionClosedError);
    await expect(openRemote({ ...options, worker: there.worker })).rejects.toMatchObject({
      name: 'ConnectionClosedError',
      database: 'test.db',
    });
  });

  it('listening yet when it was greeted', async () => {
    const late = thread((scope) => void setTimeout(() => serve(scope, openTiny), 20));
    const driver = await openRemote({ ...options, worker: late.worker });
    expect(driver.version).toBe('3.54.0');
    await driver.close();
    expect(late.terminated).toBe(false);
    late.crash();
  });
});
