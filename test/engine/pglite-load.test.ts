/** What is said when PGlite cannot be had, or is another one. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packagedFile } from '../../src/driver/engine-file.ts';
import { checkVersion } from '../../src/driver/pglite-engine.ts';
import { EngineLoadError, EngineMismatchError } from '../../src/errors.ts';
import { column, failure, open } from './pglite-support.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pglite-load-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('files that are not there are named, with what to do', async () => {
  const error = await failure(open({ wasmUrl: join(folder, 'pglite.wasm') }));
  expect(error).toBeInstanceOf(EngineLoadError);
  expect((error as Error).message).toContain(folder);
  expect((error as Error).message).toContain('Set the option wasmUrl to where pglite.wasm');
});

test('a file that is something else is called what it is', async () => {
  await writeFile(join(folder, 'pglite.wasm'), '<!doctype html><title>Not found</title>');
  await writeFile(join(folder, 'pglite.data'), 'nothing');
  const error = await failure(open({ wasmUrl: join(folder, 'pglite.wasm') }));
  expect(error).toBeInstanceOf(EngineLoadError);
  expect((error as Error).message).toContain('an HTML page');
});

test('a start that failed does not keep the next one from working', async () => {
  const driver = await open({ wasmUrl: packagedFile('@electric-sql/pglite/pglite.wasm', '') });
  const connection = driver.connect();
  await connection.run({ statements: [{ sql: 'CREATE EXTENSION citext', mode: 'write' }] });
  expect(await column(connection, "SELECT 'A'::citext = 'a'")).toEqual([true]);
  await driver.close();
});

test('an extension whose archive is not there is an error of whoever wants it, and of nobody else', async () => {
  for (const file of ['pglite.wasm', 'pglite.data', 'initdb.wasm'])
    await copyFile(packagedFile(`@electric-sql/pglite/${file}`, ''), join(folder, file));
  const driver = await open({ wasmUrl: join(folder, 'pglite.wasm') });
  const connection = driver.connect();
  // A rejection that nobody hears fails the whole run.
  const error = await failure(connection.run({ statements: [{ sql: 'CREATE EXTENSION citext', mode: 'write' }] }));
  expect(error).toBeInstanceOf(EngineLoadError);
  expect(await column(connection, 'SELECT 1')).toEqual([1]);
  await driver.close();
});

test('another version is refused', () => {
  expect(checkVersion('PostgreSQL 18.6 (PGlite 0.5.16) on wasm32')).toBe('18.6');
  expect(() => checkVersion('PostgreSQL 17.4 (PGlite 0.4.0) on wasm32')).toThrow(EngineMismatchError);
});
