/** A page that opens a database in a worker and tells how it went. */
import { openRemote } from '../../../../src/bridge/remote-driver.ts';
import { spawn } from '../../../../src/bridge/spawn.ts';
import type { Driver, OpenOptions } from '../../../../src/driver/driver.ts';
import { WaxwingError } from '../../../../src/errors.ts';
import { options, read } from '../../statements.ts';

export interface Told {
  readonly error?: string;
  readonly message?: string;
  readonly database?: string | undefined;
  readonly answer?: unknown;
}

let driver: Driver | undefined;

const tell = async (more: Partial<OpenOptions>): Promise<Told> => {
  try {
    driver = await openRemote({ ...options, ...more }, { spawn, compile: () => null });
    const [outcome] = await driver.connect().run({ statements: [read('SELECT 42')] });
    return { answer: outcome?.rows.data[0]?.[0] };
  } catch (error) {
    if (!(error instanceof WaxwingError)) return { error: String(error) };
    return { error: error.name, message: error.message, database: error.database };
  }
};

Object.assign(globalThis, { tell, leave: () => driver?.close() });
