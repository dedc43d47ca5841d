/** The driver for servers in a runtime without TCP: Node as it would be if it had no module `net`. */
import Module from 'node:module';
import { afterEach, expect, test } from 'vitest';
import { PostgresqlDatabase } from '../../src/entry/postgresql.ts';
import { rejection } from '../database/rejection.ts';

type Load = (name: string, ...rest: unknown[]) => unknown;
const modules = Module as unknown as { _load: Load };
const load = modules._load;

afterEach(() => {
  modules._load = load;
});

test.each(['Dynamic require of "net" is not supported', '[unenv] net.Socket is not implemented yet!'])(
  'it is told what is missing, and where it is: %s',
  async (words) => {
    modules._load = (name, ...rest) => {
      if (name === 'net') throw new TypeError(words);
      return load(name, ...rest);
    };
    const database = new PostgresqlDatabase('shop', { host: 'localhost', user: 'ann', password: 'geheim' });
    const error = await rejection(database.connect());
    expect(error).toMatchObject({ name: 'NotSupportedError', database: 'shop' });
    expect(error.message).toContain(`need TCP sockets, which this runtime does not give to the package pg (${words}): Node,`);
    expect(error.message).not.toContain('geheim');
  },
);

test('what pg cannot read among the params of a URL is named', async () => {
  const database = new PostgresqlDatabase('postgresql://ann:geheim@localhost:1/shop?sslnegotiation=maybe');
  const error = await rejection(database.connect());
  expect(error).toMatchObject({ name: 'ImproperlyConfigured', database: 'shop' });
  expect(error.message).toContain('maybe');
});
