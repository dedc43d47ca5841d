/** Several users of one database in one thread: one engine, closed with the last of them. */
import { expect, it, vi } from 'vitest';
import { openShared } from '../../src/bridge/shared-driver.ts';
import type { OpenOptions } from '../../src/driver/driver.ts';
import { ConnectionClosedError, ImproperlyConfigured, StorageUnavailableError } from '../../src/errors.ts';
import { options, read, write } from './statements.ts';
import { openTiny, type TinyDriver } from './tiny-driver.ts';

function opener(): { open: (given: OpenOptions) => Promise<TinyDriver>; engines: TinyDriver[] } {
  const engines: TinyDriver[] = [];
  const open = vi.fn(async (given: OpenOptions) => {
    const engine = await openTiny(given);
    engines.push(engine);
    return engine;
  });
  return { open, engines };
}

it('opens once for many, and closes with the last', async () => {
  const { open, engines } = opener();
  const [one, two] = await Promise.all([openShared(options, open), openShared({ ...options, durability: 'relaxed' }, open)]);
  await one.connect().run({ statements: [write('CREATE TABLE t (a)')] });
  expect((await two.connect().run({ statements: [read('SELECT count(*) FROM t')] }))[0]?.rows.data).toEqual([[0]]);
  expect((await one.storage()).durability).toBe('relaxed');
  await one.close();
  await one.close();
  expect(engines[0]?.log.filter((line) => line !== 'connect')).toEqual(['connection closed']);
  await expect(one.storage()).rejects.toBeInstanceOf(ConnectionClosedError);
  expect(() => one.connect()).not.toThrow();
  await expect(one.connect().run({ statements: [read('SELECT 1')] })).rejects.toBeInstanceOf(ConnectionClosedError);
  await two.close();
  expect(engines[0]?.log).toContain('driver closed');
  expect(open).toHaveBeenCalledTimes(1);
});

it('refuses who wants other settings than it is open with', async () => {
  const { open, engines } = opener();
  const setup = ["SET timezone TO 'Asia/Tokyo'", "SET work_mem TO '9MB'"];
  const one = await openShared({ ...options, setup }, open);
  const same = await Promise.all([openShared({ ...options, setup }, open), openShared({ ...options, setup: [] }, open)]);
  const error = await openShared({ ...options, setup: [...setup, 'SET search_path TO "app"'] }, open).catch((reason) => reason);
  expect(error).toBeInstanceOf(ImproperlyConfigured);
  expect(error.message).toContain('SET search_path TO "app"');
  for (const driver of [one, ...same]) await driver.close();
  expect(engines[0]?.log).toContain('driver closed');
});

it('opens again after it was closed, even while that is under way', async () => {
  const { open, engines } = opener();
  const one = await openShared(options, open);
  const closing = one.close();
  const again = await openShared(options, open);
  await closing;
  expect(engines.length).toBe(2);
  expect(engines[0]?.log).toContain('driver closed');
  await again.close();
});

it('keeps apart what has another name or storage, and everything in memory without a name', async () => {
  const { open, engines } = opener();
  const drivers = await Promise.all([
    openShared(options, open),
    openShared({ ...options, name: 'other.db' }, open),
    openShared({ ...options, storage: 'opfs' }, open),
    openShared({ ...options, name: ':memory:' }, open),
    openShared({ ...options, name: ':memory:' }, open),
  ]);
  expect(engines.length).toBe(5);
  for (const driver of drivers) await driver.close();
});

it('does not remember what failed to open', async () => {
  const { open } = opener();
  const fail = (): Promise<never> => Promise.reject(new StorageUnavailableError('no'));
  await expect(Promise.all([openShared(options, fail), openShared(options, fail)])).rejects.toBeInstanceOf(
    StorageUnavailableError,
  );
  await (await openShared(options, open)).close();
});
