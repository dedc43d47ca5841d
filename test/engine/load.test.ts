/** An engine that cannot be had: every way says what was found and what to do. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadEngine } from '../../src/driver/sqljs-engine.ts';
import { compileEngine } from '../../src/driver/sqljs-wasm.ts';
import { EngineLoadError } from '../../src/errors.ts';
import { nodeFs } from '../../src/storage/node-fs.ts';

const WASM = nodeFs().readFileSync(new URL('../../node_modules/sql.js/dist/sql-wasm.wasm', import.meta.url));
const ANSWERS: Readonly<Record<string, readonly [status: number, type: string, body: Uint8Array | string]>> = {
  '/good.wasm': [200, 'application/wasm', WASM],
  '/typed-wrong.wasm': [200, 'text/plain', WASM],
  '/page': [200, 'text/html', '<!doctype html><title>App</title>'],
  '/page.wasm': [200, 'application/wasm', ' <!doctype html><title>App</title>'],
  '/json': [200, 'application/json', '{"error":"no"}'],
  '/empty': [200, 'application/wasm', ''],
  '/cut.wasm': [200, 'application/wasm', WASM.subarray(0, 10_000)],
  '/missing': [404, 'text/plain', 'no'],
};

let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const [status, type, body] = ANSWERS[request.url!]!;
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test.each(['/good.wasm', '/typed-wrong.wasm'])('%s is taken', async (path) => {
  expect(await compileEngine(origin + path)).toBeInstanceOf(WebAssembly.Module);
});

describe('what is not the engine', () => {
  test.each([
    ['/page', /an HTML page/],
    ['/page.wasm', /an HTML page/],
    ['/json', /something else of type application\/json/],
    ['/empty', /an empty file/],
    ['/cut.wasm', /is damaged \(10000 bytes\)/],
    ['/missing', /answered 404/],
  ])('%s', async (path, message) => {
    const error = await compileEngine(origin + path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EngineLoadError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain('wasmUrl');
  });

  test('a server that does not answer, a file that is not there', async () => {
    await expect(compileEngine('http://127.0.0.1:1/x.wasm')).rejects.toThrow(/could not be fetched from http:\/\/127.0.0.1:1/);
    await expect(compileEngine('/nowhere/x.wasm')).rejects.toThrow(/could not be read from \/nowhere/);
  });
});

test("the package's own file is found without an address", async () => {
  expect(await compileEngine()).toBeInstanceOf(WebAssembly.Module);
});

test('sql.js that other code has started cannot be taken over, and it says so', async () => {
  const { default: initSqlJs } = await import('sql.js');
  await initSqlJs();
  const error = await loadEngine().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(EngineLoadError);
  expect((error as Error).message).toContain('Other code in this thread has started sql.js already');
});
