/** Opens databases behind the bridge for a test, and closes them after it. */
import { onTestFinished } from 'vitest';
import { openRemote } from '../../src/bridge/remote-driver.ts';
import { serve } from '../../src/bridge/serve.ts';
import type { Driver, OpenOptions } from '../../src/driver/driver.ts';
import { options } from './statements.ts';
import { type Thread, thread } from './thread.ts';
import { openTiny, type TinyDriver } from './tiny-driver.ts';

export interface Remote {
  readonly driver: Driver;
  /** The engine on the other side. */
  readonly engine: TinyDriver;
  readonly thread: Thread;
}

export async function openThere(more: Partial<OpenOptions> = {}): Promise<Remote> {
  let engine: TinyDriver | undefined;
  const there = thread((scope) =>
    serve(scope, async (given) => {
      engine = await openTiny(given);
      return engine;
    }),
  );
  const driver = await openRemote({ ...options, ...more, worker: () => there.worker });
  onTestFinished(() => driver.close());
  return { driver, engine: engine as TinyDriver, thread: there };
}
