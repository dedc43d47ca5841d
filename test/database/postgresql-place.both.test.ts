/** Where PGlite's files are, when the app says it. */
import { expect, test } from 'vitest';
import { beside } from '../../src/driver/pglite-place.ts';
import { PostgresqlDatabase } from '../../src/entry/postgresql.ts';
import { rejection } from './rejection.ts';

const installed = async (): Promise<string> => {
  if (typeof document !== 'undefined') return (await import('@electric-sql/pglite/pglite.wasm?url')).default;
  return process
    .getBuiltinModule('node:module')
    .createRequire(import.meta.url)
    .resolve('@electric-sql/pglite/pglite.wasm');
};

test('the other files lie beside the wasm', () => {
  expect(beside('https://x.org/a/pglite.wasm?v=1/2#z', 'pglite.data')).toBe('https://x.org/a/pglite.data');
  expect(beside('/srv/a/pglite.wasm', 'hstore.tar.gz')).toBe('/srv/a/hstore.tar.gz');
  expect(beside('C:\\a\\pglite.wasm', 'initdb.wasm')).toBe('C:\\a\\initdb.wasm');
  expect(beside('pglite.wasm', 'initdb.wasm')).toBe('initdb.wasm');
});

test('an address that is given is used, for extensions as well', async () => {
  const database = new PostgresqlDatabase(':memory:', { wasmUrl: await installed(), extensions: ['hstore'] });
  expect((await database.executeSql(`SELECT ('a=>1'::hstore) -> 'a'`)).scalar()).toBe('1');
  await database.close();
});

test('nothing there is an error that says what to do', async () => {
  const wasmUrl = `${await installed()}.missing`;
  const error = await rejection(new PostgresqlDatabase(':memory:', { wasmUrl }).connect());
  expect(error).toMatchObject({ name: 'EngineLoadError', database: ':memory:' });
  expect(error.message).toMatch(/wasmUrl/);
});
