/** The owner's lock, by Web Locks in a page and by its stand-in on Node. */
import { expect, test } from 'vitest';
import { holdLock } from '../../src/util/web-lock.ts';

const name = (): string => `lock ${Math.random()}`;

test('one holder at a time, and the next one after it lets go', async () => {
  const it = name();
  const release = await holdLock(it);
  expect(await holdLock(it, 1)).toBeNull();
  release?.();
  const again = await holdLock(it);
  expect(again).not.toBeNull();
  again?.();
});

test('a lock that lingers a moment is waited for', async () => {
  const it = name();
  const release = await holdLock(it);
  const second = holdLock(it, 10_000);
  release?.();
  expect(await second).not.toBeNull();
  // Released twice is released once: the lock is another one's by now.
  release?.();
  expect(await holdLock(it, 1)).toBeNull();
  (await second)?.();
});

test('different names do not meet', async () => {
  const [one, two] = await Promise.all([holdLock(name()), holdLock(name())]);
  expect([one, two]).not.toContain(null);
  one?.();
  two?.();
});
