/** The kill tests of one engine: on every storage nothing is lost, and without our protection something is. */
import { expect, test } from '@playwright/test';
import type { Served } from '../tools/serve.ts';
import { CONTROL_KILLS, closeInGoodOrder, type Judge, KILLS, type Kind, killOften, serveLoad } from './kills.ts';

/** Defines the tests. After each kill `judge` has a look at the files as well. */
export function killSuite(engine: Kind['engine'], judge?: Judge): void {
  let served: Served;

  test.describe.configure({ mode: 'serial' });
  test.beforeAll(async () => {
    served = await serveLoad();
  });
  test.afterAll(() => served.close());

  for (const [storage, durability] of [
    ['indexeddb', 'strict'],
    ['indexeddb', 'relaxed'],
    ['opfs', 'strict'],
  ] as const) {
    test(`${storage}, ${durability}: ${KILLS} kills, nothing broken, nothing acknowledged lost`, async () => {
      test.setTimeout(60_000 + KILLS * 30_000);
      const { broken, transactions } = await killOften(served.url, { engine, storage, durability }, KILLS, judge);
      console.log(`${storage} ${durability}: ${KILLS} kills, ${transactions} transactions, ${broken.length} broken`);
      expect(broken).toEqual([]);
      expect(transactions).toBeGreaterThan(KILLS);
    });
  }

  test('without the protection, the same test finds a broken database', async () => {
    test.setTimeout(60_000 + CONTROL_KILLS * 30_000);
    const unprotected = { engine, storage: 'unprotected', durability: 'strict' } as const;
    expect(await closeInGoodOrder(served.url, unprotected)).toBe('');
    const { broken, kills } = await killOften(served.url, unprotected, CONTROL_KILLS);
    console.log(`unprotected: broken by kill ${kills}: ${broken.join()}`);
    expect(broken.length).toBeGreaterThan(0);
  });
}
