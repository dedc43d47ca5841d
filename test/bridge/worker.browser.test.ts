/** The bridge in a real page, with real workers and the real engine. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/bridge/connect.ts';
import { type Ours, openRemote } from '../../src/bridge/remote-driver.ts';
import { spawn } from '../../src/bridge/spawn.ts';
import type { Connection, Driver, OpenOptions } from '../../src/driver/driver.ts';
import { compileAhead } from '../../src/driver/sqljs-place.ts';
import {
  ConnectionClosedError,
  DatabaseError,
  DatabaseInUseError,
  EngineLoadError,
  StorageUnavailableError,
} from '../../src/errors.ts';
import type { procedures } from './pages/app-worker.ts';
import { options, read, write } from './statements.ts';

async function open(more: Partial<OpenOptions> = {}, compile: Ours['compile'] = () => null): Promise<Driver> {
  const driver = await openRemote({ ...options, ...more }, { spawn, compile });
  onTestFinished(() => driver.close());
  return driver;
}

const appWorker = (): Worker => new Worker(new URL('./pages/app-worker.ts', import.meta.url), { type: 'module' });

async function values(connection: Connection, sql: string): Promise<unknown> {
  const [outcome] = await connection.run({ statements: [read(sql)] });
  return outcome?.rows.data.map((column) => [...column]);
}

describe('a worker of ours', () => {
  it('runs statements, fails with classes, keeps transactions apart', async () => {
    const driver = await open();
    const [one, two] = [driver.connect(), driver.connect()];
    await one.run({ statements: [write('CREATE TABLE t (a UNIQUE)'), write('INSERT INTO t VALUES (1)')] });
    await expect(one.run({ statements: [write('INSERT INTO t VALUES (1)')] })).rejects.toMatchObject({
      code: 19,
      sql: 'INSERT INTO t VALUES (1)',
    });
    await expect(one.run({ statements: [read('SELEC 1')] })).rejects.toBeInstanceOf(DatabaseError);
    await one.run({ statements: [{ sql: 'BEGIN IMMEDIATE', mode: 'begin' }, write('INSERT INTO t VALUES (2)')] });
    expect(await values(two, 'SELECT a FROM t')).toEqual([[1]]);
    await one.close();
    await two.run({ statements: [write('INSERT INTO t VALUES (3)')] });
    expect(await values(two, 'SELECT a FROM t ORDER BY a')).toEqual([[1, 3]]);
  });

  it('runs the engine that the page has compiled', async () => {
    const driver = await open({ wasmUrl: 'blob:nothing' }, () => compileAhead());
    expect(await values(driver.connect(), 'SELECT 42')).toEqual([[42]]);
  });

  it('compiles the engine itself when the page cannot', async () => {
    const driver = await open({}, () => Promise.reject(new WebAssembly.CompileError('refused')));
    expect(await values(driver.connect(), 'SELECT 42')).toEqual([[42]]);
    await expect(open({ wasmUrl: 'blob:nothing' }, compileAhead)).rejects.toBeInstanceOf(EngineLoadError);
  });

  it('holds the database: another one is told at once', async () => {
    const driver = await open({ name: 'held.db', storage: 'indexeddb' });
    const second = await open({ name: 'held.db', storage: 'indexeddb' }).catch((error) => error);
    expect(second).toBeInstanceOf(DatabaseInUseError);
    expect(second.database).toBe('held.db');
    await driver.close();
    const third = await open({ name: 'held.db', storage: 'indexeddb' });
    await third.close();
  });

  it('keeps what was acknowledged when it is opened again', async () => {
    const first = await open({ name: 'kept.db', storage: 'indexeddb' });
    const sql = 'CREATE TABLE IF NOT EXISTS t (a)';
    await first.connect().run({ statements: [write(sql), write('DELETE FROM t'), write('INSERT INTO t VALUES (7)')] });
    await first.close();
    const second = await open({ name: 'kept.db', storage: 'indexeddb' });
    expect(await values(second.connect(), 'SELECT a FROM t')).toEqual([[7]]);
  });

  it('transfers numbers, so that no copy is left behind', async () => {
    const driver = await open();
    const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i, i / 2.0 FROM n';
    const slices: number[] = [];
    let sum = 0;
    await driver.connect().run({ statements: [{ sql, mode: 'read', expects: ['number', 'number'] }] }, (_, rows) => {
      slices.push(rows.length);
      for (const column of rows.data) for (const value of column) sum += Number(value);
    });
    expect(slices.reduce((a, b) => a + b)).toBe(5000);
    expect(slices.length).toBeGreaterThan(2);
    expect(sum).toBe((12_502_500 * 3) / 2);
  });
});

describe('a worker that dies', () => {
  it('fails what waits and what follows, though nobody says so', async () => {
    let worker: Worker | undefined;
    const driver = await open({
      worker: () => {
        worker = appWorker();
        return worker;
      },
    });
    const lost = new Promise<Error>((resolve) => driver.on('lost', resolve));
    const [one, two] = [driver.connect(), driver.connect()];
    await one.run({ statements: [{ sql: 'BEGIN IMMEDIATE', mode: 'begin' }] });
    const waits = two.run({ statements: [write('CREATE TABLE t (a)')] });
    worker?.terminate();
    await expect(waits).rejects.toBeInstanceOf(ConnectionClosedError);
    expect(await lost).toBeInstanceOf(ConnectionClosedError);
    await expect(one.run({ statements: [read('SELECT 1')] })).rejects.toThrow(/worker of "test.db" is gone/);
    await expect(driver.storage()).rejects.toBeInstanceOf(ConnectionClosedError);
  });

  it('gives its database free', async () => {
    const worker = appWorker();
    const first = await open({ name: 'freed.db', storage: 'indexeddb', worker });
    await first.connect().run({ statements: [write('CREATE TABLE IF NOT EXISTS t (a)')] });
    worker.terminate();
    await expect(first.flush()).rejects.toBeInstanceOf(ConnectionClosedError);
    const second = await open({ name: 'freed.db', storage: 'indexeddb' });
    expect(await values(second.connect(), 'SELECT count(*) FROM t')).toEqual([[0]]);
  });
});

describe('an engine that cannot be had', () => {
  const module = (source: string): string => URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));

  it('because the script is not there, or is HTML', async () => {
    const missing = (): Worker => new Worker(`${location.origin}/no/such/worker.js`, { type: 'module' });
    const error = await open({ worker: missing }).catch((caught) => caught);
    expect(error).toBeInstanceOf(EngineLoadError);
    expect(error.message).toMatch(/404[\s\S]*Content-Security-Policy/);
  });

  it('because the script throws', async () => {
    const broken = (): Worker => new Worker(module('throw new TypeError("broken")'), { type: 'module' });
    await expect(open({ worker: broken })).rejects.toThrow(/TypeError: broken/);
  });

  it('because the wasm is HTML, is missing or is damaged', async () => {
    const html = URL.createObjectURL(new Blob(['<!doctype html><title>App</title>'], { type: 'text/html' }));
    await expect(open({ wasmUrl: html })).rejects.toThrow(/HTML[\s\S]*wasmUrl/);
    const damaged = URL.createObjectURL(
      new Blob([new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 9, 9])], { type: 'application/wasm' }),
    );
    await expect(open({ wasmUrl: damaged })).rejects.toBeInstanceOf(EngineLoadError);
    await expect(open({ wasmUrl: 'blob:nothing' })).rejects.toBeInstanceOf(EngineLoadError);
  });

  it('because the storage is not there', async () => {
    const worker = (): Worker => new Worker(new URL('./pages/no-storage-worker.ts', import.meta.url), { type: 'module' });
    const error = await open({ name: 'nowhere.db', storage: 'indexeddb', worker }).catch((caught) => caught);
    expect(error).toBeInstanceOf(StorageUnavailableError);
    expect(error.message).toMatch(/no IndexedDB[\s\S]*memory/);
  });
});

describe('a worker of the app', () => {
  it('hosts its database for the page and for its procedures', async () => {
    const worker = appWorker();
    onTestFinished(() => worker.terminate());
    const app = connect<typeof procedures>(worker);
    const page = await open({ name: 'app.db', worker });
    await page.connect().run({ statements: [write('CREATE TABLE t (a)'), write('INSERT INTO t VALUES (1), (2)')] });
    expect(await app.rows('app.db')).toBe(2);
    const seen: number[] = [];
    expect(await app.fill('app.db', 5, (done) => seen.push(done))).toBe(7);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    await expect(app.fill('app.db', 5, () => {}, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    await expect(app.fail('app.db')).rejects.toBeInstanceOf(DatabaseError);
    await app[Symbol.asyncDispose]();
  });

  it('fails its calls when it dies', async () => {
    const worker = appWorker();
    const app = connect<typeof procedures>(worker);
    await app.rows('dies.db').catch(() => {});
    const waits = app.never();
    worker.terminate();
    await expect(waits).rejects.toBeInstanceOf(ConnectionClosedError);
    await expect(app.rows('dies.db')).rejects.toBeInstanceOf(ConnectionClosedError);
  });
});
