/** A driver behind the bridge: everything a driver does, over real message ports. */
import { afterEach, describe, expect, it } from 'vitest';
import { openRemote } from '../../src/bridge/remote-driver.ts';
import { serve } from '../../src/bridge/serve.ts';
import type { Driver, OpenOptions } from '../../src/driver/driver.ts';
import type { Statement } from '../../src/wire/statement.ts';
import { thread } from './thread.ts';
import { openTiny, type TinyDriver } from './tiny-driver.ts';

const options: OpenOptions = { name: 'test.db', storage: 'memory', durability: 'strict', lockTimeout: 5000, setup: [] };
const read = (sql: string, ...params: number[]): Statement => ({ sql, mode: 'read', params });

const open: Driver[] = [];
afterEach(async () => {
  for (const driver of open.splice(0)) await driver.close();
});

async function start(): Promise<{ driver: Driver; engine: TinyDriver; page: ReturnType<typeof thread> }> {
  let engine: TinyDriver | undefined;
  const page = thread((scope) => serve(scope, async (given) => (engine = await openTiny(given))));
  const driver = await openRemote({ ...options, worker: () => page.worker });
  open.push(driver);
  return { driver, engine: engine as TinyDriver, page };
}

describe('a database in a worker', () => {
  it('answers statements with columns', async () => {
    const { driver } = await start();
    const connection = driver.connect();
    const [outcome] = await connection.run({ statements: [read("SELECT ? AS n, 'a' AS t", 7)] });
    expect(outcome?.rows).toEqual({ names: ['n', 't'], length: 1, data: [[7], ['a']] });
    expect(driver.version).toBe('3.54.0');
  });
});
