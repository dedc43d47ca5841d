/** A worker as an app would write it, but on drivers, not models. */
import { openShared } from '../../../src/bridge/shared-driver.ts';
import type { Driver } from '../../../src/driver/driver.ts';
import { openHere } from '../../../src/driver/open-sqljs.ts';
import { expose } from '../../../src/entry/worker.ts';
import { options, read, write } from '../statements.ts';

const open = (name: string): Promise<Driver> => openShared({ ...options, name }, openHere);

async function rows(name: string): Promise<number> {
  const driver = await open(name);
  try {
    const [outcome] = await driver.connect().run({ statements: [read('SELECT count(*) FROM t')] });
    return Number(outcome?.rows.data[0]?.[0]);
  } finally {
    await driver.close();
  }
}

export const procedures = {
  rows,
  fill: async (name: string, n: number, onProgress: (done: number) => void, signal?: AbortSignal): Promise<number> => {
    const driver = await open(name);
    try {
      for (let done = 1; done <= n; done++) {
        signal?.throwIfAborted();
        await driver.connect().run({ statements: [write('INSERT INTO t VALUES (?)', done)] });
        onProgress(done);
      }
      return await rows(name);
    } finally {
      await driver.close();
    }
  },
  fail: async (name: string): Promise<void> => {
    const driver = await open(name);
    try {
      await driver.connect().run({ statements: [read('SELECT nothing FROM nowhere')] });
    } finally {
      await driver.close();
    }
  },
  never: (): Promise<string> => new Promise(() => {}),
};

expose(procedures);
