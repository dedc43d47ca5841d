/** A driver behind the bridge does everything a driver does; over real message ports, with a real engine. */
import { describe, expect, it, vi } from 'vitest';
import { openRemote } from '../../src/bridge/remote-driver.ts';
import { ConnectionClosedError, DataError, OperationalError, ProgrammingError } from '../../src/errors.ts';
import type { DriverValue, Rows } from '../../src/wire/statement.ts';
import { openThere } from './open.ts';
import { count, options, read, write } from './statements.ts';

/** How many messages go over data ports, either way, while `body` runs. */
async function messages(body: () => Promise<unknown>): Promise<number> {
  const post = vi.spyOn(MessagePort.prototype, 'postMessage');
  try {
    await body();
    return post.mock.calls.filter(([pieces]) => Array.isArray(pieces) && Array.isArray(pieces[0])).length;
  } finally {
    post.mockRestore();
  }
}

describe('statements', () => {
  it('are answered with columns', async () => {
    const { driver } = await openThere();
    const [outcome] = await driver.connect().run({ statements: [read("SELECT ? AS n, 'a' AS t, NULL AS z, x'0102' AS b", 7)] });
    expect(outcome?.rows).toEqual({
      names: ['n', 't', 'z', 'b'],
      length: 1,
      data: [[7], ['a'], [null], [new Uint8Array([1, 2])]],
    });
    expect(driver.version).toBe('3.54.0');
  });

  it('of one microtask are one message, and so are their answers', async () => {
    const { driver } = await openThere();
    const [one, two] = [driver.connect(), driver.connect({ label: 'second' })];
    const body = (): Promise<unknown> =>
      Promise.all(Array.from({ length: 500 }, (_, i) => (i % 2 ? one : two).run({ statements: [read('SELECT ?', i)] })));
    // One there and one back.
    expect(await messages(body)).toBe(2);
  });

  it('that come together through promises are still one message', async () => {
    const { driver } = await openThere();
    const connection = driver.connect();
    const call = async (i: number): Promise<unknown> => {
      await null;
      return connection.run({ statements: [read('SELECT ?', i)] });
    };
    expect(await messages(() => Promise.all([1, 2, 3, 4].map(call)))).toBe(2);
  });

  it('keep their values, whatever was sent before', async () => {
    const { driver } = await openThere();
    const connection = driver.connect();
    // More texts than the two sides remember, twice: every one is forgotten and told again.
    for (let round = 0; round < 2; round++) {
      const outcomes = await Promise.all(
        Array.from({ length: 600 }, (_, i) => connection.run({ statements: [read(`SELECT ? AS c${i}`, i)] })),
      );
      expect(outcomes.map(([outcome]) => outcome?.rows)).toEqual(
        Array.from({ length: 600 }, (_, i) => ({ names: [`c${i}`], length: 1, data: [[i]] })),
      );
    }
    const long = `SELECT '${'x'.repeat(10_000)}' AS x`;
    for (let i = 0; i < 2; i++) expect((await connection.run({ statements: [read(long)] }))[0]?.rows.names).toEqual(['x']);
  });

  it('tell new column names when the same text gives others', async () => {
    const { driver } = await openThere();
    const connection = driver.connect();
    await connection.run({ statements: [write('CREATE TABLE t (a)'), write('INSERT INTO t VALUES (1)')] });
    expect((await connection.run({ statements: [read('SELECT * FROM t')] }))[0]?.rows.names).toEqual(['a']);
    await connection.run({ statements: [write('ALTER TABLE t ADD COLUMN b')] });
    expect((await connection.run({ statements: [read('SELECT * FROM t')] }))[0]?.rows.names).toEqual(['a', 'b']);
    expect((await connection.run({ statements: [read('SELECT * FROM t WHERE 0')] }))[0]?.rows.length).toBe(0);
  });

  it('deliver large results in slices, in order', async () => {
    const { driver } = await openThere();
    const slices: [number, Rows][] = [];
    const outcomes = await driver
      .connect()
      .run({ statements: [count(2500), count(10)] }, (index, rows) => slices.push([index, rows]));
    expect(slices.map(([index, rows]) => [index, rows.length])).toEqual([
      [0, 1000],
      [0, 1000],
      [0, 500],
      [1, 10],
    ]);
    expect(slices[0]?.[1].data[0]).toBeInstanceOf(Float64Array);
    const numbers = slices.slice(0, 3).flatMap(([, rows]) => [...(rows.data[0] as Iterable<DriverValue>)]);
    expect(numbers).toEqual(Array.from({ length: 2500 }, (_, i) => i + 1));
    expect(outcomes.map(({ rows }) => rows.length)).toEqual([0, 0]);
  });

  it('fail alone when the listener of their rows throws', async () => {
    const { driver } = await openThere();
    const connection = driver.connect();
    const broken = connection.run({ statements: [count(10)] }, () => {
      throw new ProgrammingError('mine');
    });
    const sound = connection.run({ statements: [read('SELECT 1')] });
    await expect(broken).rejects.toThrow('mine');
    expect((await sound)[0]?.rows.data).toEqual([[1]]);
  });

  it('take columns of many rows, and leave the caller its buffers', async () => {
    const { driver } = await openThere();
    const connection = driver.connect();
    const ids = Float64Array.from({ length: 5000 }, (_, i) => i);
    const scores = Array.from({ length: 5000 }, (_, i) => i / 2);
    const names = Array.from({ length: 5000 }, (_, i) => (i % 3 ? `n${i}` : null));
    await connection.run({ statements: [write('CREATE TABLE t (id INTEGER, score REAL, name TEXT)')] });
    for (let i = 0; i < 2; i++) {
      const many = { length: 5000, data: [ids, scores, names] };
      await connection.run({ statements: [{ sql: 'INSERT INTO t VALUES (?, ?, ?)', mode: 'write', many }] });
    }
    expect(ids.length).toBe(5000);
    const [outcome] = await connection.run({ statements: [read('SELECT count(*), sum(score), count(name) FROM t')] });
    expect(outcome?.rows.data).toEqual([[10_000], [2 * 6_248_750], [2 * 3333]]);
  });

  it('that cannot be sent fail by themselves', async () => {
    const { driver } = await openThere();
    const connection = driver.connect();
    const before = connection.run({ statements: [read('SELECT 1')] });
    const culprit = connection.run({ statements: [read('SELECT ?', (() => 1) as never)] });
    const after = connection.run({ statements: [read('SELECT 2')] });
    await expect(culprit).rejects.toBeInstanceOf(DataError);
    await expect(culprit).rejects.toMatchObject({ database: 'test.db' });
    expect((await before)[0]?.rows.data).toEqual([[1]]);
    expect((await after)[0]?.rows.data).toEqual([[2]]);
  });
});

describe('streams', () => {
  it('read no further ahead than the window', async () => {
    const { driver, engine } = await openThere();
    const stream = driver.connect().stream(count(100), 10)[Symbol.asyncIterator]();
    expect((await stream.next()).value.length).toBe(10);
    await driver.flush();
    expect(engine.slices).toBeLessThanOrEqual(4);
    let rows = 10;
    for (let slice = await stream.next(); !slice.done; slice = await stream.next()) rows += slice.value.length;
    expect(rows).toBe(100);
  });

  it('are freed on the other side when left early', async () => {
    const { driver, engine } = await openThere();
    for await (const rows of driver.connect().stream(count(100_000), 10)) {
      expect(rows.length).toBe(10);
      break;
    }
    await driver.connect().run({ statements: [read('SELECT 1')] });
    await vi.waitFor(() => expect(engine.log).toContain('stream freed'));
    expect(engine.slices).toBeLessThan(10);
  });

  it('end with the error of their statement', async () => {
    const { driver } = await openThere();
    const reading = (async () => {
      for await (const _ of driver.connect().stream(read('SELECT nothing'), 10));
    })();
    await expect(reading).rejects.toBeInstanceOf(ProgrammingError);
  });

  it('do not hold up other calls', async () => {
    const { driver } = await openThere();
    const connection = driver.connect();
    const stream = connection.stream(count(1000), 10)[Symbol.asyncIterator]();
    await stream.next();
    expect((await connection.run({ statements: [read('SELECT 1')] }))[0]?.rows.length).toBe(1);
    await stream.return?.();
  });
});

describe('control', () => {
  it('crosses with its answers', async () => {
    const { driver, engine } = await openThere();
    await driver.setDurability('relaxed');
    expect(await driver.storage()).toMatchObject({ backend: 'memory', durability: 'relaxed' });
    expect(await driver.persist()).toBe(true);
    expect(engine.durability).toBe('relaxed');
  });

  it('comes after the statements that were sent before it', async () => {
    const { driver, engine } = await openThere();
    const connection = driver.connect({ label: 'first' });
    void connection.run({ statements: [read('SELECT 1')] });
    await driver.flush();
    expect(engine.log).toEqual(['connect first', 'flush']);
  });

  it('exports with progress, all of it before the file', async () => {
    const { driver } = await openThere();
    const seen: unknown[] = [];
    await driver.connect().run({ statements: [write('CREATE TABLE t (a)')] });
    const file = await driver.exportFile({ onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(new TextDecoder().decode((await file.arrayBuffer()).slice(0, 15))).toBe('SQLite format 3');
  });

  it('is aborted by a signal, before and under way', async () => {
    const { driver } = await openThere();
    const early = driver.exportFile({ signal: AbortSignal.abort() });
    await expect(early).rejects.toMatchObject({ name: 'AbortError' });
    const controller = new AbortController();
    const late = driver.exportFile({ signal: controller.signal, onProgress: (done) => done === 3 && controller.abort() });
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('brings errors back', async () => {
    const { driver } = await openThere();
    await expect(driver.importFile(new Blob([]))).rejects.toBeInstanceOf(OperationalError);
  });

  it('tells what happened to storage later', async () => {
    const { driver, engine } = await openThere();
    const heard = new Promise<Error>((resolve) => driver.on('storage', resolve));
    engine.events.emit('storage', new OperationalError('full', { database: 'test.db' }));
    expect(await heard).toBeInstanceOf(OperationalError);
  });
});

describe('closing', () => {
  it('answers what is under way, then ends the worker; twice is fine', async () => {
    const { driver, engine, thread } = await openThere();
    const running = driver.connect().run({ statements: [read('SELECT 1')] });
    const closing = driver.close();
    expect((await running)[0]?.rows.data).toEqual([[1]]);
    await closing;
    await driver.close();
    expect(engine.log).toEqual(['connect', 'connection closed', 'driver closed']);
    expect(thread.terminated).toBe(true);
  });

  it('leaves clear errors behind', async () => {
    const { driver } = await openThere();
    const connection = driver.connect();
    await driver.close();
    await expect(connection.run({ statements: [read('SELECT 1')] })).rejects.toMatchObject({
      name: 'ConnectionClosedError',
      database: 'test.db',
    });
    await expect(driver.connect().run({ statements: [read('SELECT 1')] })).rejects.toBeInstanceOf(ConnectionClosedError);
    await expect(driver.storage()).rejects.toBeInstanceOf(ConnectionClosedError);
    await expect(driver.connect().stream(count(1), 1)[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(
      ConnectionClosedError,
    );
    await connection.close();
  });

  it('of a connection rolls back there and refuses here', async () => {
    const { driver, engine } = await openThere();
    const connection = driver.connect();
    await connection.run({ statements: [read('SELECT 1')] });
    await connection.close();
    await connection.close();
    expect(engine.log).toContain('connection closed');
    await expect(connection.run({ statements: [read('SELECT 1')] })).rejects.toBeInstanceOf(ConnectionClosedError);
  });
});

describe('opening', () => {
  it('says what went wrong on the other side, and ends the worker', async () => {
    const { thread } = await import('./thread.ts');
    const { serve } = await import('../../src/bridge/serve.ts');
    const there = thread((scope) =>
      serve(scope, async () => {
        throw new OperationalError('no room', { code: 13, database: 'test.db' });
      }),
    );
    await expect(openRemote({ ...options, worker: () => there.worker })).rejects.toMatchObject({
      name: 'OperationalError',
      code: 13,
    });
    expect(there.terminated).toBe(true);
  });

  it('passes progress on', async () => {
    const { thread } = await import('./thread.ts');
    const { serve } = await import('../../src/bridge/serve.ts');
    const { openTiny } = await import('./tiny-driver.ts');
    const seen: number[] = [];
    const there = thread((scope) =>
      serve(scope, async (given) => {
        for (const done of [1, 2, 3]) given.onProgress?.(done, 3);
        return openTiny(given);
      }),
    );
    const driver = await openRemote({ ...options, worker: () => there.worker, onProgress: (done) => seen.push(done) });
    expect(seen).toEqual([1, 2, 3]);
    await driver.close();
  });
});
